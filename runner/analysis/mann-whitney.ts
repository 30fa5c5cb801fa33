/**
 * The exact Mann–Whitney (Wilcoxon rank-sum) test: are the values of one arm larger than those of the other?
 * It assumes no distribution, which latency quantiles and drop counts would not obey.
 * Method: the permutation distribution of the rank sum, midranks for ties (Hollander, Wolfe & Chicken,
 * "Nonparametric Statistical Methods", chapter 4), counted by dynamic programming instead of listing every split.
 */
import normalCdf from "@stdlib/stats-base-dists-normal-cdf";
import normalQuantile from "@stdlib/stats-base-dists-normal-quantile";
import { sorted, sum } from "./samples.ts";

/** Beyond this many values in all the normal approximation is as good, and counting gets slow. */
const EXACT_UP_TO = 60;

/** U goes in steps of 1, the normal distribution does not: each U stands for the half step on either side of it. */
const CONTINUITY = 0.5;

/** Two-sided p-value; 1 if an arm is empty or all values are equal. */
export function mannWhitneyP(a: readonly number[], b: readonly number[]): number {
  if (a.length === 0 || b.length === 0) return 1;
  const ranks = doubledMidranks([...a, ...b]);
  const expected = a.length * (ranks.length + 1); // doubled, as the ranks are
  const distance = Math.abs(sum(ranks.slice(0, a.length)) - expected);
  if (distance === 0) return 1;
  return ranks.length <= EXACT_UP_TO
    ? exactTwoSidedTail(ranks, a.length, expected, distance)
    : approximateTwoSidedTail(ranks, a.length, distance);
}

/**
 * One-sided p-values of `b` against `a`: `less` that b is no higher than a (small when b is higher), `greater` that it is no
 * lower. 1 if an arm is empty or all values are equal.
 */
export function mannWhitneyTails(a: readonly number[], b: readonly number[]): { less: number; greater: number } {
  if (a.length === 0 || b.length === 0) return { less: 1, greater: 1 };
  const ranks = doubledMidranks([...b, ...a]);
  const observed = sum(ranks.slice(0, b.length));
  if (ranks.length > EXACT_UP_TO) {
    const centred = observed - b.length * (ranks.length + 1);
    return { less: upperTail(ranks, b.length, centred), greater: upperTail(ranks, b.length, -centred) };
  }
  const counts = rankSumCounts(ranks, b.length);
  const all = sum(counts);
  return { less: sum(counts.slice(observed)) / all, greater: sum(counts.slice(0, observed + 1)) / all };
}

/** Smallest two-sided p that `n` against `m` values can ever reach: complete separation. */
export function smallestP(n: number, m: number): number {
  return n === 0 || m === 0 ? 1 : Math.min(1, 2 * lowerTailOfU(n, m, 0));
}

/** Largest U with two-sided p < alpha for untied values; −1 if even complete separation is not enough. */
export function criticalU(n: number, m: number, alpha: number): number {
  if (n === 0 || m === 0) return -1;
  if (n + m > EXACT_UP_TO) {
    return Math.floor(normalQuantile(alpha / 2, (n * m) / 2, deviationOfU(n, m)) - CONTINUITY);
  }
  let u = -1;
  while (2 * lowerTailOfU(n, m, u + 1) < alpha) u += 1;
  return u;
}

/** P(U ≤ u) for untied values: how often chance alone leaves at most `u` of the n·m pairs out of order. */
export function lowerTailOfU(n: number, m: number, u: number): number {
  if (n + m > EXACT_UP_TO) {
    return normalCdf(u + CONTINUITY, (n * m) / 2, deviationOfU(n, m));
  }
  return untiedTails(n, m)[u] ?? 1;
}

/** The untied distribution depends on the two sizes only, and a run asks for the same few again and again. */
const tailsBySizes = new Map<string, readonly number[]>();

/** tails[u] = P(U ≤ u) */
function untiedTails(n: number, m: number): readonly number[] {
  const key = `${n},${m}`;
  const known = tailsBySizes.get(key);
  if (known) return known;
  const ranks = Array.from({ length: n + m }, (_, index) => index + 1);
  const counts = rankSumCounts(ranks, n).slice((n * (n + 1)) / 2);
  const all = sum(counts);
  let upTo = 0;
  const tails = counts.map((count) => {
    upTo += count;
    return upTo / all;
  });
  tailsBySizes.set(key, tails);
  return tails;
}

function deviationOfU(n: number, m: number): number {
  return Math.sqrt((n * m * (n + m + 1)) / 12);
}

/** Midranks times two, so that ties keep them whole numbers. */
export function doubledMidranks(values: readonly number[]): number[] {
  const ordered = sorted(values);
  const ranks = new Map<number, number>();
  for (let from = 0; from < ordered.length; ) {
    const value = ordered[from] ?? 0;
    let to = from;
    while (to < ordered.length && ordered[to] === value) to += 1;
    ranks.set(value, from + to + 1);
    from = to;
  }
  return values.map((value) => ranks.get(value) ?? 0);
}

/** counts[s] = number of ways to choose `size` of the ranks with sum s. */
function rankSumCounts(ranks: readonly number[], size: number): number[] {
  const width = sum(ranks) + 1;
  const bySize = Array.from({ length: size + 1 }, () => new Float64Array(width));
  const none = bySize[0];
  if (none) none[0] = 1;
  let most = 0;
  for (const rank of ranks) {
    most += rank;
    for (let chosen = size; chosen >= 1; chosen--) {
      const to = bySize[chosen];
      const from = bySize[chosen - 1];
      if (!to || !from) continue;
      for (let total = most; total >= rank; total--) to[total] = (to[total] ?? 0) + (from[total - rank] ?? 0);
    }
  }
  return [...(bySize[size] ?? [])];
}

function exactTwoSidedTail(ranks: readonly number[], size: number, expected: number, distance: number): number {
  const counts = rankSumCounts(ranks, size);
  const extreme = counts.filter((_, total) => Math.abs(total - expected) >= distance);
  return sum(extreme) / sum(counts);
}

function approximateTwoSidedTail(ranks: readonly number[], size: number, distance: number): number {
  return Math.min(1, 2 * upperTail(ranks, size, Math.max(2 * CONTINUITY, distance)));
}

/** With the variance corrected for ties and the correction for continuity; all of it doubled, as the ranks are. */
function upperTail(ranks: readonly number[], size: number, distance: number): number {
  const n = ranks.length;
  const centre = n + 1;
  const spread = sum(ranks.map((rank) => (rank - centre) ** 2)) / (n - 1);
  const deviation = Math.sqrt((size * (n - size) * spread) / n);
  return deviation === 0 ? 1 : normalCdf(-(distance - 2 * CONTINUITY), 0, deviation);
}
