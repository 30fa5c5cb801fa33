/** What the reader has to keep in mind: the run's scale, blocks that do not count, and warnings. */
import type { Evidence, Result } from "../../runner/result/result.ts";
import type { SuiteReport } from "../suite-report.ts";
import { type ArmView, voidedBlocks } from "../view/arms.ts";
import { plural } from "../view/format.ts";
import { sentence } from "../view/words.ts";
import { warningWords } from "./run.ts";
import { sayOf } from "./say.ts";
import { voidReason } from "./voided.ts";

export function notesOf<E extends Evidence>(
  result: Result<E>,
  arms: readonly ArmView[],
  report: Pick<SuiteReport<E>, "scale" | "notes" | "words">,
): readonly string[] {
  const voided = voidedBlocks(arms).map(({ reasons: [first, ...others], blocks }) => {
    const words = voidReason(first);
    const differ = others.some((other) => voidReason(other) !== words);
    return `${plural(blocks, "block")} of ${result.order.length} invalid: ${differ ? "for example, " : ""}${words}`;
  });
  const say = sayOf(report);
  const warnings = result.warnings.map((warning) => warningWords(warning, say));
  return [report.scale(result), ...voided, ...report.notes(result), ...warnings]
    .map(sentence)
    .filter((note) => note !== "");
}
