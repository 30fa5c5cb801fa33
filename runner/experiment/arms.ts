import { UsageError } from "../errors.ts";
import { ARMS } from "../tunings/registry.ts";
import type { Tuning } from "../tunings/tuning.ts";

/** One configuration under test. */
export interface ArmPlan {
  readonly name: string;
  readonly tunings: readonly Tuning[];
}

/** @throws UsageError naming the arms there are. */
export function armByName(name: string, option: string): ArmPlan {
  const tunings = Object.hasOwn(ARMS, name) ? ARMS[name] : undefined;
  if (!tunings)
    throw new UsageError(`${option}: there is no arm "${name}"; choose one of ${Object.keys(ARMS).join(", ")}`);
  return { name, tunings };
}

/** The two arms of a comparison; the same arm twice (an A/A run) gets two names. */
export function armPair(baseline: string, tuned: string): { baseline: ArmPlan; tuned: ArmPlan } {
  const pair = { baseline: armByName(baseline, "--baseline"), tuned: armByName(tuned, "--tuned") };
  return baseline === tuned ? { ...pair, tuned: { ...pair.tuned, name: `${tuned}-2` } } : pair;
}
