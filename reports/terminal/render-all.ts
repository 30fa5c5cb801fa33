/** Several results: one report after the other, then a line for each. */
import type { Result } from "../../runner/result/result.ts";
import type { SuiteReport } from "../suite-report.ts";
import { VERDICTS } from "../view/words.ts";
import { runWhy } from "../words/run.ts";
import { sayOf } from "../words/say.ts";
import { paletteOf } from "./palette.ts";
import { lineWidth, renderTerminal, type TerminalOptions } from "./render.ts";
import { clip, columns, padEnd } from "./text.ts";

export interface TerminalItem {
  readonly result: Result;
  readonly report: SuiteReport;
  readonly files?: readonly string[];
}

export function renderTerminalAll(items: readonly TerminalItem[], options: Omit<TerminalOptions, "files">): string {
  const { bold, dim, verdict } = paletteOf(options.colour);
  const width = lineWidth(options.width);
  const reports = items.map(({ result, report, files }) =>
    renderTerminal(result, report, files ? { ...options, files } : options),
  );
  if (items.length < 2) return reports.join("");
  const rule = `${dim("─".repeat(width))}\n`;
  const suites = Math.max(...items.map(({ result }) => columns(result.suite)));
  const summary = items.map(({ result, report }) => {
    const { word, sign } = VERDICTS[result.verdict];
    const room = Math.max(10, width - suites - 18);
    return `  ${padEnd(result.suite, suites)}  ${verdict[result.verdict](padEnd(`${sign} ${word}`, 14))}${clip(runWhy(result, sayOf(report)), room)}`;
  });
  return `${reports.join(rule)}${rule}${[bold("In all"), ...summary].join("\n")}\n`;
}
