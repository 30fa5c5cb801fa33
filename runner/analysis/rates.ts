/**
 * Rates of rare events (502s, drops): exact Poisson tools.
 * They assume independent events; packets die in bursts, so a Poisson p alone never makes a verdict here.
 */
import binomialCdf from "@stdlib/stats-base-dists-binomial-cdf";
import gammaQuantile from "@stdlib/stats-base-dists-gamma-quantile";

/** Events seen, out of the opportunities (requests, blocks, seconds) that there were. */
export interface Occurrences {
  readonly events: number;
  readonly opportunities: number;
}

/**
 * Two-sided exact p-value that both rates are equal: given the total, one side's count is binomial
 * (Przyborowski & Wilenski 1940); twice the smaller tail. 1 if nothing happened on either side.
 */
export function poissonRatesP(a: Occurrences, b: Occurrences): number {
  const events = a.events + b.events;
  const opportunities = a.opportunities + b.opportunities;
  if (events === 0 || opportunities === 0) return 1;
  const share = a.opportunities / opportunities;
  const lower = binomialCdf(a.events, events, share);
  const upper = a.events === 0 ? 1 : 1 - binomialCdf(a.events - 1, events, share);
  return Math.min(1, 2 * Math.min(lower, upper));
}

/** Exact confidence interval of a Poisson count (Garwood 1936), in events. */
export function garwoodInterval(events: number, confidence = 0.95): readonly [number, number] {
  const tail = (1 - confidence) / 2;
  return [events === 0 ? 0 : gammaQuantile(tail, events, 1), gammaQuantile(1 - tail, events + 1, 1)];
}

/** "0 of N" still allows a rate of up to 3/N with 95 % confidence (the rule of three: e^−3 ≈ 0.05). */
export function mostThatZeroAllows(opportunities: number): number {
  return opportunities <= 0 ? Number.POSITIVE_INFINITY : 3 / opportunities;
}
