/** What a run without a verdict would have needed for one. */
import type { Result } from "../../runner/result/result.ts";
import { type ArmView, voidedBlocks } from "../view/arms.ts";
import { formatSize, plural } from "../view/format.ts";
import { seenOf } from "../view/seen.ts";
import { sentence, spaced } from "../view/words.ts";
import type { Say } from "./attribution.ts";
import { metricWhy } from "./metric.ts";
import { runWhy } from "./run.ts";
import { voidReason } from "./voided.ts";

/** A sentence each; none where there is a verdict. */
export function missingForVerdict(result: Result, arms: readonly ArmView[], say: Say): readonly string[] {
  if (result.verdict === "inconclusive") {
    const open = openMetrics(result);
    return open.length > 0 ? open : [sentence(runWhy(result, say))];
  }
  if (result.verdict !== "invalid") return [];
  const { why } = result;
  const first =
    why.kind === "premise-not-met"
      ? `That what the suite asks about happens: ${runWhy(result, say)}`
      : why.kind === "not-comparable"
        ? `Arms that can be compared: ${runWhy(result, say)}`
        : "More blocks that count, of both arms";
  const counted = arms
    .map((arm) => ({ label: arm.label, ...seenOf(arm) }))
    .map(({ label, valid, blocks }) => `${label} has ${valid} of ${plural(blocks, "block")}`);
  const voided = voidedBlocks(arms).map(
    ({ reasons: [reason], blocks }) => `${plural(blocks, "block does", "blocks do")} not count: ${voidReason(reason)}`,
  );
  return [first, `Blocks that count: ${counted.join(", ")}`, ...voided].map(sentence);
}

function openMetrics({ why, metrics }: Result): string[] {
  const named = new Set("metrics" in why ? why.metrics : []);
  const open = metrics.filter(
    ({ name, primary, verdict }) => verdict === "inconclusive" && (primary || named.has(name)),
  );
  return open.map((metric) => {
    const { state, unit, roundsNeeded, smallestDetectable } = metric;
    const could =
      smallestDetectable === null
        ? ""
        : `; the smallest effect that it could see is ${formatSize(smallestDetectable, unit)}`;
    const rounds =
      state === "unmeasured"
        ? ""
        : roundsNeeded === null
          ? "; more rounds alone would not do"
          : `; about ${plural(roundsNeeded, "more round")} would do`;
    return sentence(`${spaced(metric.name)}: ${metricWhy(metric)}${could}${rounds}`);
  });
}
