/** The report of one result for a terminal: read in ten seconds, from the verdict down. */
import type { Result } from "../../runner/result/result.ts";
import { dns } from "../../suites/dns-storm/report/terminal.ts";
import { rollouts } from "../../suites/rolling-update/report/terminal.ts";
import { armViews } from "../view/arms.ts";
import { paletteOf } from "./palette.ts";
import { answer, asked, type Frame, files, metrics, notes, predictions, tunings, walk } from "./sections.ts";

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
export function renderTerminal(result: Result, options: TerminalOptions): string {
  const frame: Frame = {
    result,
    arms: armViews(result),
    palette: paletteOf(options.colour),
    width: lineWidth(options.width),
  };
  const parts = [asked, answer, metrics, rollouts, dns, tunings, walk, predictions, notes];
  const lines = [...parts.flatMap((part) => part(frame)), ...files(options.files ?? [])];
  return `${lines.join("\n")}\n`;
}
