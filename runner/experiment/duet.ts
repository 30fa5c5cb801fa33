import { LEAST_PAIRS } from "../analysis/paired-shift.ts";
import type { ArmPair } from "./arms.ts";
import type { SuitePlan } from "./plan.ts";
import type { Suite } from "./suite.ts";

/**
 * Whether both arms can run at the same time ("duet benchmarking", Bulej et al., ICPE 2020), so that noise hits them alike:
 * the suite's blocks stand apart, and neither arm, nor the plan, changes nodes, which both would share.
 */
export function canDuet({ sideBySide }: Pick<Suite, "sideBySide">, arms: ArmPair, plan: SuitePlan): boolean {
  const tunings = [...arms.baseline.tunings, ...arms.tuned.tunings];
  const ofPlan = plan.nodeChange ?? plan.loadReach;
  const changesNodes = ofPlan !== undefined || tunings.some(({ nodeChange }) => nodeChange !== undefined);
  return sideBySide !== null && !changesNodes;
}

/**
 * Whether every node has the CPUs for it, and a single one those for what else is on two: load and workload of both arms. Where they
 * are not readable it is not known, and so not done unasked.
 */
export function hasRoomForTwo(
  { sideBySide }: Pick<Suite, "sideBySide">,
  nodes: ReadonlyArray<{ readonly cpus: number }>,
): boolean {
  if (sideBySide === null || nodes.length === 0) return false;
  const takes = nodes.length === 1 ? 2 * sideBySide.cpus : sideBySide.cpus;
  return nodes.every(({ cpus }) => cpus >= takes);
}

/** So many that their differences can be judged. */
export function forPairs(plan: SuitePlan): SuitePlan {
  return { ...plan, rounds: Math.max(plan.rounds, LEAST_PAIRS) };
}
