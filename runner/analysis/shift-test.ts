/**
 * Is one arm's shift against the other beyond chance, and how large is it? Two exact permutation tests with the intervals
 * that belong to them: of ranks, for latencies and levels, and of totals, for counts.
 */
import { lowerTailOfU, mannWhitneyTails } from "./mann-whitney.ts";
import { seededUniform } from "./random.ts";
import { mean, median, sorted, sum } from "./samples.ts";

/** Shift of the tuned arm against the baseline. */
export interface ShiftTest {
  /** tuned − baseline, in the values' unit. */
  readonly effect: number;
  /** One-sided p-value that the tuned arm is no higher. */
  readonly higherP: number;
  /** One-sided p-value that the tuned arm is no lower. */
  readonly lowerP: number;
  interval(level: number): Interval;
}

export interface Interval {
  readonly bounds: readonly [number, number];
  /** The confidence that it really has: below the one asked for, it is the widest that so few values allow. */
  readonly confidence: number;
}

/** Beyond so many ways to split the values, as many are drawn by chance instead of all being listed. */
const MOST_SPLITS = 3_500;
const DRAWS = 4_999;

/**
 * The exact Mann–Whitney test with the Hodges–Lehmann shift and its interval (Hollander, Wolfe & Chicken, "Nonparametric
 * Statistical Methods", chapter 4). It assumes no distribution, which latency quantiles would not obey.
 * Null if an arm has no values.
 */
export function rankShift(baseline: readonly number[], tuned: readonly number[]): ShiftTest | null {
  const differences = sorted(tuned.flatMap((after) => baseline.map((before) => after - before)));
  const effect = median(differences);
  if (effect === null) return null;
  const { less, greater } = mannWhitneyTails(baseline, tuned);
  const below = (index: number) => lowerTailOfU(baseline.length, tuned.length, index);
  return { effect, higherP: less, lowerP: greater, interval: (level) => shiftInterval(differences, below, level) };
}

/**
 * The exact permutation test of the difference of means (Pitman 1937) with its interval: a few large bursts weigh what they
 * cost, which a median would not see. Every split of all values exchanges as many of one arm for as many of the other; the
 * shift at which it makes no difference is the difference of the exchanged ones' means, and these in order are both the
 * test and the interval (Maritz, "Distribution-Free Statistical Methods", chapter 4).
 * Null if an arm has no values.
 */
export function totalShift(baseline: readonly number[], tuned: readonly number[]): ShiftTest | null {
  if (baseline.length === 0 || tuned.length === 0) return null;
  const [first] = baseline;
  if ([...baseline, ...tuned].every((value) => value === first)) return rankShift(baseline, tuned);
  const exchanges = sorted(exchangeShifts(baseline, tuned));
  const splits = exchanges.length + 1;
  const upTo = exchanges.filter((shift) => shift <= 0).length;
  const from = exchanges.filter((shift) => shift >= 0).length;
  return {
    effect: mean(tuned) - mean(baseline),
    higherP: (1 + upTo) / splits,
    lowerP: (1 + from) / splits,
    interval: (level) => shiftInterval(exchanges, (index) => (index + 1) / splits, level),
  };
}

/** @param below probability that the shift lies below the value of that index */
export function shiftInterval(ordered: readonly number[], below: (index: number) => number, level: number): Interval {
  const tail = (1 - level) / 2;
  const last = ordered.length - 1;
  if (below(0) > tail || last < 1)
    return { bounds: [ordered[0] ?? 0, ordered[last] ?? 0], confidence: Math.max(0, 1 - 2 * below(0)) };
  let cut = 0;
  while (cut + 1 < last / 2 && below(cut + 1) <= tail) cut += 1;
  // Between two values, so that the confidence is the one asked for and not the next step above it.
  const share = Math.min(1, (tail - below(cut)) / (below(cut + 1) - below(cut)));
  const between = (one: number, other: number) =>
    (ordered[one] ?? 0) + share * ((ordered[other] ?? 0) - (ordered[one] ?? 0));
  return { bounds: [between(cut, cut + 1), between(last - cut, last - cut - 1)], confidence: level };
}

function exchangeShifts(baseline: readonly number[], tuned: readonly number[]): number[] {
  const all = [...baseline, ...tuned];
  const [total, moved] = [all.length, tuned.length];
  return waysToChoose(total, moved) <= MOST_SPLITS
    ? listedShifts(all, baseline.length)
    : drawnShifts(all, baseline.length);
}

function waysToChoose(n: number, k: number): number {
  let ways = 1;
  for (let i = 1; i <= k; i++) ways = (ways * (n - k + i)) / i;
  return Math.round(ways);
}

/** One for each split but the observed one. */
function listedShifts(all: readonly number[], baselineSize: number): number[] {
  const shifts: number[] = [];
  /** @param open how many more belong to the tuned arm */
  const walk = (index: number, open: number, taken: number, given: number, difference: number): void => {
    if (open < 0 || all.length - index < open) return;
    if (index === all.length) {
      if (taken > 0 && taken === given) shifts.push(difference / taken);
      return;
    }
    const value = all[index] ?? 0;
    const ofTuned = index >= baselineSize;
    // In the split's tuned arm: a value of the baseline is taken in; outside of it, one of the tuned is given away.
    walk(index + 1, open - 1, taken + (ofTuned ? 0 : 1), given, difference - (ofTuned ? 0 : value));
    walk(index + 1, open, taken, given + (ofTuned ? 1 : 0), difference + (ofTuned ? value : 0));
  };
  walk(0, all.length - baselineSize, 0, 0, 0);
  return shifts;
}

function drawnShifts(all: readonly number[], baselineSize: number): number[] {
  const tunedSize = all.length - baselineSize;
  const splits = drawnSplits(all.length, baselineSize);
  const observed = sum(all.slice(baselineSize));
  const shifts: number[] = [];
  for (let at = 0; at < splits.length; at += tunedSize) {
    let exchanged = 0;
    let difference = observed;
    for (let i = at; i < at + tunedSize; i++) {
      const drawn = splits[i] ?? 0;
      if (drawn < baselineSize) exchanged += 1;
      difference -= all[drawn] ?? 0;
    }
    shifts.push(difference / exchanged);
  }
  return shifts;
}

/** They depend on the two sizes only, and a run asks for the same few again and again. */
const splitsBySizes = new Map<string, Uint32Array>();

/** Which values make the tuned arm of each split, one split after the other; none is the observed one. */
function drawnSplits(size: number, baselineSize: number): Uint32Array {
  const key = `${size},${baselineSize}`;
  const known = splitsBySizes.get(key);
  if (known) return known;
  const uniform = seededUniform(size);
  const order = Uint32Array.from({ length: size }, (_, index) => index);
  const tunedSize = size - baselineSize;
  const splits = new Uint32Array(DRAWS * tunedSize);
  for (let found = 0; found < DRAWS; ) {
    let exchanged = 0;
    // The first so many of a shuffle are the split's tuned arm.
    for (let i = 0; i < tunedSize; i++) {
      const j = i + Math.floor(uniform() * (size - i));
      const drawn = order[j] ?? 0;
      order[j] = order[i] ?? 0;
      order[i] = drawn;
      if (drawn < baselineSize) exchanged += 1;
    }
    if (exchanged === 0) continue;
    splits.set(order.subarray(0, tunedSize), found * tunedSize);
    found += 1;
  }
  splitsBySizes.set(key, splits);
  return splits;
}
