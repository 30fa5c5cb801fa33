/**
 * One metric's verdict. Harm stands by itself. Help needs a mechanism that is large enough. "Equivalent" needs an interval
 * within the floor, and no block that fails as the other arm never does. What is left is "inconclusive", with what would
 * settle it. No data is never a pass.
 */
import type { Metric } from "../../result/metric.ts";
import type { MetricReason, VoidReason } from "../../result/reasons.ts";
import type { Role } from "../../result/result.ts";
import { DROP_COUNTER } from "../counters.ts";
import { smallestP } from "../mann-whitney.ts";
import { mostThatZeroAllows } from "../rates.ts";
import { median } from "../samples.ts";
import { countsEvents, valuesIn } from "./arm-values.ts";
import { nightsDiffer } from "./between-nights.ts";
import type { Compared, Comparison, Unmeasured } from "./comparison.ts";
import { gainOf } from "./comparison.ts";
import { dependsOnArm } from "./dependence.ts";
import { type Adjusted, ALPHA, CONFIDENCE, LEAST_CONFIDENCE, onesidedLevel } from "./levels.ts";
import { explain } from "./mechanism.ts";
import { oneSided } from "./one-sided.ts";
import { furtherRounds, smallestVisible } from "./what-it-would-take.ts";

/** Fewer blocks than this an arm are too few to call anything equal. */
const LEAST_BLOCKS_FOR_EQUAL = 3;
/** A difference has to be at least this part of the floor: what matters may then be as large as it seems. */
const LEAST_OF_FLOOR = 0.5;

/** @param spent share of the level that this look may use, 0–1 */
export function decide<E>(comparison: Comparison<E>, adjusted: Adjusted | undefined, spent: number): Metric {
  if (comparison.kind === "unmeasured" || !adjusted) return unmeasured(comparison);
  const { shift, floor, noise, typical, betterP, worseP } = comparison;
  const { bounds, confidence } = shift.interval(CONFIDENCE);
  const told = confidence >= LEAST_CONFIDENCE ? bounds : null;
  return {
    ...described(comparison),
    floor,
    baseline: typical.baseline,
    tuned: typical.tuned,
    effect: shift.effect,
    ci: told === null ? null : [...told],
    confidence: told === null ? null : confidence,
    p: Math.min(1, 2 * Math.min(betterP, worseP)),
    pAdjusted: gainOf(comparison) >= 0 ? adjusted.better : adjusted.worse,
    smallestDetectable: smallestVisible(comparison, strictestLevel(comparison, adjusted, spent)),
    noise,
    mechanism: mechanismOf(comparison),
    ...conclude(comparison, adjusted, spent),
  };
}

function described<E>({ spec }: Comparison<E>) {
  return { name: spec.name, unit: spec.unit, primary: spec.primary, felt: spec.felt, better: spec.better };
}

function unmeasured<E>(comparison: Comparison<E>): Metric {
  const arms = (["baseline", "tuned"] as const).filter((role) => comparison[role].values.length === 0);
  const spoilt = arms.flatMap((role) => comparison[role].spoilt);
  const [first] = spoilt;
  return {
    ...described(comparison),
    state: "unmeasured",
    ...{ baseline: null, tuned: null, effect: null, ci: null, confidence: null, p: null, pAdjusted: null },
    ...{ smallestDetectable: null, noise: null, roundsNeeded: null, mechanism: null },
    floor: comparison.spec.floor.absolute ?? 0,
    verdict: "inconclusive",
    why:
      spoiltByArm(comparison) ??
      (first ? { kind: "spoilt", arms, blocks: spoilt.length, first } : { kind: "unmeasured", arms }),
  };
}

/** Where nothing moved there is nothing to explain. */
function mechanismOf<E>(comparison: Compared<E>): string | null {
  if (Math.min(comparison.betterP, comparison.worseP) >= ALPHA) return null;
  const explanation = explain(comparison);
  return explanation.kind === "explained" ? explanation.by : null;
}

/** Of the side to which it leans. */
function levelFor<E>(comparison: Compared<E>, adjusted: Adjusted, spent: number): number {
  return levelIn(comparison, gainOf(comparison) > 0 ? adjusted.betterOf : adjusted.worseOf, spent);
}

/** At which it is believed on either side: an effect that was not there may lean to both. */
function strictestLevel<E>(comparison: Compared<E>, adjusted: Adjusted, spent: number): number {
  return levelIn(comparison, Math.max(adjusted.betterOf, adjusted.worseOf), spent);
}

/** Of two tests, each has half of it (paired-shift.ts). */
function levelIn<E>(comparison: Compared<E>, family: number, spent: number): number {
  const level = onesidedLevel(family, spent);
  return comparison.differences ? level / 2 : level;
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

function conclude<E>(comparison: Compared<E>, adjusted: Adjusted, spent: number): Conclusion {
  const byArm = spoiltByArm(comparison);
  if (byArm) return open(byArm, null);
  const gain = gainOf(comparison);
  const wild = oneSided(comparison);
  const equal = wild === null && isEqual(comparison, spent);
  // Certain harm within the floor is harm all the same where the other arm never has it: it counts from half the floor on.
  if (!equal && isSure(comparison, gain > 0 ? adjusted.better : adjusted.worse)) {
    const late = lagOf(comparison);
    if (late) return open(late, null);
    return gain > 0 ? helped(comparison) : settled("regressed", { kind: "harmed", mechanism: mechanismOf(comparison) });
  }
  if (equal) return settled("equivalent", equality(comparison));
  if (wild && isEqual(comparison, spent)) return open(wild, null);
  const level = levelFor(comparison, adjusted, spent);
  const nights = nightsDiffer(comparison);
  // More blocks of one night say no more of how nights differ.
  if (nights) return open(wild ?? nights, null);
  return open(wild ?? undecided(comparison, level), furtherRounds(comparison, level, spent));
}

function isSure<E>({ shift, floor }: Compared<E>, p: number): boolean {
  const { bounds, confidence } = shift.interval(CONFIDENCE);
  const excludesZero = confidence < CONFIDENCE || bounds[0] * bounds[1] > 0;
  return p < ALPHA && excludesZero && Math.abs(shift.effect) >= LEAST_OF_FLOOR * floor;
}

function helped<E>(comparison: Compared<E>): Conclusion {
  const explanation = explain(comparison);
  if (explanation.kind === "none") return open({ kind: "no-mechanism" }, null);
  if (explanation.kind === "too-small") {
    const { by: mechanism, moved, needed } = explanation;
    return open({ kind: "mechanism-too-small", mechanism, moved, needed }, null);
  }
  const incomplete = comparison.tuned.blocks.filter(({ counters }) =>
    counters.some(({ atLeast }) => atLeast?.some((counter) => Object.values(DROP_COUNTER).includes(counter))),
  ).length;
  if (incomplete > 0 && comparison.spec.reading === "counters")
    return open({ kind: "counters-incomplete", blocks: incomplete }, null);
  return settled("improved", { kind: "moved-with", mechanism: explanation.by });
}

/** The whole interval within the floor, from enough data. Early looks need a wider one. */
function isEqual<E>(comparison: Compared<E>, spent: number): boolean {
  const { spec, baseline, tuned, shift, floor } = comparison;
  if (Math.min(baseline.values.length, tuned.values.length) < LEAST_BLOCKS_FOR_EQUAL) return false;
  if (countsEvents(spec) && baseline.events + tuned.events === 0) return mostUnseen(comparison) <= floor;
  const level = 1 - (1 - CONFIDENCE) * spent;
  const { bounds, confidence } = shift.interval(level);
  return confidence >= CONFIDENCE && bounds.every((bound) => Math.abs(bound) <= floor);
}

/** What zero events still allow, in the metric's unit: zero of little data is little data. */
function mostUnseen<E>({ spec, baseline, tuned }: Compared<E>): number {
  const fewest = Math.min(baseline.requests, tuned.requests);
  if (spec.kind === "share") return 100 * mostThatZeroAllows(fewest);
  return mostThatZeroAllows(Math.min(baseline.values.length, tuned.values.length));
}

function equality<E>({ spec, baseline, tuned }: Compared<E>): MetricReason {
  if (!countsEvents(spec) || baseline.events + tuned.events > 0) return { kind: "within-floor" };
  const mostShare = mostThatZeroAllows(Math.min(baseline.requests, tuned.requests));
  return { kind: "nothing-happened", baselineOf: baseline.requests, tunedOf: tuned.requests, mostShare };
}

function undecided<E>(comparison: Compared<E>, level: number): MetricReason {
  const [before, after] = [comparison.baseline.values.length, comparison.tuned.values.length];
  const canTell = smallestP(before, after) / 2 <= level;
  return canTell ? { kind: "undecided" } : { kind: "too-few-blocks", baseline: before, tuned: after };
}

/** Blocks that are spoilt in one arm more often than in the other leave a choice of the rest. */
function spoiltByArm<E>({ baseline, tuned }: Compared<E> | Unmeasured<E>) {
  const [first] = [...tuned.spoilt, ...baseline.spoilt] as readonly VoidReason[];
  if (!first || !dependsOnArm(baseline, tuned)) return null;
  return {
    kind: "spoilt-by-arm" as const,
    ...{ baseline: baseline.spoilt.length, baselineOf: baseline.rounds },
    ...{ tuned: tuned.spoilt.length, tunedOf: tuned.rounds },
    first,
  };
}

/** The generator's own lag is part of a latency: where it accounts for the difference, the difference is not the target's. */
function lagOf<E>(comparison: Compared<E>): MetricReason | null {
  const { spec, shift, floor } = comparison;
  if (spec.kind !== "quantile") return null;
  const lag = (role: Role) => median(valuesIn(comparison[role].blocks, { reading: "timing", of: spec.lagMs })) ?? 0;
  const [baselineMs, tunedMs] = [lag("baseline"), lag("tuned")];
  const own = tunedMs - baselineMs;
  if (own * shift.effect <= 0 || Math.abs(shift.effect) - Math.abs(own) >= LEAST_OF_FLOOR * floor) return null;
  return { kind: "generator-late", baselineMs, tunedMs };
}

function settled(verdict: "improved" | "regressed" | "equivalent", why: MetricReason): Conclusion {
  return { state: "settled", verdict, why, roundsNeeded: null };
}

function open(why: MetricReason, roundsNeeded: number | null): Conclusion {
  return { state: "open", verdict: "inconclusive", why, roundsNeeded };
}
