/**
 * The shift between arms whose blocks came in pairs, at the same time on the same machine: what hit both cancels in each
 * pair's difference. If the arms are alike, each difference is as likely to have the other sign; all ways to choose the signs
 * are the distribution of chance (Fisher, "The Design of Experiments", 1935, section 21).
 */
import tCdf from "@stdlib/stats-base-dists-t-cdf";
import { doubledMidranks } from "./mann-whitney.ts";
import { seededUniform } from "./random.ts";
import { mean, median, pooledDeviation, sorted, sum } from "./samples.ts";
import { rankShift, type ShiftTest, shiftInterval, totalShift } from "./shift-test.ts";

/** With fewer, no interval of 95 % can be had: 2 of 2^5 ways are 6 %. */
export const LEAST_PAIRS = 6;
/** From here on ranks reach a level as strict as a few metrics share: one way of 2^10 is 0.1 %. */
const RANKS_FROM = 10;
/** Beyond so many pairs, the ways are drawn by chance instead of all being listed. */
const LISTED_UP_TO = 12;
const DRAWS = 4_999;

export interface Paired {
  /** All values of each arm, those without a partner included. */
  readonly baseline: readonly number[];
  readonly tuned: readonly number[];
  /** tuned − baseline, of each pair. */
  readonly differences: readonly number[];
}

/** Whether there are enough pairs for their differences to be judged. */
export function judgedByPairs(differences: readonly number[]): boolean {
  return differences.length >= LEAST_PAIRS;
}

/**
 * Two tests, of the differences and of the values as if they were no pairs, and the better of them counts at half its level
 * (Bonferroni): few pairs can't reach a strict level by ranks or signs however clear they are, and the values can, though they
 * are blind to what only pairs show. Arms that share their noise are more alike than chance makes them, so that the second errs on the safe side.
 * The interval is that of the differences.
 * @param counted totals are compared, not ranks
 */
export function duetShift({ baseline, tuned, differences }: Paired, counted: boolean): ShiftTest | null {
  const values = (counted ? totalShift : rankShift)(baseline, tuned);
  if (!values || !judgedByPairs(differences)) return values;
  const pairs = (counted ? totalOfPairs : levelOfPairs)(differences);
  const better = (one: number, other: number) => Math.min(1, 2 * Math.min(one, other));
  return {
    effect: pairs.effect,
    higherP: better(pairs.higherP, values.higherP),
    lowerP: better(pairs.lowerP, values.lowerP),
    interval: pairs.interval,
  };
}

/**
 * Of latencies and levels. Few pairs are judged by Student's t: differences of arms that are alike are symmetric, and for
 * symmetric distributions with long tails it errs on the safe side (Benjamini, JASA 78, 1983). The interval is that of ranks,
 * which one wild pair does not widen.
 */
export function levelOfPairs(differences: readonly number[]): ShiftTest {
  const ranks = ranksOfPairs(differences);
  if (differences.length >= RANKS_FROM) return ranks;
  const centre = mean(differences);
  const error = pooledDeviation(differences) / Math.sqrt(differences.length);
  const below = tCdf(centre === 0 ? 0 : centre / error, differences.length - 1);
  return { ...ranks, higherP: 1 - below, lowerP: below };
}

/**
 * Wilcoxon's signed-rank test with Pratt's treatment of zeros, the pseudo-median and Tukey's interval of Walsh averages
 * (Hollander, Wolfe & Chicken, "Nonparametric Statistical Methods", chapter 3).
 */
export function ranksOfPairs(differences: readonly number[]): ShiftTest {
  const walsh = sorted(differences.flatMap((one, i) => differences.slice(i).map((other) => (one + other) / 2)));
  const ranks = doubledMidranks(differences.map(Math.abs));
  const signed = ranks.filter((_, i) => differences[i] !== 0);
  const positive = sum(ranks.filter((_, i) => (differences[i] ?? 0) > 0));
  const ways = waysToSum(signed);
  const all = 2 ** signed.length;
  const untied = waysToSum(differences.map((_, i) => i + 1));
  const upTo = (most: number) => sum(untied.slice(0, most + 1)) / 2 ** differences.length;
  return {
    effect: median(walsh) ?? 0,
    higherP: sum(ways.slice(positive)) / all,
    lowerP: sum(ways.slice(0, positive + 1)) / all,
    interval: (level) => shiftInterval(walsh, upTo, level),
  };
}

/**
 * The sign-flip test of the mean (Pitman 1937). Flipping a set of pairs makes no difference at a shift of that set's mean, so
 * the means of all sets, in order, are both the test and the interval.
 */
export function totalOfPairs(differences: readonly number[]): ShiftTest {
  const sets = sorted(differences.length <= LISTED_UP_TO ? listedMeans(differences) : drawnMeans(differences));
  const ways = sets.length + 1;
  return {
    effect: mean(differences),
    higherP: (1 + sets.filter((each) => each <= 0).length) / ways,
    lowerP: (1 + sets.filter((each) => each >= 0).length) / ways,
    interval: (level) => shiftInterval(sets, (index) => (index + 1) / ways, level),
  };
}

/** By sum, in how many ways some of these numbers add up to it. */
function waysToSum(numbers: readonly number[]): number[] {
  const ways = Array.from({ length: sum(numbers) + 1 }, () => 0);
  ways[0] = 1;
  for (const number of numbers) {
    for (let total = ways.length - 1; total >= number; total--)
      ways[total] = (ways[total] ?? 0) + (ways[total - number] ?? 0);
  }
  return ways;
}

/** Of every set but the empty one. */
function listedMeans(differences: readonly number[]): number[] {
  const means: number[] = [];
  const walk = (index: number, total: number, taken: number): void => {
    if (index === differences.length) {
      if (taken > 0) means.push(total / taken);
      return;
    }
    walk(index + 1, total, taken);
    walk(index + 1, total + (differences[index] ?? 0), taken + 1);
  };
  walk(0, 0, 0);
  return means;
}

function drawnMeans(differences: readonly number[]): number[] {
  const uniform = seededUniform(differences.length);
  const means: number[] = [];
  while (means.length < DRAWS) {
    const set = differences.filter(() => uniform() < 0.5);
    if (set.length > 0) means.push(mean(set));
  }
  return means;
}
