/** What the reader has to keep in mind: the run's scale, blocks that do not count, and warnings. */
import type { Result } from "../../runner/result/result.ts";
import { type ArmView, voidedBlocks } from "./arms.ts";
import { plural } from "./format.ts";
import { sentence } from "./words.ts";

export function notesOf(result: Result, arms: readonly ArmView[]): readonly string[] {
  const voided = voidedBlocks(arms);
  const counted = voided.map(({ reasons, blocks }) => {
    const differ = new Set(reasons).size > 1;
    return `${plural(blocks, "block")} of ${result.order.length} invalid: ${differ ? "for example, " : ""}${reasons[0]}`;
  });
  // A warning that names a voided block again adds nothing to the count of them.
  const others = result.warnings.filter(
    (warning) => !voided.some(({ reasons }) => reasons.some((reason) => warning.includes(reason))),
  );
  return [result.scale, ...counted, ...others].map(sentence).filter((note) => note !== "");
}
