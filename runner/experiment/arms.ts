import { UsageError } from "../errors.ts";
import type { Role } from "../result/result.ts";
import type { Arms, Tuning } from "../tunings/tuning.ts";

/** One configuration under test. */
export interface ArmPlan<T extends Tuning = Tuning> {
  readonly name: string;
  readonly tunings: readonly T[];
}

/** The two arms of a comparison. */
export type ArmPair<T extends Tuning = Tuning> = Readonly<Record<Role, ArmPlan<T>>>;

/** Whoever names arms: the same name may stand for other tunings in another suite. */
interface NamesArms<T extends Tuning> {
  readonly name: string;
  readonly arms: Arms<T>;
}

/** @throws UsageError naming the arms that this suite has. */
export function armByName<T extends Tuning>(suite: NamesArms<T>, name: string, option: string): ArmPlan<T> {
  const tunings = Object.hasOwn(suite.arms, name) ? suite.arms[name] : undefined;
  if (tunings) return { name, tunings };
  throw new UsageError(
    `${option}: ${suite.name} has no arm "${name}"; choose one of ${Object.keys(suite.arms).join(", ")}`,
  );
}

/** The two arms of a comparison; the same arm twice (an A/A run) gets two names. */
export function armPair<T extends Tuning>(suite: NamesArms<T>, baseline: string, tuned: string): ArmPair<T> {
  const pair = { baseline: armByName(suite, baseline, "--baseline"), tuned: armByName(suite, tuned, "--tuned") };
  return baseline === tuned ? { ...pair, tuned: { ...pair.tuned, name: `${tuned}-2` } } : pair;
}
