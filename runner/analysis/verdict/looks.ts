/**
 * When a run may stop early. Looking after each round and stopping at the first difference would find one in most runs; here
 * the level is spent over a few looks that are fixed beforehand, so that all of them together err no more often than one
 * (Bonferroni's bound, the simplest of the spending functions of Lan & DeMets 1983). As with O'Brien & Fleming (1979) most
 * of it is kept for the end, so that who plans more rounds does not find less for having looked.
 */

/** With fewer rounds the exact tests can't reach the level for three metrics. */
const FIRST_LOOK = 6;
/** Between two looks, and between the last early one and the end: a round sooner saves little, and costs of the level. */
const STEP = 2;
/** For the first look, by which what is clear is clear for five metrics (one of 924 ways to split six blocks from six). */
const FIRST_SHARE = 0.25;
/** For each one between, as long as they are few. */
const SHARE_BETWEEN = 0.1;
/** For all of them: half is always left for the end. */
const MOST_BETWEEN = 0.25;

export interface Look {
  /** Rounds in which both arms' blocks count. */
  readonly afterRounds: number;
  /** Its share of the level, 0–1; those of a run add up to 1. */
  readonly spends: number;
}

/** The looks of a run of at most so many rounds; the last is at its end. */
export function looksOf(rounds: number): Look[] {
  const early: number[] = [];
  for (let round = FIRST_LOOK; round <= rounds - STEP; round += STEP) early.push(round);
  const between = Math.max(0, early.length - 1);
  const each = between === 0 ? 0 : Math.min(SHARE_BETWEEN, MOST_BETWEEN / between);
  const looks = early.map((afterRounds, index) => ({ afterRounds, spends: index === 0 ? FIRST_SHARE : each }));
  return [...looks, { afterRounds: rounds, spends: early.length === 0 ? 1 : 1 - FIRST_SHARE - between * each }];
}
