/** What a run of this size and noise could have seen, and how much longer it would have to be. */
import normalQuantile from "@stdlib/stats-base-dists-normal-quantile";
import { criticalU, smallestP } from "./mann-whitney.ts";
import { normalFrom, seededUniform } from "./random.ts";
import { sorted } from "./samples.ts";

/** The conventional power: an effect of the "smallest detectable" size is found four times out of five. */
const POWER = 0.8;
/** 4000 draws settle the 80th percentile to about 1 %. */
const DRAWS = 4_000;
/** More rounds than this nobody runs; the honest answer is then "no number of rounds would do". */
export const MOST_ROUNDS = 100;
/** Efficiency of the Mann–Whitney test on normal data against the t test: 3/π (Hollander, Wolfe & Chicken). */
const RANK_EFFICIENCY = 3 / Math.PI;

/**
 * Smallest shift, in standard deviations within an arm, that the exact test at level `alpha` finds with 80 % power.
 * For each draw of normal noise the test rejects once the shift exceeds one order statistic of the differences, so
 * the answer is that statistic's 80th percentile. Null where the test cannot reject at all with so few values.
 */
export function detectableDeviations(n: number, m: number, alpha: number): number | null {
  const critical = criticalU(n, m, alpha);
  if (critical < 0) return null;
  const key = `${n},${m},${critical}`;
  const known = deviationsByDesign.get(key);
  if (known !== undefined) return known;
  const draw = normalFrom(seededUniform(1));
  const thresholds: number[] = [];
  for (let i = 0; i < DRAWS; i++) {
    const before = Array.from({ length: n }, draw);
    const after = Array.from({ length: m }, draw);
    const overlaps = sorted(before.flatMap((x) => after.map((y) => x - y)));
    thresholds.push(overlaps[overlaps.length - 1 - critical] ?? 0);
  }
  const deviations = sorted(thresholds)[Math.floor(POWER * DRAWS)] ?? 0;
  deviationsByDesign.set(key, deviations);
  return deviations;
}

const deviationsByDesign = new Map<string, number>();

/**
 * Smallest mean count a block at which a cause that was absent (0 in every block) would have been seen with 80 %
 * power: each of the `n` blocks must show at least one event, (1 − e^−λ)^n ≥ 0.8.
 */
export function detectableCountFromZero(n: number): number {
  return -Math.log(1 - POWER ** (1 / n));
}

/**
 * Rounds in all after which a shift of `effect` would be found with 80 % power.
 * Null if more than {@link MOST_ROUNDS}.
 */
export function roundsToDetect(effect: number, deviation: number, alpha: number): number | null {
  const z = normalQuantile(1 - alpha / 2, 0, 1) + normalQuantile(POWER, 0, 1);
  return firstRound((n) => smallestP(n, n) < alpha && z * standardError(deviation, n, alpha) <= Math.abs(effect));
}

/**
 * Rounds in all after which the 95 % interval around `effect` would lie within ±floor, if the effect stays as it is.
 * Null if more than {@link MOST_ROUNDS}, or if the effect is not within the floor to begin with.
 */
export function roundsToEquivalence(effect: number, deviation: number, floor: number): number | null {
  const room = floor - Math.abs(effect);
  if (room <= 0) return null;
  const level = 0.05;
  const z = normalQuantile(1 - level / 2, 0, 1);
  return firstRound((n) => smallestP(n, n) < level && z * standardError(deviation, n, level) <= room);
}

/**
 * Of the difference between two arms of `n` blocks, by the rank method. The efficiency is against the t test, which
 * takes z²/4 blocks more than the normal formula says (Guenther 1981, "Sample Size Formulas for Normal Theory T Tests").
 */
function standardError(deviation: number, n: number, alpha: number): number {
  const few = normalQuantile(alpha / 2, 0, 1) ** 2 / 4;
  return deviation * Math.sqrt(2 / (n - few) / RANK_EFFICIENCY);
}

function firstRound(enough: (rounds: number) => boolean): number | null {
  for (let n = 1; n <= MOST_ROUNDS; n++) if (enough(n)) return n;
  return null;
}
