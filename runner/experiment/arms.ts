import { UsageError } from "../errors.ts";
import type { Arms, Tuning } from "../tunings/tuning.ts";

/** One configuration under test. */
export interface ArmPlan {
  readonly name: string;
  readonly tunings: readonly Tuning[];
}

/** The two arms of a comparison. */
export interface ArmPair {
  readonly baseline: ArmPlan;
  readonly tuned: ArmPlan;
}

/** Whoever names arms: the same name may stand for other tunings in another suite. */
interface Arming {
  readonly name: string;
  readonly arms: Arms;
}

/** @throws UsageError naming the arms that this suite has. */
export function armByName(suite: Arming, name: string, option: string): ArmPlan {
  const tunings = Object.hasOwn(suite.arms, name) ? suite.arms[name] : undefined;
  if (tunings) return { name, tunings };
  throw new UsageError(
    `${option}: ${suite.name} has no arm "${name}"; choose one of ${Object.keys(suite.arms).join(", ")}`,
  );
}

/** The two arms of a comparison; the same arm twice (an A/A run) gets two names. */
export function armPair(suite: Arming, baseline: string, tuned: string): ArmPair {
  const pair = { baseline: armByName(suite, baseline, "--baseline"), tuned: armByName(suite, tuned, "--tuned") };
  return baseline === tuned ? { ...pair, tuned: { ...pair.tuned, name: `${tuned}-2` } } : pair;
}
