/** What a run of this size and noise could have seen, and how much longer it would have to be. */
import normalQuantile from "@stdlib/stats-base-dists-normal-quantile";
import { smallestP } from "../mann-whitney.ts";
import { requestsOf } from "../metrics.ts";
import { detectableCountFromZero, detectableDeviations, MOST_ROUNDS, RANK_EFFICIENCY } from "../power.ts";
import { normalFrom, seededUniform } from "../random.ts";
import { mean, pooledDeviation } from "../samples.ts";
import { countsEvents } from "./arm-values.ts";
import { nightsVisible } from "./between-nights.ts";
import type { Compared } from "./comparison.ts";
import { CONFIDENCE } from "./levels.ts";

/**
 * Smallest effect that would have got through: by the test with 80 % power at this spread, and not below half the floor.
 * Never 0: counts spread at least as a Poisson count does, and where nothing happened at all it is the rate that would have
 * shown in every block. Null: too few blocks to see anything, however large.
 */
export function smallestVisible<E>(comparison: Compared<E>, level: number): number | null {
  const { baseline, tuned, floor } = comparison;
  const deviations = detectableDeviations(baseline.values.length, tuned.values.length, level);
  const between = nightsVisible(comparison, level);
  if (deviations === null || between === null) return null;
  return Math.max(deviations * spreadOf(comparison), fromZero(comparison), between, floor);
}

/** Deviation within an arm, in the metric's unit; for counts at least that of a Poisson count of the same size. */
function spreadOf<E>({ spec, baseline, tuned, differences }: Compared<E>): number {
  // What both blocks of a pair share is in neither's way: the difference of two has twice the variance of one.
  const seen = differences ? pooledDeviation(differences) / Math.SQRT2 : pooledDeviation(baseline.values, tuned.values);
  if (spec.kind !== "count") return seen;
  return Math.max(seen, Math.sqrt(mean([...baseline.values, ...tuned.values])));
}

function fromZero<E>({ spec, baseline, tuned }: Compared<E>): number {
  if (!countsEvents(spec)) return 0;
  const count = detectableCountFromZero(Math.min(baseline.values.length, tuned.values.length));
  if (spec.kind === "count") return count;
  return (100 * count) / mean([...baseline.blocks, ...tuned.blocks].map(requestsOf));
}

const DRAWS = 200;
/** So many of the continuations that the data allow have to be settled. */
const ASSURANCE = 0.85;

/**
 * Further rounds after which the answer would be there in most of the continuations that this noise and this effect allow:
 * a difference, or an interval within the floor (predictive probability, Spiegelhalter, Freedman & Blackburn 1986).
 * Null if more than {@link MOST_ROUNDS} would be needed.
 * @param level one-sided, at which a difference is believed
 * @param spent share of the level that a look may use, 0–1
 */
export function furtherRounds<E>(comparison: Compared<E>, level: number, spent: number): number | null {
  const had = Math.min(comparison.baseline.values.length, comparison.tuned.values.length);
  const spread = spreadOf(comparison);
  const atLeast = roundsToReach(level);
  if (had < 2 || spread === 0) return Math.max(1, atLeast - had);
  const standards: Standards = {
    floor: comparison.floor,
    different: -normalQuantile(level, 0, 1),
    equal: -normalQuantile(((1 - CONFIDENCE) / 2) * spent, 0, 1),
  };
  const draws = continuations(comparison.shift.effect, spread, had);
  for (let rounds = Math.max(had + 1, atLeast); rounds <= MOST_ROUNDS; rounds += 1 + Math.floor(rounds / 12)) {
    const settled = draws.filter((draw) => settles(draw, rounds, had, standards)).length;
    if (settled >= ASSURANCE * DRAWS) return rounds - had;
  }
  return null;
}

/** Rounds from which on the exact test can reach its level at all. */
function roundsToReach(level: number): number {
  let rounds = 2;
  while (rounds < MOST_ROUNDS && smallestP(rounds, rounds) / 2 > level) rounds += 1;
  return rounds;
}

interface Continuation {
  readonly seen: number;
  /** What the effect and the deviation within an arm may really be. */
  readonly effect: number;
  readonly deviation: number;
  /** Standard normal: what the further rounds happen to show. */
  readonly luck: number;
}

/** Effects and deviations that the data allow: the posterior of a normal sample under the usual flat prior. */
function continuations(seen: number, spread: number, had: number): Continuation[] {
  const normal = normalFrom(seededUniform(had));
  const freedom = 2 * had - 2;
  return Array.from({ length: DRAWS }, () => {
    let squares = 0;
    for (let i = 0; i < freedom; i++) squares += normal() ** 2;
    const deviation = spread * Math.sqrt(freedom / squares);
    return { seen, deviation, effect: seen + deviation * Math.sqrt(2 / had) * normal(), luck: normal() };
  });
}

/** In standard errors, what makes a difference and what makes equality. */
interface Standards {
  readonly floor: number;
  readonly different: number;
  readonly equal: number;
}

function settles({ seen, effect, deviation, luck }: Continuation, rounds: number, had: number, standards: Standards) {
  const more = rounds - had;
  const then = Math.abs((had * seen + more * (effect + deviation * Math.sqrt(2 / more) * luck)) / rounds);
  // The t test takes about z²/4 blocks more than the normal formula says (Guenther 1981).
  const error = (z: number) => deviation * Math.sqrt(2 / Math.max(1, rounds - z ** 2 / 4) / RANK_EFFICIENCY);
  const { floor, different, equal } = standards;
  return then >= Math.max(floor / 2, different * error(different)) || then + equal * error(equal) <= floor;
}
