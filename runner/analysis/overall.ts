/** From the metrics' verdicts to the one answer of the run. */
import type { Block } from "../result/block.ts";
import type { Metric } from "../result/metric.ts";
import type { RunReason } from "../result/reasons.ts";
import type { OverallVerdict } from "../result/result.ts";
import { evidential } from "./blocks.ts";
import type { Comparability } from "./comparability.ts";
import { enoughBlocks } from "./verdict.ts";

export interface Answer {
  readonly verdict: OverallVerdict;
  readonly why: RunReason;
}

/**
 * Invalid before anything else: arms that must not be compared, or too few blocks left because some were voided.
 * Then one regressed primary outweighs every improved one.
 */
export function overall(run: {
  readonly metrics: readonly Metric[];
  readonly baseline: readonly Block[];
  readonly tuned: readonly Block[];
  readonly comparability: Comparability;
}): Answer {
  return invalidity(run) ?? fromPrimaries(run.metrics);
}

function invalidity(run: Parameters<typeof overall>[0]): Answer | null {
  const primaries = run.metrics.filter((metric) => metric.primary);
  const [baseline, tuned] = [evidential(run.baseline).length, evidential(run.tuned).length];
  const voided = [...run.baseline, ...run.tuned].flatMap((block) => (block.round > 0 && !block.valid ? [block] : []));
  if (baseline === 0 || tuned === 0 || (voided.length > 0 && !enoughBlocks(baseline, tuned, primaries.length))) {
    const first = voided[0]?.invalidBecause[0] ?? null;
    return { verdict: "invalid", why: { kind: "too-few-blocks", voided: voided.length, first, baseline, tuned } };
  }
  const { comparability } = run;
  return comparability.comparable
    ? null
    : { verdict: "invalid", why: { kind: "not-comparable", because: comparability.because } };
}

function fromPrimaries(metrics: readonly Metric[]): Answer {
  const primaries = metrics.filter((metric) => metric.primary);
  const having = (verdict: Metric["verdict"]) => names(primaries.filter((metric) => metric.verdict === verdict));
  const aside = (verdict: Metric["verdict"]) =>
    names(metrics.filter((each) => !each.primary && each.verdict === verdict));
  const regressedBeside = { improved: [], regressed: aside("regressed") };
  // Where the metrics that decide say little, what got better is news.
  const beside = { improved: aside("improved"), regressed: aside("regressed") };
  for (const verdict of ["regressed", "improved"] as const) {
    const decided = having(verdict);
    if (decided.length > 0)
      return { verdict, why: { kind: "metrics-decide", metrics: decided, beside: regressedBeside } };
  }
  const open = having("inconclusive");
  if (open.length > 0) return { verdict: "inconclusive", why: { kind: "not-enough-evidence", metrics: open, beside } };
  return primaries.length > 0
    ? { verdict: "equivalent", why: { kind: "no-difference", metrics: names(primaries), beside } }
    : { verdict: "inconclusive", why: { kind: "nothing-judged" } };
}

function names(metrics: readonly Metric[]): string[] {
  return metrics.map(({ name }) => name);
}
