/** The report of one result for a terminal: read in ten seconds, from the verdict down. */
import type { Evidence, Result } from "../../runner/result/result.ts";
import type { SuiteReport } from "../suite-report.ts";
import { armViews } from "../view/arms.ts";
import type { Frame } from "./frame.ts";
import { paletteOf } from "./palette.ts";
import { answer, asked, files, metrics, notes, predictions, tunings, walk } from "./sections.ts";
import { workload } from "./workload.ts";

export interface TerminalOptions {
  readonly colour: boolean;
  /** Columns of the terminal; lines are kept within 60 to 110 of them. */
  readonly width: number;
  /** Paths of the files that hold this result, printed last. */
  readonly files?: readonly string[];
}

export function lineWidth(width: number): number {
  return Math.max(60, Math.min(110, Number.isFinite(width) ? Math.floor(width) : 80));
}

/** One result as text that ends with a line feed; no escape sequences unless `colour`. */
export function renderTerminal<E extends Evidence>(
  result: Result<E>,
  report: SuiteReport<E>,
  options: TerminalOptions,
): string {
  const frame: Frame<E> = {
    result,
    arms: armViews(result),
    palette: paletteOf(options.colour),
    width: lineWidth(options.width),
  };
  const lines = [
    ...asked(frame),
    ...answer(frame, report),
    ...metrics(frame),
    ...report.terminal(frame),
    ...tunings(frame),
    ...workload(frame),
    ...walk(frame, report),
    ...predictions(frame),
    ...notes(frame, report),
    ...files(options.files ?? []),
  ];
  return `${lines.join("\n")}\n`;
}
