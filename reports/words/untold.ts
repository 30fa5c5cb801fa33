/** What a run could not tell: missing is not zero, and whoever reads a report must know what is missing. */
import type { Result } from "../../runner/result/result.ts";
import type { ArmView } from "../view/arms.ts";
import { formatCount, formatSize, plural } from "../view/format.ts";
import { walkOf } from "../view/walk.ts";
import { HOP_WORDS, sentence, spaced, uncapitalised } from "../view/words.ts";
import { metricWhy } from "./metric.ts";

/** A sentence each. */
export function untoldOf(result: Result, arms: readonly ArmView[]): readonly string[] {
  const { metrics, tunings, attribution, predictions, target } = result;
  const open = metrics.flatMap((metric) => {
    const { verdict, smallestDetectable, unit } = metric;
    if (verdict !== "inconclusive") return [];
    const less = smallestDetectable === null ? "" : `; it could see ${formatSize(smallestDetectable, unit)} or more`;
    return [`${spaced(metric.name)}: ${metricWhy(metric)}${less}`];
  });
  const hops = walkOf(result, arms).unmeasured.map((hop) => uncapitalised(HOP_WORDS[hop].label));
  const unread = tunings.flatMap(({ setting, readBacks }) => (readBacks.length === 0 ? [setting] : []));
  const unseen = predictions.flatMap(({ name, arm, predicted, measured }) =>
    predicted !== null && measured === null ? [`${spaced(name)} of ${arm}`] : [],
  );
  return [
    ...open,
    ...(attribution.unexplained > 0
      ? [`Why ${formatCount(attribution.unexplained)} of ${plural(attribution.failures, "failed request")} failed`]
      : []),
    ...(hops.length > 0 ? [`What happened at these hops, of which there are no counters: ${hops.join(", ")}`] : []),
    ...(unread.length > 0
      ? [`Whether these settings are in force, as nothing read them back: ${unread.join(", ")}`]
      : []),
    ...(unseen.length > 0 ? [`Predicted, and not seen within a block: ${unseen.join(", ")}`] : []),
    ...(target.nodes === null ? ["How many nodes there are: they may not be listed"] : []),
  ].map(sentence);
}
