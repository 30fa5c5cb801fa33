/**
 * Two arms of which one was measured on another night. Blocks of one night share all that was peculiar to it, so by blocks alone
 * any two nights differ. How far nights differ without a reason is told by nights only: by those good ones that there are of the
 * same arm. A difference has to be beyond both, and an interval is as wide as the wider of both.
 */
import tCdf from "@stdlib/stats-base-dists-t-cdf";
import type { MetricReason } from "../../result/reasons.ts";
import type { EarlierNight } from "../../result/result.ts";
import { mean, sum } from "../samples.ts";
import type { ShiftTest } from "../shift-test.ts";
import type { Compared, Comparison } from "./comparison.ts";
import { CONFIDENCE } from "./levels.ts";

/** Of fewer nights a spread says next to nothing. */
export const FEWEST_NIGHTS = 5;
/**
 * So much stricter than blocks of one run are nights tested: it happens every night, for every metric, and nights that go wrong are more
 * frequent than a bell curve has them (docs/evidence.md).
 */
const STRICTER = 5;
/** With fewer nights harm is plain where each block is so many times as bad as the worst ever was, */
const PLAIN_TIMES = 2;
/** and so many floors away from it. */
const PLAIN_FLOORS = 3;
const POWER = 0.8;

/** The same comparison, with what is known of nights. */
export function betweenNights<E>(comparison: Comparison<E>, earlier: readonly EarlierNight[]): Comparison<E> {
  if (comparison.kind === "unmeasured") return comparison;
  const { spec, shift, typical, betterP, worseP } = comparison;
  const values = earlier.flatMap((night) => night.values[spec.name] ?? []);
  const deviation = values.length < FEWEST_NIGHTS ? null : deviationOf(values);
  const nights = { nights: values.length, deviation };
  const bad = badness(spec);
  const [tonight, before] = [bad(typical.tuned), [...values, typical.baseline].map(bad)];
  if (deviation === null) {
    const plain = isPlain(comparison, before);
    return { ...comparison, nights, betterP: 1, worseP: plain ? worseP : 1, shift: { ...shift, interval: untold } };
  }
  const p = STRICTER * tailOf(Math.abs(shift.effect), deviation, values.length);
  return {
    ...comparison,
    nights,
    // No night was as good, or as bad, before.
    betterP: tonight < Math.min(...before) ? Math.min(1, Math.max(betterP, p)) : 1,
    worseP: tonight > Math.max(...before) ? Math.min(1, Math.max(worseP, p)) : 1,
    shift: { ...shift, interval: (level) => widened(shift, level, halfWidth(deviation, values.length, level)) },
  };
}

/** Why it stays open, where nights keep it so, and not blocks; null: blocks do. */
export function nightsDiffer<E>({ nights, floor, shift }: Compared<E>): MetricReason | null {
  if (nights === null) return null;
  if (nights.deviation === null) return { kind: "nights-differ", nights: nights.nights, most: null };
  const most = halfWidth(nights.deviation, nights.nights, CONFIDENCE);
  const [low, high] = shift.interval(CONFIDENCE).bounds;
  const byNights = Math.max(high - shift.effect, shift.effect - low) <= most * (1 + 1e-9);
  // A difference that blocks show, and that other nights had as well.
  const beyondBlocks = low * high > 0;
  return byNights || beyondBlocks || most > floor ? { kind: "nights-differ", nights: nights.nights, most } : null;
}

/**
 * Smallest difference that nights let through, with 80 % power; 0: nights are in no way. Null: they are too few to see any.
 * @param level one-sided
 */
export function nightsVisible<E>({ nights }: Compared<E>, level: number): number | null {
  if (nights === null) return 0;
  if (nights.deviation === null) return null;
  const freedom = nights.nights - 1;
  return (quantile(1 - level / STRICTER, freedom) + quantile(POWER, freedom)) * nights.deviation * Math.SQRT2;
}

/** The larger, the worse. Of a share that should be high, what is missing of the whole. */
function badness({ better, kind }: Compared<unknown>["spec"]): (value: number) => number {
  if (better === "lower") return (value) => value;
  return kind === "share" ? (value) => 100 - value : (value) => -value;
}

/** Each of tonight's blocks is far worse than any block of that night, and than any night. */
function isPlain<E>({ spec, baseline, tuned, floor }: Compared<E>, before: readonly number[]): boolean {
  const bad = badness(spec);
  const best = Math.min(...tuned.values.map(bad));
  const worst = Math.max(...before, ...baseline.values.map(bad));
  // Where more is better and there is no whole, half as much is twice as bad.
  const far = worst < 0 ? best >= worst / PLAIN_TIMES : best >= PLAIN_TIMES * worst;
  return far && best - worst >= PLAIN_FLOORS * floor;
}

function untold(): ReturnType<ShiftTest["interval"]> {
  return { bounds: [0, 0], confidence: 0 };
}

function widened(shift: ShiftTest, level: number, half: number): ReturnType<ShiftTest["interval"]> {
  const { bounds, confidence } = shift.interval(level);
  return { bounds: [Math.min(bounds[0], shift.effect - half), Math.max(bounds[1], shift.effect + half)], confidence };
}

/** Of the difference of two nights. */
function halfWidth(deviation: number, nights: number, level: number): number {
  return deviation === 0 ? 0 : quantile((1 + level) / 2, nights - 1) * deviation * Math.SQRT2;
}

/** So rarely are two nights so far apart, to one side. */
function tailOf(distance: number, deviation: number, nights: number): number {
  if (deviation === 0) return distance === 0 ? 1 : 0;
  return tCdf(-distance / (deviation * Math.SQRT2), nights - 1);
}

function deviationOf(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(sum(values.map((value) => (value - middle) ** 2)) / (values.length - 1));
}

/** Of Student's t, by halving: its distribution is at hand, and it has no jumps. */
function quantile(p: number, freedom: number): number {
  let [low, high] = [-1e6, 1e6];
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2;
    if (tCdf(middle, freedom) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
