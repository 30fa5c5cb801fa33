/** What a run of this size and noise could have seen. */
import normalQuantile from "@stdlib/stats-base-dists-normal-quantile";
import { criticalU } from "./mann-whitney.ts";
import { normalFrom, seededUniform } from "./random.ts";
import { pooledDeviation, sorted } from "./samples.ts";

/** The conventional power: an effect of the "smallest detectable" size is found four times out of five. */
const POWER = 0.8;
/** 4000 draws settle the 80th percentile to about 1 %. */
const DRAWS = 4_000;
/** With more values the normal formula is as good. */
const DRAWN_UP_TO = 24;
/** Efficiency of the rank method on normal data against the t test: 3/π (Hollander, Wolfe & Chicken). */
export const RANK_EFFICIENCY = 3 / Math.PI;
/** More rounds than this nobody runs; the honest answer is then "no number of rounds would do". */
export const MOST_ROUNDS = 100;

/**
 * Smallest shift, in standard deviations within an arm as a run estimates them, that the exact rank test finds with 80 %
 * power. For each draw of normal noise the test rejects once the shift exceeds one order statistic of the differences. The
 * deviation is an estimate as well, so each threshold is taken in units of one from another draw; the answer is the 80th
 * percentile. Null where the test cannot reject at all with so few values.
 * @param level one-sided
 */
export function detectableDeviations(n: number, m: number, level: number): number | null {
  const critical = criticalU(n, m, 2 * level);
  if (critical < 0 || n + m < 3) return null;
  if (n + m > DRAWN_UP_TO) {
    const z = normalQuantile(1 - level, 0, 1) + normalQuantile(POWER, 0, 1);
    return z * Math.sqrt((1 / n + 1 / m) / RANK_EFFICIENCY);
  }
  const key = `${n},${m},${critical}`;
  const known = deviationsByDesign.get(key);
  if (known !== undefined) return known;
  const draw = normalFrom(seededUniform(1));
  const arms = () => [Array.from({ length: n }, draw), Array.from({ length: m }, draw)] as const;
  const thresholds: number[] = [];
  for (let i = 0; i < DRAWS; i++) {
    const [before, after] = arms();
    const overlaps = sorted(before.flatMap((x) => after.map((y) => x - y)));
    const estimate = pooledDeviation(...arms());
    thresholds.push((overlaps[overlaps.length - 1 - critical] ?? 0) / estimate);
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
