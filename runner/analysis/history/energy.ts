/**
 * The energy statistic of two stretches of a series (Székely and Rizzo; alpha = 1): how far apart their values are, beyond how
 * far apart values are within each. Zero in the mean where both come from one distribution, whatever its shape.
 */

export interface Split {
  /** Of the first value after the change. */
  readonly index: number;
  readonly statistic: number;
}

/** Where the second stretch may end: anywhere, or only where the whole does. */
export type Second = "any" | "whole";

/** Of sums of distances: between all pairs across, and between all pairs within each stretch. */
function statisticOf(across: number, before: number, after: number, n: number, m: number): number {
  const energy = (2 * across) / (n * m) - (2 * before) / (n * (n - 1)) - (2 * after) / (m * (m - 1));
  return ((n * m) / (n + m)) * energy;
}

/**
 * The best place to divide a stretch into two of at least `least` values. Where the second may end before the stretch does (kappa
 * in Matteson and James), a change that is taken back later does not hide itself.
 * @param least at least 2
 * @returns null where there is no room for two
 */
export function bestSplit(values: ArrayLike<number>, least: number, second: Second = "any"): Split | null {
  const length = values.length;
  if (length < 2 * least) return null;
  const fromStart = distancesFromStart(values);
  // distances[k]: between all pairs of values from `index` up to, and without, k.
  const distances = new Float64Array(length + 1);
  let best: Split | null = null;
  for (let index = length - 1; index >= least; index--) {
    let fromIndex = 0;
    for (let end = index + 1; end <= length; end++) {
      fromIndex += Math.abs((values[index] ?? 0) - (values[end - 1] ?? 0));
      distances[end] = (distances[end] ?? 0) + fromIndex;
    }
    const before = fromStart[index] ?? 0;
    if (length - index < least) continue;
    for (let end = second === "whole" ? length : index + least; end <= length; end++) {
      const after = distances[end] ?? 0;
      const across = (fromStart[end] ?? 0) - before - after;
      const statistic = statisticOf(across, before, after, index, end - index);
      if (best === null || statistic > best.statistic) best = { index, statistic };
    }
  }
  return best;
}

/** The statistic of each place to divide a stretch at, up to its end; null where a side has fewer than two values. */
export function statistics(values: readonly number[]): (number | null)[] {
  const all = distancesFromStart(values)[values.length] ?? 0;
  return values.map((_, index) => {
    const [n, m] = [index, values.length - index];
    if (n < 2 || m < 2) return null;
    const before = distancesFromStart(values.slice(0, index))[n] ?? 0;
    const after = distancesFromStart(values.slice(index))[m] ?? 0;
    return statisticOf(all - before - after, before, after, n, m);
  });
}

/** At k: the sum of distances between all pairs of the first k values. */
function distancesFromStart(values: ArrayLike<number>): Float64Array {
  const sums = new Float64Array(values.length + 1);
  for (let index = 0; index < values.length; index++) {
    let own = 0;
    for (let earlier = 0; earlier < index; earlier++) own += Math.abs((values[index] ?? 0) - (values[earlier] ?? 0));
    sums[index + 1] = (sums[index] ?? 0) + own;
  }
  return sums;
}
