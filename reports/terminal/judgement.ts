/** What the judge says of blocks, without the rest of a result. */
import type { Result } from "../../runner/result/result.ts";
import type { SuiteReport } from "../suite-report.ts";
import { sentence } from "../view/words.ts";
import { warningWords } from "../words/run.ts";
import { sayOf } from "../words/say.ts";
import { paletteOf } from "./palette.ts";
import { lineWidth, type TerminalOptions } from "./render.ts";
import { indented, type JudgedFrame, metrics, verdictLines } from "./sections.ts";
import { clip, wrap } from "./text.ts";

export interface JudgedFile {
  readonly file: string;
  readonly suite: string;
  readonly judgement: Pick<Result, "verdict" | "why" | "metrics" | "warnings">;
}

export function renderJudgement(
  { file, suite, judgement }: JudgedFile,
  report: SuiteReport,
  options: Omit<TerminalOptions, "files">,
): string {
  const width = lineWidth(options.width);
  const frame: JudgedFrame = { result: judgement, palette: paletteOf(options.colour), width };
  const say = sayOf(report);
  const lines = [
    frame.palette.dim(clip(`${suite}: ${file}`, width)),
    ...verdictLines(frame, report),
    ...metrics(frame),
    ...judgement.warnings.flatMap((warning) => [
      "",
      ...indented(wrap(sentence(warningWords(warning, say)), width - 2)),
    ]),
  ];
  return `${lines.join("\n")}\n`;
}
