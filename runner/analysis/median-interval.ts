/** Where the median of a few values can lie, from their order alone (no shape of the noise is assumed). */
import binomialCdf from "@stdlib/stats-base-dists-binomial-cdf";

export interface MedianInterval {
  readonly low: number;
  readonly high: number;
  /** 0–1: how surely the median that they are drawn from lies within. */
  readonly confidence: number;
}

/**
 * The narrowest pair of order statistics that holds the median with at least this confidence; of too few values the
 * lowest and the highest, with the confidence that they allow (5 values: 93.75 %). Null of fewer than two.
 */
export function medianInterval(values: readonly number[], confidence = 0.95): MedianInterval | null {
  const sorted = [...values].sort((a, b) => a - b);
  const coverage = (at: number) => 1 - 2 * binomialCdf(at, sorted.length, 0.5);
  let at = 0;
  while (at + 1 < sorted.length / 2 && coverage(at + 1) >= confidence) at++;
  const [low, high] = [sorted[at], sorted[sorted.length - 1 - at]];
  if (sorted.length < 2 || low === undefined || high === undefined) return null;
  return { low, high, confidence: coverage(at) };
}
