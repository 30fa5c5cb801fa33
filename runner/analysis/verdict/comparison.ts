/** One metric of two arms, compared: the numbers on which decide.ts rests its verdict. */
import type { Block } from "../../result/block.ts";
import type { MetricSpec } from "../metrics.ts";
import { duetShift, judgedByPairs } from "../paired-shift.ts";
import { mean, median } from "../samples.ts";
import { rankShift, type ShiftTest, totalShift } from "../shift-test.ts";
import { type ArmValues, armValues, countsEvents } from "./arm-values.ts";

export interface Compared<E> {
  readonly kind: "compared";
  readonly spec: MetricSpec<E>;
  readonly baseline: ArmValues<E>;
  readonly tuned: ArmValues<E>;
  /** What each arm is shown as. */
  readonly typical: { readonly baseline: number; readonly tuned: number };
  readonly shift: ShiftTest;
  /** Of the rounds whose blocks ran at the same time, where these are judged; null: arms are judged as a whole. */
  readonly differences: readonly number[] | null;
  readonly floor: number;
  /** One-sided p-values that it got no better, and no worse. */
  readonly betterP: number;
  readonly worseP: number;
  /** By how much two blocks of one arm typically differ; null with fewer than two in either. */
  readonly noise: number | null;
  /** How far nights differ, where the baseline's blocks are of another one; null: both arms were run together. */
  readonly nights: NightNoise | null;
}

export interface NightNoise {
  /** Earlier ones, in which this metric was measured. */
  readonly nights: number;
  /** Standard deviation of a night's value, in the metric's unit; null: they are too few to tell. */
  readonly deviation: number | null;
}

export interface Unmeasured<E> {
  readonly kind: "unmeasured";
  readonly spec: MetricSpec<E>;
  readonly baseline: ArmValues<E>;
  readonly tuned: ArmValues<E>;
}

export type Comparison<E> = Compared<E> | Unmeasured<E>;

/** The blocks of both arms. */
export interface BlocksCompared<E> {
  readonly baseline: readonly Block<E>[];
  readonly tuned: readonly Block<E>[];
  /** Requests of a usual block. */
  readonly usual: number;
  /** Those of a round ran at the same time. */
  readonly duet: boolean;
}

export function compareArms<E>(spec: MetricSpec<E>, blocks: BlocksCompared<E>): Comparison<E> {
  const baseline = armValues(spec, blocks.baseline, blocks.usual);
  const tuned = armValues(spec, blocks.tuned, blocks.usual);
  const counted = countsEvents(spec);
  const paired = blocks.duet ? differencesOf(baseline, tuned) : [];
  const shift = blocks.duet
    ? duetShift({ baseline: baseline.values, tuned: tuned.values, differences: paired }, counted)
    : (counted ? totalShift : rankShift)(baseline.values, tuned.values);
  if (!shift) return { kind: "unmeasured", spec, baseline, tuned };
  const middle = (values: readonly number[]) => (counted ? mean(values) : (median(values) ?? 0));
  const typical = { baseline: middle(baseline.values), tuned: middle(tuned.values) };
  const higherIsBetter = spec.better === "higher";
  return {
    kind: "compared",
    spec,
    baseline,
    tuned,
    typical,
    shift,
    differences: judgedByPairs(paired) ? paired : null,
    floor: floorOf(spec, typical.baseline),
    betterP: higherIsBetter ? shift.higherP : shift.lowerP,
    worseP: higherIsBetter ? shift.lowerP : shift.higherP,
    noise: typicalDifference([baseline.values, tuned.values]),
    nights: null,
  };
}

/** Of the rounds in which both arms tell the metric. */
function differencesOf<E>(baseline: ArmValues<E>, tuned: ArmValues<E>): number[] {
  const before = new Map(baseline.blocks.map(({ round }, index) => [round, baseline.values[index]]));
  return tuned.blocks.flatMap(({ round }, index) => {
    const [one, other] = [before.get(round), tuned.values[index]];
    return one === undefined || other === undefined ? [] : [other - one];
  });
}

/** Above 0 where it got better, in the metric's unit. */
export function gainOf<E>({ spec, shift }: Compared<E>): number {
  return spec.better === "higher" ? shift.effect : -shift.effect;
}

/** Of the arm that differs more from itself: where one has nothing, its zeros say nothing of the other. */
export function typicalDifference(arms: readonly (readonly number[])[]): number | null {
  const typical = arms.flatMap(
    (values) => median(values.flatMap((one, i) => values.slice(i + 1).map((other) => Math.abs(one - other)))) ?? [],
  );
  return typical.length === 0 ? null : Math.max(...typical);
}

export function floorOf({ floor, kind }: Pick<MetricSpec, "floor" | "kind">, baseline: number): number {
  // A tenth of 99.9 % would be a hundred times the failures there are; a tenth of the failures is what is meant.
  const reference = kind === "share" ? 100 - baseline : baseline;
  return Math.max(floor.absolute ?? 0, (floor.relative ?? 0) * Math.abs(reference));
}
