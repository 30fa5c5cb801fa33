/**
 * How far one arm's values lie above the other's: the Hodges–Lehmann shift and its exact confidence interval,
 * got by inverting the Mann–Whitney test (Hollander, Wolfe & Chicken, section 4.3), so that the interval excludes 0
 * just when the test (untied, uncorrected) rejects. With ties it is conservative.
 */
import { lowerTailOfU } from "./mann-whitney.ts";
import { median, sorted } from "./samples.ts";

export interface Shift {
  /** Median of all differences tuned − baseline, in the values' unit. */
  readonly effect: number;
  readonly ci: readonly [number, number];
  /** Confidence that the interval really has: below the one asked for, it is the widest that so few rounds allow. */
  readonly coverage: number;
}

/** Null if an arm has no values. */
export function hodgesLehmann(baseline: readonly number[], tuned: readonly number[], confidence = 0.95): Shift | null {
  const differences = sorted(tuned.flatMap((after) => baseline.map((before) => after - before)));
  const effect = median(differences);
  if (effect === null) return null;
  const cut = differencesToCut(baseline.length, tuned.length, (1 - confidence) / 2);
  const low = differences[cut];
  const high = differences[differences.length - 1 - cut];
  if (low === undefined || high === undefined) return null;
  return { effect, ci: [low, high], coverage: 1 - 2 * lowerTailOfU(baseline.length, tuned.length, cut) };
}

/** How many of the smallest (and of the largest) differences the interval may leave out. */
function differencesToCut(n: number, m: number, tail: number): number {
  let cut = 0;
  while (lowerTailOfU(n, m, cut + 1) <= tail) cut += 1;
  return cut;
}
