import type { ArmPair } from "./arms.ts";
import type { SuitePlan } from "./plan.ts";
import type { Suite } from "./suite.ts";

/**
 * Whether both arms can run at the same time ("duet benchmarking", Bulej et al., ICPE 2020), so that noise hits them alike:
 * the suite's blocks stand apart, and neither arm, nor the plan, changes nodes, which both would share.
 */
export function canDuet({ standsApart }: Pick<Suite, "standsApart">, arms: ArmPair, plan: SuitePlan): boolean {
  const tunings = [...arms.baseline.tunings, ...arms.tuned.tunings];
  return standsApart && plan.nodeChange === undefined && tunings.every(({ nodeChange }) => nodeChange === undefined);
}
