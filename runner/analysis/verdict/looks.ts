/**
 * When a run may stop early. Looking after each round and stopping at the first difference would find one in most runs; here
 * the level is spent over a few looks that are fixed beforehand, so that all of them together err no more often than one
 * (Bonferroni's bound, the simplest of the spending functions of Lan & DeMets 1983).
 */

/** With fewer rounds the exact tests can't reach the level for three metrics. */
const FIRST_LOOK = 6;
const STEP = 2;
/** Half of it for the first look: what is clear is clear then. */
const FIRST_SHARE = 0.5;

export interface Look {
  /** Rounds in which both arms' blocks count. */
  readonly afterRounds: number;
  /** Its share of the level, 0–1; those of a run add up to 1. */
  readonly spends: number;
}

/** The looks of a run of at most so many rounds; the last is at its end. */
export function looksOf(rounds: number): Look[] {
  const at: number[] = [];
  for (let round = FIRST_LOOK; round < rounds; round += STEP) at.push(round);
  at.push(rounds);
  return at.map((afterRounds, index) => ({
    afterRounds,
    spends: at.length === 1 ? 1 : index === 0 ? FIRST_SHARE : (1 - FIRST_SHARE) / (at.length - 1),
  }));
}
