import type { Metric } from "../../runner/result/metric.ts";
import { formatCount, formatEffect, formatShare, formatSize, plural, unitWord } from "../view/format.ts";

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
    case "noise-unknown":
      return `${difference}, but no A/A pair measured the noise floor`;
    case "within-noise":
      return `${difference} is no more than two blocks of one arm differed by (${formatSize(why.noise, metric.unit)})`;
    case "no-mechanism":
      return `${difference}, but no counter moved that would explain it`;
    case "arms-overlap":
      return `${difference}, but with so few blocks the arms must not overlap, and they do`;
    case "may-be-chance":
      return `${formatCount(why.baselineEvents)} against ${plural(why.tunedEvents, "event")} in all may be chance (exact Poisson test)`;
    case "moved-with":
      return `${amount}, with ${why.mechanism} moving the same way`;
  }
}

function withWord(amount: string, unit: string): string {
  const word = unitWord(unit);
  return word === "" ? amount : `${amount} ${word}`;
}
