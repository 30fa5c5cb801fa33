import { renderCsv } from "./csv.ts";
import { renderJson } from "./json.ts";
import { renderJunit } from "./junit.ts";
import { renderK6Data, renderK6Export } from "./k6/summary.ts";
import { renderMarkdown } from "./markdown/markdown.ts";
import type { Format } from "./names.ts";
import { renderOpenMetrics } from "./openmetrics/openmetrics.ts";
import type { RunReport } from "./run-report.ts";

/** One document of all that a run found. */
export async function draw(format: Format, run: RunReport): Promise<string> {
  switch (format) {
    case "html":
      return renderPages(run);
    case "md":
      return renderMarkdown(run);
    case "junit":
      return renderJunit(run);
    case "json":
      return renderJson(run);
    case "openmetrics":
      return renderOpenMetrics(run);
    case "csv":
      return renderCsv(run);
    case "k6":
      return renderK6Export(run);
    case "k6-data":
      return renderK6Data(run);
  }
}

async function renderPages(run: RunReport): Promise<string> {
  const [only] = run.results;
  // Loaded here because drawing needs a DOM, which costs half a second that other formats should not pay.
  if (only === undefined || run.results.length > 1 || run.missing.length > 0)
    return (await import("./front-page.ts")).renderFrontPage(run);
  const { renderHtml } = await import("../html/page.ts");
  return renderHtml(only.result, only.report, await only.report.page());
}
