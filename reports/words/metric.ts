import type { Metric } from "../../runner/result/metric.ts";
import {
  formatCount,
  formatEffect,
  formatQuantity,
  formatShare,
  formatSize,
  formatWithUnit,
  plural,
  unitWord,
} from "../view/format.ts";
import { voidReason } from "./voided.ts";

/** Why a metric has its verdict, in a clause. */
export function metricWhy(metric: Metric): string {
  const { why } = metric;
  // As in the table beside it: in the same unit, with as many decimals.
  const { effect, interval } = formatEffect(metric.effect, metric.ci, metric.unit);
  const amount = withWord(effect, metric.unit);
  const difference = `a difference of ${amount}`;
  switch (why.kind) {
    case "unmeasured":
      return `no valid block of ${why.arms.join(" and ")} measured it`;
    case "nothing-happened":
      return `0 of ${formatCount(why.baselineOf)} and 0 of ${formatCount(why.tunedOf)} requests, so at most ${formatShare(why.mostShare)} in either arm`;
    case "within-floor":
      return `the whole interval lies within ±${formatSize(metric.floor, metric.unit)}`;
    case "too-few-blocks":
      return `${why.baseline} against ${plural(why.tuned, "valid block")} can show no difference: too few`;
    case "undecided":
      return `the interval ${withWord(interval, metric.unit)} neither shows a difference nor stays within ±${formatSize(metric.floor, metric.unit)}`;
    case "nights-differ":
      return why.most === null
        ? `${difference} between two nights, and ${plural(why.nights, "earlier night")} cannot tell how far nights differ without a reason`
        : `${difference} between two nights, and two of ${plural(why.nights, "earlier night")} may differ by ${formatSize(why.most, metric.unit)} without a reason`;
    case "spoilt":
      return `${plural(why.blocks, "block")} of ${why.arms.join(" and ")} can't tell it: ${voidReason(why.first)}`;
    case "spoilt-by-arm":
      return `${why.baseline} of ${why.baselineOf} baseline blocks and ${why.tuned} of ${why.tunedOf} tuned ones can't tell it (${voidReason(why.first)}): what is left of them is a choice`;
    case "generator-late":
      return `${difference}, but the generator itself was ${formatQuantity(why.baselineMs, "ms")} late in baseline and ${formatQuantity(why.tunedMs, "ms")} in tuned`;
    case "no-mechanism":
      return `${difference}, but no counter moved that would explain it`;
    case "mechanism-too-small":
      return `${difference}, but ${why.mechanism} moved by ${formatCount(Math.round(why.moved))} only, and ${formatCount(Math.ceil(why.needed))} could explain it`;
    case "counters-incomplete":
      return `${difference}, but in ${plural(why.blocks, "tuned block")} counters began anew or were gone before the end`;
    case "fails-in-one-arm":
      return failsInOneArm(why);
    case "slow-in-one-arm":
      return `in round ${why.round}, ${why.arm} had ${formatWithUnit(why.value, metric.unit)}, the other arm ${formatWithUnit(why.otherMost, metric.unit)} at most`;
    case "harmed":
      return why.mechanism === null ? amount : `${amount}, with ${why.mechanism} moving the same way`;
    case "moved-with":
      return `${amount}, with ${why.mechanism} moving the same way`;
  }
}

function withWord(amount: string, unit: string): string {
  const word = unitWord(unit);
  return word === "" ? amount : `${amount} ${word}`;
}

function failsInOneArm(why: Extract<Metric["why"], { kind: "fails-in-one-arm" }>): string {
  const { round, requests, of, arm, cause, otherMost, inAll, ofAll, otherInAll } = why;
  const worst = `in round ${round}, ${formatCount(requests)} of ${plural(of, "request")} of ${arm} ended with ${cause}, in the other arm ${formatCount(otherMost)} at most`;
  return inAll === undefined || ofAll === undefined || otherInAll === undefined
    ? worst
    : `${worst}; in all rounds ${formatCount(inAll)} of ${formatCount(ofAll)}, in the other arm ${formatCount(otherInAll)}`;
}
