import type { RunReport } from "./run-report.ts";

/** As `compare --json`: one document, or an array of several suites' ones. */
export function renderJson({ results, missing }: RunReport): string {
  const documents = results.map(({ result }) => result);
  const [only] = documents;
  const whole = documents.length === 1 && missing.length === 0 ? only : documents;
  return `${JSON.stringify(whole, null, 2)}\n`;
}
