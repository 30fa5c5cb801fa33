/**
 * One verdict per metric. "Improved" and "regressed" must pass every gate below, "equivalent" needs an interval that
 * lies wholly within the floor; whatever is left is "inconclusive", with what would settle it. No data is never a pass.
 */
import type { Block, Counted } from "../result/block.ts";
import type { Metric } from "../result/metric.ts";
import type { MetricReason } from "../result/reasons.ts";
import { evidential } from "./blocks.ts";
import { holm } from "./holm.ts";
import { mannWhitneyP, smallestP } from "./mann-whitney.ts";
import type { MetricSpec } from "./metrics.ts";
import { detectableCountFromZero, detectableDeviations, roundsToDetect, roundsToEquivalence } from "./power.ts";
import { mostThatZeroAllows, type Occurrences, poissonRatesP } from "./rates.ts";
import { mean, median, pooledDeviation, sum } from "./samples.ts";
import { hodgesLehmann, type Shift } from "./shift.ts";

/** The conventional level, for a whole family of metrics (Holm) and for a mechanism counter. */
export const ALPHA = 0.05;
/**
 * With fewer blocks than this in an arm, every block of one arm must lie beyond every block of the other. Without it an
 * A/A comparison of 5 rounds would be called a difference in about 1 run of 100 (measured), too often for a nightly job.
 */
const SEPARATION_BELOW_BLOCKS = 8;
/** Below this median count a block in both arms, counts are rare and the exact Poisson test has to agree. */
const RARE_BELOW = 10;
/** The exact intervals come in steps (3 rounds a side reach 90 % at most); this much confidence is asked for. */
const CONFIDENCE = 0.95;

/**
 * Judges each metric on the valid blocks of rounds 1 and up.
 * @param aaPair two blocks of one arm, whose difference is the noise floor; without it no difference is believed
 */
export function judge<E>(
  specs: readonly MetricSpec<E>[],
  baselineBlocks: readonly Block<E>[],
  tunedBlocks: readonly Block<E>[],
  aaPair: readonly [Counted<E>, Counted<E>] | null,
): Metric[] {
  const compared = specs.map((spec) => compare(spec, evidential(baselineBlocks), evidential(tunedBlocks), aaPair));
  const adjusted = adjustByFamily(compared);
  return compared.map((comparison, index) => decide(comparison, adjusted[index] ?? { p: 1, familySize: 1 }));
}

/** Whether this many valid blocks an arm can reach a verdict on a family of this many metrics at all. */
export function enoughBlocks(baseline: number, tuned: number, familySize: number): boolean {
  return smallestP(baseline, tuned) * familySize < ALPHA;
}

interface Side<E> {
  readonly blocks: readonly Block<E>[];
  readonly values: readonly number[];
  /** For counts and shares: the rare events behind the values. */
  readonly occurrences: Occurrences;
}

interface Measured<E> {
  readonly kind: "measured";
  readonly spec: MetricSpec<E>;
  readonly baseline: Side<E>;
  readonly tuned: Side<E>;
  readonly shift: Shift;
  readonly p: number;
  readonly floor: number;
  readonly noise: number | null;
}

interface Unmeasured<E> {
  readonly kind: "unmeasured";
  readonly spec: MetricSpec<E>;
  readonly arms: ("baseline" | "tuned")[];
}

type Comparison<E> = Measured<E> | Unmeasured<E>;

function compare<E>(
  spec: MetricSpec<E>,
  baselineBlocks: readonly Block<E>[],
  tunedBlocks: readonly Block<E>[],
  aaPair: readonly [Counted<E>, Counted<E>] | null,
): Comparison<E> {
  const baseline = sideOf(spec, baselineBlocks);
  const tuned = sideOf(spec, tunedBlocks);
  const shift = hodgesLehmann(baseline.values, tuned.values, CONFIDENCE);
  if (!shift) {
    const sides = { baseline, tuned };
    const arms = (["baseline", "tuned"] as const).filter((role) => sides[role].values.length === 0);
    return { kind: "unmeasured", spec, arms };
  }
  return {
    kind: "measured",
    spec,
    baseline,
    tuned,
    shift,
    p: mannWhitneyP(baseline.values, tuned.values),
    floor: floorOf(spec, median(baseline.values) ?? 0),
    noise: noiseOf(spec, aaPair),
  };
}

function sideOf<E>(spec: MetricSpec<E>, all: readonly Block<E>[]): Side<E> {
  const blocks = all.filter((block) => spec.of(block) !== null);
  return {
    blocks,
    values: blocks.flatMap((block) => spec.of(block) ?? []),
    occurrences: {
      events: sum(blocks.map((block) => eventsOf(spec, block) ?? 0)),
      opportunities: sum(blocks.map((block) => block.scheduled)),
    },
  };
}

/** The rare events that a count or a share is made of; null for metrics that are not counts of anything. */
function eventsOf<E>(spec: MetricSpec<E>, block: Block<E>): number | null {
  if (spec.kind === "share") return spec.events(block);
  return spec.kind === "count" ? spec.of(block) : null;
}

function countsEvents({ kind }: Pick<MetricSpec, "kind">): boolean {
  return kind === "share" || kind === "count";
}

function floorOf({ floor, kind }: Pick<MetricSpec, "floor" | "kind">, baseline: number): number {
  // A tenth of 99.9 % would be a hundred times the failures there are; a tenth of the failures is what is meant.
  const reference = kind === "share" ? 100 - baseline : baseline;
  return Math.max(floor.absolute ?? 0, (floor.relative ?? 0) * Math.abs(reference));
}

function noiseOf<E>(spec: MetricSpec<E>, aaPair: readonly [Counted<E>, Counted<E>] | null): number | null {
  if (!aaPair) return null;
  const [first, second] = aaPair.map((block) => spec.of(block));
  return first == null || second == null ? null : Math.abs(first - second);
}

interface Adjusted {
  readonly p: number;
  readonly familySize: number;
}

/**
 * Holm's correction, primaries among themselves and the others among themselves: only primaries decide the overall
 * verdict, so only they share its 5 %, and showing more beside them costs the primaries no power.
 */
function adjustByFamily<E>(comparisons: readonly Comparison<E>[]): (Adjusted | undefined)[] {
  const adjusted: (Adjusted | undefined)[] = comparisons.map(() => undefined);
  for (const primary of [true, false]) {
    const family = [...comparisons.entries()].flatMap(([index, one]) =>
      one.kind === "measured" && one.spec.primary === primary ? [{ index, p: one.p }] : [],
    );
    const ps = holm(family.map((member) => member.p));
    for (const [position, { index }] of family.entries()) {
      adjusted[index] = { p: ps[position] ?? 1, familySize: family.length };
    }
  }
  return adjusted;
}

function decide<E>(comparison: Comparison<E>, adjusted: Adjusted): Metric {
  const { spec } = comparison;
  const common = { name: spec.name, unit: spec.unit, primary: spec.primary, better: spec.better };
  if (comparison.kind === "unmeasured") {
    return {
      ...common,
      state: "unmeasured",
      baseline: null,
      tuned: null,
      effect: null,
      ci: null,
      p: null,
      pAdjusted: null,
      smallestDetectable: null,
      floor: spec.floor.absolute ?? 0,
      noise: null,
      roundsNeeded: null,
      mechanism: null,
      verdict: "inconclusive",
      why: { kind: "unmeasured", arms: comparison.arms },
    };
  }
  const mechanism = agreeingMechanism(comparison);
  const { baseline, tuned, shift, p, floor, noise } = comparison;
  return {
    ...common,
    baseline: median(baseline.values) ?? 0,
    tuned: median(tuned.values) ?? 0,
    effect: shift.effect,
    ci: [...shift.ci],
    p,
    pAdjusted: adjusted.p,
    smallestDetectable: smallestDetectable(comparison, adjusted.familySize),
    floor,
    noise,
    mechanism,
    ...conclude(comparison, adjusted, mechanism),
  };
}

type Conclusion =
  | {
      readonly state: "settled";
      readonly verdict: "improved" | "regressed" | "equivalent";
      readonly why: MetricReason;
      readonly roundsNeeded: null;
    }
  | {
      readonly state: "open";
      readonly verdict: "inconclusive";
      readonly why: MetricReason;
      readonly roundsNeeded: number | null;
    };

function conclude<E>(comparison: Measured<E>, adjusted: Adjusted, mechanism: string | null): Conclusion {
  const { spec, shift, floor, baseline, tuned } = comparison;
  if (countsEvents(spec) && baseline.occurrences.events + tuned.occurrences.events === 0) {
    return settled("equivalent", nothingHappened(baseline.occurrences, tuned.occurrences));
  }
  if (shift.coverage >= CONFIDENCE && shift.ci.every((bound) => Math.abs(bound) <= floor)) {
    return settled("equivalent", { kind: "within-floor" });
  }
  const further = furtherRounds(comparison, adjusted.familySize);
  const [before, after] = [baseline.values.length, tuned.values.length];
  if (!enoughBlocks(before, after, adjusted.familySize)) {
    return open({ kind: "too-few-blocks", baseline: before, tuned: after }, further);
  }
  if (adjusted.p >= ALPHA || shift.ci[0] * shift.ci[1] <= 0 || Math.abs(shift.effect) < floor) {
    return open({ kind: "undecided" }, further);
  }
  const doubt = doubtOf(comparison, mechanism);
  if (doubt) return open(doubt.why, doubt.moreRoundsHelp ? further : null);
  const higher = shift.effect > 0;
  return settled(higher === (spec.better === "higher") ? "improved" : "regressed", {
    kind: "moved-with",
    mechanism: mechanism ?? "",
  });
}

/** Why a difference that the test found is not believed; null if nothing speaks against it. */
function doubtOf<E>(
  { spec, shift, noise, baseline, tuned }: Measured<E>,
  mechanism: string | null,
): { why: MetricReason; moreRoundsHelp: boolean } | null {
  if (noise === null) return { why: { kind: "noise-unknown" }, moreRoundsHelp: false };
  if (Math.abs(shift.effect) <= noise) return { why: { kind: "within-noise", noise }, moreRoundsHelp: false };
  if (!mechanism) return { why: { kind: "no-mechanism" }, moreRoundsHelp: false };
  if (Math.min(baseline.values.length, tuned.values.length) < SEPARATION_BELOW_BLOCKS && overlap(baseline, tuned)) {
    return { why: { kind: "arms-overlap" }, moreRoundsHelp: true };
  }
  if (isRare(spec, baseline, tuned) && poissonRatesP(baseline.occurrences, tuned.occurrences) >= ALPHA) {
    const [baselineEvents, tunedEvents] = [baseline.occurrences.events, tuned.occurrences.events];
    return { why: { kind: "may-be-chance", baselineEvents, tunedEvents }, moreRoundsHelp: true };
  }
  return null;
}

function overlap(a: Pick<Side<unknown>, "values">, b: Pick<Side<unknown>, "values">): boolean {
  return Math.max(...a.values) >= Math.min(...b.values) && Math.max(...b.values) >= Math.min(...a.values);
}

function isRare<E>(spec: MetricSpec<E>, baseline: Side<E>, tuned: Side<E>): boolean {
  const typical = (side: Side<E>) => median(side.blocks.map((block) => eventsOf(spec, block) ?? 0)) ?? 0;
  return countsEvents(spec) && typical(baseline) < RARE_BELOW && typical(tuned) < RARE_BELOW;
}

/**
 * The first mechanism counter that differs between the arms by the exact test, in the direction of the metric:
 * these counters count harm, so they must fall where the metric got better and rise where it got worse.
 */
function agreeingMechanism<E>({ spec, baseline, tuned, shift }: Measured<E>): string | null {
  const better = shift.effect > 0 === (spec.better === "higher");
  for (const mechanism of spec.mechanisms) {
    const before = baseline.blocks.flatMap((block) => mechanism.of(block) ?? []);
    const after = tuned.blocks.flatMap((block) => mechanism.of(block) ?? []);
    const moved = hodgesLehmann(before, after)?.effect ?? 0;
    if (moved !== 0 && moved < 0 === better && mannWhitneyP(before, after) < ALPHA) return mechanism.name;
  }
  return null;
}

/**
 * Smallest effect that would have got through: by the test with 80 % power at this spread, and not below the floor or
 * the A/A difference, which a verdict must exceed as well. Never 0: counts spread at least as a Poisson count does,
 * and where nothing happened at all it is the rate that would have shown in every block. Null: too few blocks to see
 * anything, however large.
 */
function smallestDetectable<E>(comparison: Measured<E>, familySize: number): number | null {
  const { spec, baseline, tuned, floor, noise } = comparison;
  const fewest = Math.min(baseline.values.length, tuned.values.length);
  const separation = smallestP(baseline.values.length, tuned.values.length) * 1.001;
  const level = ALPHA / familySize;
  const deviations = detectableDeviations(
    baseline.values.length,
    tuned.values.length,
    fewest < SEPARATION_BELOW_BLOCKS ? Math.min(level, separation) : level,
  );
  if (deviations === null || !enoughBlocks(baseline.values.length, tuned.values.length, familySize)) return null;
  return Math.max(deviations * spreadOf(comparison), fromZero(spec, [baseline, tuned]), floor, noise ?? 0);
}

/** Deviation within an arm, in the metric's unit; for counts at least that of a Poisson count of the same size. */
function spreadOf<E>({ spec, baseline, tuned }: Measured<E>): number {
  const seen = pooledDeviation(baseline.values, tuned.values);
  if (spec.kind !== "count") return seen;
  return Math.max(seen, Math.sqrt(mean([...baseline.values, ...tuned.values])));
}

function fromZero<E>(spec: MetricSpec<E>, sides: readonly [Side<E>, Side<E>]): number {
  if (!countsEvents(spec)) return 0;
  const count = detectableCountFromZero(Math.min(...sides.map((side) => side.values.length)));
  if (spec.kind === "count") return count;
  const blocks = sides.flatMap((side) => side.blocks);
  return (100 * count) / mean(blocks.map((block) => block.scheduled));
}

/** Further rounds that would do at this noise: to find the effect if it matters, else to bound it. */
function furtherRounds<E>(comparison: Measured<E>, familySize: number): number | null {
  const { shift, floor, baseline, tuned } = comparison;
  const spread = spreadOf(comparison);
  const total =
    Math.abs(shift.effect) >= floor
      ? roundsToDetect(shift.effect, spread, ALPHA / familySize)
      : roundsToEquivalence(shift.effect, spread, floor);
  if (total === null) return null;
  return Math.max(1, total - Math.min(baseline.values.length, tuned.values.length));
}

function nothingHappened(baseline: Occurrences, tuned: Occurrences): MetricReason {
  const fewest = Math.min(baseline.opportunities, tuned.opportunities);
  return {
    kind: "nothing-happened",
    baselineOf: baseline.opportunities,
    tunedOf: tuned.opportunities,
    mostShare: mostThatZeroAllows(fewest),
  };
}

function settled(verdict: "improved" | "regressed" | "equivalent", why: MetricReason): Conclusion {
  return { state: "settled", verdict, why, roundsNeeded: null };
}

function open(why: MetricReason, roundsNeeded: number | null): Conclusion {
  return { state: "open", verdict: "inconclusive", why, roundsNeeded };
}
