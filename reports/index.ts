/** What the rest of packetwalk uses of reports/. The HTML page is `reports/html/page.ts` (it loads a DOM: import it late). */
export { jsonSchema } from "./json-schema.ts";
export { renderTerminal, type TerminalOptions } from "./terminal/render.ts";
export { renderTerminalAll, type TerminalItem } from "./terminal/render-all.ts";
export {
  FRONT_PAGE_FILES,
  REPORT_FILES,
  type ReportFiles,
  ReportWriteError,
  writeAtomically,
  writeFrontPage,
  writeReports,
} from "./write.ts";
