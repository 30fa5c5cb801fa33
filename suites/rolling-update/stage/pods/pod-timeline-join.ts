import type { RanStep } from "../../../../runner/faults/types.ts";
import type { ObservedRollout } from "../../analysis/observed.ts";
import type { RolloutKind } from "../../evidence.ts";
import type { PodEnd } from "./pod-timeline-ends.ts";

/**
 * Pure: which pods went away with which step. A step on one pod takes that pod's end; any other end belongs to the step
 * that began last before it. Steps that take no pod away are left out.
 * @returns what no step explains as well
 */
export function joinRollouts(
  steps: readonly RanStep[],
  ends: readonly PodEnd[],
): { rollouts: ObservedRollout[]; unplanned: PodEnd[] } {
  const endsOf = new Map<RanStep, PodEnd[]>();
  const unplanned: PodEnd[] = [];
  for (const end of ends) {
    const step = stepOf(end, steps);
    if (step) endsOf.set(step, [...(endsOf.get(step) ?? []), end]);
    else unplanned.push(end);
  }
  const rollouts = steps.flatMap((step): ObservedRollout[] => {
    const { kind, replicas, startedAtUnixMs, finishedAtUnixMs } = step;
    if (!takesPods(kind)) return [];
    return [
      { kind, replicas, startedAtUnixMs, finishedAtUnixMs, pods: (endsOf.get(step) ?? []).map((end) => end.pod) },
    ];
  });
  return { rollouts, unplanned };
}

function stepOf(end: PodEnd, steps: readonly RanStep[]): RanStep | undefined {
  const begun = steps.filter((step) => takesPods(step.kind) && step.startedAtUnixMs <= end.atUnixMs);
  const isCrash = end.how === "crashed";
  const chosen = begun.findLast((step) => step.podUid === end.pod.uid && (step.kind === "kill") === isCrash);
  return chosen ?? begun.findLast((step) => step.podUid === null && !isCrash);
}

function takesPods(kind: RanStep["kind"]): kind is RolloutKind {
  return kind !== "scale-up";
}
