import { seededUniform } from "../analysis/random.ts";
import type { Role } from "../result/result.ts";

export interface PlannedBlock {
  /** 0 is the warm-up: one block of the baseline, which is no evidence. */
  readonly round: number;
  readonly role: Role;
}

export const WARM_UP: PlannedBlock = { round: 0, role: "baseline" };
/** In turn, only where what the suite asks about did not happen in the baseline's and may happen here. */
export const WARM_UP_OF_TUNED: PlannedBlock = { round: 0, role: "tuned" };
/** Side by side, it is as the rounds will be; and of two clusters each has to warm up. */
export const WARM_UP_OF_BOTH: readonly PlannedBlock[] = [WARM_UP, WARM_UP_OF_TUNED];

/**
 * Which arm leads in each round, without end: at random by the seed, so that nothing on the machine that comes with a period
 * hits one arm more than the other. Of each six rounds three are led by either arm, so that a drift hits both alike.
 */
export function* roundsInOrder(seed: number): Generator<readonly [PlannedBlock, PlannedBlock], never> {
  const uniform = seededUniform(seed);
  for (let round = 1; ; ) {
    for (const lead of shuffled(LEADS, uniform)) {
      const follows: Role = lead === "baseline" ? "tuned" : "baseline";
      yield [
        { round, role: lead },
        { round, role: follows },
      ];
      round += 1;
    }
  }
}

const LEADS: readonly Role[] = ["baseline", "baseline", "baseline", "tuned", "tuned", "tuned"];

function shuffled<T>(values: readonly T[], uniform: () => number): T[] {
  return values
    .map((value) => ({ value, at: uniform() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value);
}
