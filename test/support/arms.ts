import { armByName, type NamesArms } from "../../runner/experiment/arms.ts";
import type { Tuning } from "../../runner/tunings/tuning.ts";

/** The tunings of a suite's arm, or of anything else that --tuned can name. */
export async function tuningsOf<T extends Tuning>(suite: NamesArms<T>, arm: string): Promise<readonly T[]> {
  return (await armByName(suite, arm, "--tuned")).tunings;
}
