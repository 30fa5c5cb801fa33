import { existsSync, statSync } from "node:fs";
import { basename, dirname } from "node:path";
import { draw } from "../../reports/formats/draw.ts";
import type { Format } from "../../reports/formats/names.ts";
import { openMetricsSamples } from "../../reports/formats/openmetrics/openmetrics.ts";
import { writeAtomically } from "../../reports/index.ts";
import { renderTerminalAll } from "../../reports/terminal/render-all.ts";
import { EnvironmentError, UsageError } from "../errors.ts";
import { EXIT } from "./exit-codes.ts";
import type { PrometheusWriteOptions } from "./prometheus-options.ts";
import { writeAddress, writtenTo } from "./prometheus-write.ts";
import { filesOfResult, RESULT } from "./results-folder.ts";
import { type ResultsIn, resultsIn } from "./results-in.ts";
import { terminalOf } from "./terminal-of.ts";

export interface ReportRequest extends PrometheusWriteOptions {
  /** Undefined: as `compare` prints it. */
  readonly format?: Format;
  readonly out?: string;
}

/** Draws what a run found from its results alone. It judges nothing: whatever the verdict is, a report that was drawn is 0. */
export async function runReport(path: string, { format, out, ...write }: ReportRequest): Promise<number> {
  const prometheus = writeAddress(write, process.env);
  if (out !== undefined) assertReplaceable(out);
  const found = await resultsIn(path);
  const text = format === undefined ? forTerminal(found, out === undefined) : await draw(format, found);
  if (out === undefined) process.stdout.write(text);
  else {
    await writeAtomically(out, text);
    process.stderr.write(`written: ${out}\n`);
  }
  if (prometheus !== undefined) {
    const written = await writtenTo(prometheus, openMetricsSamples(found, Date.now()));
    if (typeof written === "string") throw new EnvironmentError(written);
    process.stderr.write(`written: ${written} samples to ${prometheus.url.href}\n`);
  }
  return EXIT.passed;
}

/** A file is written beside it and moved there: a device or a folder must not be moved away. */
function assertReplaceable(out: string): void {
  if (existsSync(out) && !statSync(out).isFile())
    throw new UsageError(`--out ${out} is not a file; name one, or leave --out out and the report goes to stdout`);
}

/** What else there is of a result, where `compare` wrote it. */
function besides(file: string): readonly string[] {
  return basename(file) === RESULT ? filesOfResult(dirname(file)) : [file];
}

function forTerminal({ results, missing, files }: ResultsIn, shown: boolean): string {
  const items = results.map((each, at) => ({ ...each, files: files.slice(at, at + 1).flatMap(besides) }));
  const options = shown ? terminalOf(process.stdout) : { colour: false, width: 100 };
  const absent = missing.map((suite) => `  ${suite} was asked about in the same command, and has no result here.\n`);
  return `${renderTerminalAll(items, options)}${absent.join("")}`;
}
