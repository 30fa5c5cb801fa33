/** How many Services there are in which round. Pure. */
import type { SuiteSize } from "../../runner/experiment/plan.ts";

/** Ascending; the largest is the one that is judged. */
export type Ladder = readonly [number, ...number[]];

export const LADDERS: Readonly<Record<SuiteSize, Ladder>> = {
  // 2 000 are made in about a minute on two cores, and are 14 to 48 µs of rules.
  quick: [1, 100, 1_000, 2_000],
  full: [1, 10, 100, 1_000, 5_000, 10_000],
};

/** Rounds at the largest size: five a side are the fewest by which a rank test can decide with some to spare. */
const AT_LARGEST: Readonly<Record<SuiteSize, number>> = { quick: 5, full: 8 };

/** Up to the largest and down again: what drifts with time then hits both ways of a size. */
export function roundsOf(size: SuiteSize): number {
  return AT_LARGEST[size] + 2 * (LADDERS[size].length - 1);
}

export function largestOf(ladder: Ladder): number {
  return ladder[ladder.length - 1] ?? ladder[0];
}

/**
 * The size of a round, of so many that are planned. With few rounds the way down is left out, with fewer the way up; what comes
 * after the planned ones replaces spoilt rounds, at the largest size. The warm-up (round 0) is at the smallest that is climbed from.
 */
export function sizeOfRound(ladder: Ladder, planned: number, round: number): number {
  const largest = largestOf(ladder);
  const steps = ladder.slice(0, -1);
  const climbs = planned > steps.length;
  const descends = planned > 2 * steps.length;
  if (!climbs || round > planned) return largest;
  if (round <= steps.length) return ladder[Math.max(0, round - 1)] ?? largest;
  if (descends && round > planned - steps.length) return steps[planned - round] ?? largest;
  return largest;
}
