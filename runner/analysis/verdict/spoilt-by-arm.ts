import type { Metric } from "../../result/metric.ts";
import type { Warning } from "../../result/reasons.ts";

/** Metrics that could use fewer blocks of one arm than of the other, told once for all that have the same counts. */
export function spoiltByArm(metrics: readonly Metric[]): Warning[] {
  const told = new Map<string, Extract<Warning, { kind: "spoilt-by-arm" }>>();
  for (const { name, why } of metrics) {
    if (why.kind !== "spoilt-by-arm") continue;
    const key = `${why.baseline}/${why.baselineOf} ${why.tuned}/${why.tunedOf}`;
    told.set(key, { ...why, metrics: [...(told.get(key)?.metrics ?? []), name] });
  }
  return [...told.values()];
}
