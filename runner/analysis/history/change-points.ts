/**
 * Where a series changed for good: E-divisive (Matteson and James 2014), asked generously, and each of its answers tested once
 * more against the noise of the whole series. It assumes no shape of the noise.
 */
import { seededUniform } from "../random.ts";
import { median, sum } from "../samples.ts";
import { bestSplit, type Second } from "./energy.ts";
import { withOutliersDrawnIn } from "./outliers.ts";

export interface ChangePoint {
  /** Of the first value after the change. */
  readonly index: number;
  /** Of the permutation test: so rarely are values without a change divided as well. */
  readonly p: number;
}

export interface Test {
  /** A change is believed at this p or below. */
  readonly level: number;
  readonly permutations: number;
  /** Values on either side of a change; fewer are outliers. */
  readonly least: number;
  readonly seed: number;
}

/** One bad night is no change, and nor are two. The level: `npm run bench:history`. */
export const OF_NIGHTS: Test = { level: 0.0002, permutations: 4999, least: 3, seed: 1 };

/** Of the first look, which is to miss nothing. */
const GENEROUS = { level: 0.02, permutations: 199 } as const;

/**
 * The changes that stand, in the order of the series, whose outliers are drawn in first. By the order of few values alone no
 * change can have a small p: seven and seven have only 3,432. So each is tested between its neighbours against stretches as long, made
 * of what all values of the series differ by from the middle of their own stretch. The weakest that is not believed goes, until all are.
 */
export function changePoints(series: readonly number[], test: Test = OF_NIGHTS): ChangePoint[] {
  const drawnIn = withOutliersDrawnIn(comparable(series));
  const uniform = seededUniform(test.seed);
  let points = eDivisive(drawnIn, { ...test, ...GENEROUS });
  for (;;) {
    points = points.map(({ index }, i) => {
      const start = points[i - 1]?.index ?? 0;
      const end = points[i + 1]?.index;
      const others = points.filter((_, other) => other !== i);
      const noise = { pool: residuals(drawnIn, others), uniform };
      return {
        index: start + (placeIn(drawnIn.slice(start, end), test.least) ?? index - start),
        p: pOf(Float64Array.from(drawnIn.slice(start, end)), test, noise, "whole"),
      };
    });
    const worst = points.reduce((most, { p }, i) => (p > (points[most]?.p ?? 0) ? i : most), 0);
    if ((points[worst]?.p ?? 0) <= test.level) return points;
    points = points.filter((_, i) => i !== worst);
  }
}

/** Nights differ by ratios, where there are any. */
function comparable(series: readonly number[]): readonly number[] {
  return series.every((value) => value > 0) ? series.map(Math.log) : series;
}

/** Where two stretches lie closest to their medians, which outliers beside the place do not move; null: there is no room for two. */
function placeIn(values: readonly number[], least: number): number | null {
  let best: { readonly index: number; readonly distance: number } | null = null;
  for (let index = least; index <= values.length - least; index++) {
    const distance = distanceFromMedian(values.slice(0, index)) + distanceFromMedian(values.slice(index));
    if (best === null || distance < best.distance) best = { index, distance };
  }
  return best?.index ?? null;
}

function distanceFromMedian(values: readonly number[]): number {
  const middle = median(values) ?? 0;
  return sum(values.map((value) => Math.abs(value - middle)));
}

/** E-divisive as published, in the order of the series: each part is tested by the order of its own values. */
export function eDivisive(series: readonly number[], test: Test): ChangePoint[] {
  const uniform = seededUniform(test.seed);
  const divided = (values: Float64Array, start: number): ChangePoint[] => {
    const split = bestSplit(values, test.least);
    if (split === null) return [];
    const p = pOf(values, test, { pool: values, uniform }, "any");
    if (p > test.level) return [];
    const index = start + split.index;
    return [
      ...divided(values.slice(0, split.index), start),
      { index, p },
      ...divided(values.slice(split.index), index),
    ];
  };
  return divided(Float64Array.from(series), 0);
}

/** What each value differs by from the middle of its stretch. */
function residuals(series: readonly number[], points: readonly ChangePoint[]): Float64Array {
  const ends = [0, ...points.map(({ index }) => index), series.length];
  return Float64Array.from(
    ends.slice(1).flatMap((end, i) => {
      const stretch = series.slice(ends[i], end);
      const middle = median(stretch) ?? 0;
      return stretch.map((value) => value - middle);
    }),
  );
}

interface Noise {
  /** At least as many values as are drawn of them at a time, none of them twice. */
  readonly pool: Float64Array;
  readonly uniform: () => number;
}

/** How often noise is divided as well as the values are. It ends early where that is too often, with about the same p. */
function pOf(values: Float64Array, test: Test, { pool, uniform }: Noise, second: Second): number {
  const { level, permutations, least } = test;
  const statistic = bestSplit(values, least, second)?.statistic ?? 0;
  // A difference of rounding errors divides equal values too.
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (!(statistic > 1e-9 * largest)) return 1;
  const most = Math.floor(level * (permutations + 1)) - 1;
  const deck = pool.slice();
  let asGood = 0;
  for (let run = 1; run <= permutations; run++) {
    draw(deck, values.length, uniform);
    const best = bestSplit(deck.subarray(0, values.length), least, second)?.statistic ?? 0;
    // Equal ones, whose sums were added in another order.
    if (best >= statistic * (1 - 1e-12)) asGood++;
    if (asGood > most) return (asGood + 1) / (run + 1);
  }
  return (asGood + 1) / (permutations + 1);
}

/** Fisher and Yates, in place, as far as is needed. */
function draw(deck: Float64Array, count: number, uniform: () => number): void {
  for (let first = 0; first < count; first++) {
    const other = first + Math.floor(uniform() * (deck.length - first));
    const value = deck[first] ?? 0;
    deck[first] = deck[other] ?? 0;
    deck[other] = value;
  }
}
