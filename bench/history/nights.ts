/** Made-up nights: regimes of at least 8 nights, noise, and now and then a night that went wrong for a reason of its own. */
import { normalFrom, seededUniform } from "../../runner/analysis/random.ts";

export interface Nights {
  readonly values: readonly number[];
  /** Of the first night of each new regime. */
  readonly shifts: readonly number[];
}

const LEAST_NIGHTS = 8;
/** Relative, of one night to the next. */
const NOISE = 0.03;
const OUTLIER_CHANCE = 0.02;

/** @param shifts how many, each of 20 to 60 %, up or down */
export function nights(seed: number, count = 60, shifts = 5): Nights {
  const uniform = seededUniform(seed * 7919 + 17);
  const normal = normalFrom(uniform);
  const at = places(uniform, count, shifts);
  const values: number[] = [];
  let level = 100;
  for (let night = 0; night < count; night++) {
    if (at.includes(night)) {
      const ratio = 1.2 + 0.4 * uniform();
      level *= uniform() < 0.5 ? ratio : 1 / ratio;
    }
    const outlier = uniform() < OUTLIER_CHANCE ? 1.3 + uniform() : 1;
    values.push(level * Math.exp(NOISE * normal()) * outlier);
  }
  return { values, shifts: at };
}

/** Anywhere, but for the nights that each regime has at least. */
function places(uniform: () => number, count: number, shifts: number): number[] {
  const spare = count - LEAST_NIGHTS * (shifts + 1);
  return Array.from({ length: shifts }, () => Math.floor(uniform() * (spare + 1)))
    .sort((a, b) => a - b)
    .map((before, i) => before + LEAST_NIGHTS * (i + 1));
}
