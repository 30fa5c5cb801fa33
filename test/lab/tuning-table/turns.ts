/** The whole catalogue, as few arms as it can be tried in. */
import { catalogue } from "../../../runner/cli/tuning-entry.ts";
import { UsageError } from "../../../runner/errors.ts";
import { armByName } from "../../../runner/experiment/arms.ts";
import { composed } from "../../../runner/tunings/compose.ts";
import type { Tuning } from "../../../runner/tunings/tuning.ts";
import { SUITES } from "../../../suites/index.ts";

/** Every tuning that there is, as the first suite that can stage it takes it. */
export async function allTunings(): Promise<Tuning[]> {
  const entries = await catalogue();
  const found = await Promise.all(
    entries.map(async ({ name, suites }) => {
      const suite = SUITES.find((each) => each.name === suites[0]);
      if (!suite) throw new Error(`no suite can stage ${name}`);
      return (await armByName<never>(suite as never, name, "--tuned")).tunings;
    }),
  );
  return found.flat();
}

/** Arms that have each tuning once, and none that contradicts another one of its arm. */
export function turnsOf<T extends Tuning>(tunings: readonly T[]): T[][] {
  const turns: T[][] = [];
  for (const tuning of tunings) {
    const turn = turns.find((each) => goWith(each, tuning));
    if (turn) turn.push(tuning);
    else turns.push([tuning]);
  }
  return turns;
}

function goWith(turn: readonly Tuning[], tuning: Tuning): boolean {
  try {
    composed([...turn, tuning], "--tuned");
    return true;
  } catch (error) {
    if (error instanceof UsageError) return false;
    throw error;
  }
}
