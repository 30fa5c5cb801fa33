/** What arms take of a cluster as it was built. Pure. */
import type { LabNeed } from "../tunings/lab-need.ts";
import type { ArmPlan } from "./arms.ts";

/** What an arm takes, and which one: a refusal names it. */
export interface ArmsTake extends LabNeed {
  readonly arm: string;
}

/** Two of an arm's tunings can't take different things: what they set is compared when they are composed. Undefined: any cluster will do. */
export function takenBy({ name, tunings }: ArmPlan): ArmsTake | undefined {
  const need = tunings.find(({ lab }) => lab !== undefined)?.lab;
  return need && { ...need, arm: name };
}
