/**
 * One verdict per metric. "Improved" and "regressed" must pass every gate below, "equivalent" needs an interval that
 * lies wholly within the floor; whatever is left is "inconclusive", with what would settle it. No data is never a pass.
 */
import type { Block, Metric, MetricVerdict } from "../result/schema.ts";
import { evidential } from "./blocks.ts";
import { number, plural, signed } from "./format.ts";
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
export function judge(
  specs: readonly MetricSpec[],
  baselineBlocks: readonly Block[],
  tunedBlocks: readonly Block[],
  aaPair: readonly [Block, Block] | null,
): Metric[] {
  const compared = specs.map((spec) => compare(spec, evidential(baselineBlocks), evidential(tunedBlocks), aaPair));
  const adjusted = adjustByFamily(compared);
  return compared.map((comparison, index) => decide(comparison, adjusted[index] ?? { p: 1, familySize: 1 }));
}

/** Whether this many valid blocks an arm can reach a verdict on a family of this many metrics at all. */
export function enoughBlocks(baseline: number, tuned: number, familySize: number): boolean {
  return smallestP(baseline, tuned) * familySize < ALPHA;
}

interface Side {
  readonly blocks: readonly Block[];
  readonly values: readonly number[];
  /** For counts and shares: the rare events behind the values. */
  readonly occurrences: Occurrences;
}

interface Measured {
  readonly kind: "measured";
  readonly spec: MetricSpec;
  readonly baseline: Side;
  readonly tuned: Side;
  readonly shift: Shift;
  readonly p: number;
  readonly floor: number;
  readonly noise: number | null;
}

type Comparison = Measured | { readonly kind: "unmeasured"; readonly spec: MetricSpec; readonly why: string };

function compare(
  spec: MetricSpec,
  baselineBlocks: readonly Block[],
  tunedBlocks: readonly Block[],
  aaPair: readonly [Block, Block] | null,
): Comparison {
  const baseline = sideOf(spec, baselineBlocks);
  const tuned = sideOf(spec, tunedBlocks);
  const shift = hodgesLehmann(baseline.values, tuned.values, CONFIDENCE);
  if (!shift) {
    const arms = [baseline.values.length === 0 ? "baseline" : null, tuned.values.length === 0 ? "tuned" : null];
    return { kind: "unmeasured", spec, why: `no valid block of ${arms.filter(Boolean).join(" and ")} measured it` };
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

function sideOf(spec: MetricSpec, all: readonly Block[]): Side {
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

/** A share differs by percentage points: "+25 %" would read as a quarter of what it was. */
function differenceUnit({ unit }: MetricSpec): string {
  return unit === "%" ? "points" : unit;
}

/** The rare events that a count or a share is made of; null for metrics that are not counts of anything. */
function eventsOf(spec: MetricSpec, block: Block): number | null {
  if (spec.kind === "share") return spec.events(block);
  return spec.kind === "count" ? spec.of(block) : null;
}

function countsEvents(spec: MetricSpec): boolean {
  return spec.kind === "share" || spec.kind === "count";
}

function floorOf({ floor, kind }: MetricSpec, baseline: number): number {
  // A tenth of 99.9 % would be a hundred times the failures there are; a tenth of the failures is what is meant.
  const reference = kind === "share" ? 100 - baseline : baseline;
  return Math.max(floor.absolute ?? 0, (floor.relative ?? 0) * Math.abs(reference));
}

function noiseOf(spec: MetricSpec, aaPair: readonly [Block, Block] | null): number | null {
  if (!aaPair?.every((block) => block.valid)) return null;
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
function adjustByFamily(comparisons: readonly Comparison[]): (Adjusted | undefined)[] {
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

function decide(comparison: Comparison, adjusted: Adjusted): Metric {
  const { spec } = comparison;
  const common = { name: spec.name, unit: spec.unit, primary: spec.primary, better: spec.better };
  if (comparison.kind === "unmeasured") {
    return {
      ...common,
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
      why: comparison.why,
    };
  }
  const mechanism = agreeingMechanism(comparison);
  const conclusion = conclude(comparison, adjusted, mechanism);
  return {
    ...common,
    baseline: median(comparison.baseline.values),
    tuned: median(comparison.tuned.values),
    effect: comparison.shift.effect,
    ci: [...comparison.shift.ci],
    p: comparison.p,
    pAdjusted: adjusted.p,
    smallestDetectable: smallestDetectable(comparison, adjusted.familySize),
    floor: comparison.floor,
    noise: comparison.noise,
    roundsNeeded: conclusion.roundsNeeded,
    mechanism,
    verdict: conclusion.verdict,
    why: conclusion.why,
  };
}

interface Conclusion {
  readonly verdict: MetricVerdict;
  readonly why: string;
  readonly roundsNeeded: number | null;
}

function conclude(comparison: Measured, adjusted: Adjusted, mechanism: string | null): Conclusion {
  const { spec, shift, floor, baseline, tuned } = comparison;
  if (countsEvents(spec) && baseline.occurrences.events + tuned.occurrences.events === 0) {
    return settled("equivalent", zeroOf(baseline.occurrences, tuned.occurrences));
  }
  if (shift.coverage >= CONFIDENCE && shift.ci.every((bound) => Math.abs(bound) <= floor)) {
    return settled("equivalent", `the whole interval lies within ±${number(floor)} ${differenceUnit(spec)}`);
  }
  const further = furtherRounds(comparison, adjusted.familySize);
  if (!enoughBlocks(baseline.values.length, tuned.values.length, adjusted.familySize)) {
    return open(
      `${number(baseline.values.length)} against ${number(tuned.values.length)} valid blocks can show no difference: too few`,
      further,
    );
  }
  if (adjusted.p >= ALPHA || shift.ci[0] * shift.ci[1] <= 0 || Math.abs(shift.effect) < floor) {
    return open(
      `the interval ${signed(shift.ci[0])} to ${signed(shift.ci[1])} ${differenceUnit(spec)} neither shows a difference nor stays within ±${number(floor)}`,
      further,
    );
  }
  const doubt = doubtOf(comparison, mechanism);
  if (doubt) return open(doubt.why, doubt.moreRoundsHelp ? further : null);
  const higher = shift.effect > 0;
  return settled(
    higher === (spec.better === "higher") ? "improved" : "regressed",
    `${signed(shift.effect)} ${differenceUnit(spec)}, with ${mechanism} moving the same way`,
  );
}

/** Why a difference that the test found is not believed; null if nothing speaks against it. */
function doubtOf(comparison: Measured, mechanism: string | null): { why: string; moreRoundsHelp: boolean } | null {
  const { spec, shift, noise, baseline, tuned } = comparison;
  const size = `a difference of ${signed(shift.effect)} ${differenceUnit(spec)}`;
  if (noise === null) return { why: `${size}, but no A/A pair measured the noise floor`, moreRoundsHelp: false };
  if (Math.abs(shift.effect) <= noise) {
    return {
      why: `${size} is no more than two blocks of one arm differed by (${number(noise)})`,
      moreRoundsHelp: false,
    };
  }
  if (!mechanism) {
    return { why: `${size}, but no kernel counter moved that would explain it`, moreRoundsHelp: false };
  }
  if (Math.min(baseline.values.length, tuned.values.length) < SEPARATION_BELOW_BLOCKS && overlap(baseline, tuned)) {
    return { why: `${size}, but with so few blocks the arms must not overlap, and they do`, moreRoundsHelp: true };
  }
  if (isRare(comparison) && poissonRatesP(baseline.occurrences, tuned.occurrences) >= ALPHA) {
    return {
      why: `${number(baseline.occurrences.events)} against ${plural(tuned.occurrences.events, "event")} in all may be chance (exact Poisson test)`,
      moreRoundsHelp: true,
    };
  }
  return null;
}

function overlap(a: Side, b: Side): boolean {
  return Math.max(...a.values) >= Math.min(...b.values) && Math.max(...b.values) >= Math.min(...a.values);
}

function isRare({ spec, baseline, tuned }: Measured): boolean {
  const typical = (side: Side) => median(side.blocks.map((block) => eventsOf(spec, block) ?? 0)) ?? 0;
  return countsEvents(spec) && typical(baseline) < RARE_BELOW && typical(tuned) < RARE_BELOW;
}

/**
 * The first mechanism counter that differs between the arms by the exact test, in the direction of the metric:
 * these counters count harm, so they must fall where the metric got better and rise where it got worse.
 */
function agreeingMechanism({ spec, baseline, tuned, shift }: Measured): string | null {
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
function smallestDetectable(comparison: Measured, familySize: number): number | null {
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
function spreadOf({ spec, baseline, tuned }: Measured): number {
  const seen = pooledDeviation(baseline.values, tuned.values);
  if (spec.kind !== "count") return seen;
  return Math.max(seen, Math.sqrt(mean([...baseline.values, ...tuned.values])));
}

function fromZero(spec: MetricSpec, sides: readonly [Side, Side]): number {
  if (!countsEvents(spec)) return 0;
  const count = detectableCountFromZero(Math.min(...sides.map((side) => side.values.length)));
  if (spec.kind === "count") return count;
  const blocks = sides.flatMap((side) => side.blocks);
  return (100 * count) / mean(blocks.map((block) => block.scheduled));
}

/** Further rounds that would do at this noise: to find the effect if it matters, else to bound it. */
function furtherRounds(comparison: Measured, familySize: number): number | null {
  const { shift, floor, baseline, tuned } = comparison;
  const spread = spreadOf(comparison);
  const total =
    Math.abs(shift.effect) >= floor
      ? roundsToDetect(shift.effect, spread, ALPHA / familySize)
      : roundsToEquivalence(shift.effect, spread, floor);
  if (total === null) return null;
  return Math.max(1, total - Math.min(baseline.values.length, tuned.values.length));
}

function zeroOf(baseline: Occurrences, tuned: Occurrences): string {
  const fewest = Math.min(baseline.opportunities, tuned.opportunities);
  return `0 of ${number(baseline.opportunities)} and 0 of ${number(tuned.opportunities)} requests, so at most ${number(100 * mostThatZeroAllows(fewest))} % in either arm`;
}

function settled(verdict: "improved" | "regressed" | "equivalent", why: string): Conclusion {
  return { verdict, why, roundsNeeded: null };
}

function open(why: string, roundsNeeded: number | null): Conclusion {
  return { verdict: "inconclusive", why, roundsNeeded };
}
