/** Whether the two arms were given the same task and the generator kept to it: only then may they be compared. */
import type { Block } from "../result/block.ts";
import type { ComparabilityReason } from "../result/reasons.ts";
import { evidential } from "./blocks.ts";
import { median } from "./samples.ts";

/** Arms that were sent at rates further apart than this had different loads. */
const RATE_TOLERANCE = 0.02;

/** Pods per node, per workload: { web: { "node-1": 2, "node-2": 2 } }. */
export type Placement = Readonly<Record<string, Readonly<Record<string, number>>>>;

export interface Plan {
  /** Requests that every block should schedule; null in a closed loop, whose rate is the target's to decide. */
  readonly scheduledPerBlock: number | null;
  readonly workers: number;
  /** Where the pods were, seen while each arm ran. */
  readonly placements: { readonly baseline: Placement; readonly tuned: Placement };
}

export type Comparability =
  | { readonly comparable: true }
  | { readonly comparable: false; readonly because: ComparabilityReason };

export function comparable(
  arms: { readonly baseline: readonly Block[]; readonly tuned: readonly Block[] },
  plan: Plan,
): Comparability {
  const baseline = evidential(arms.baseline);
  const tuned = evidential(arms.tuned);
  if (baseline.length === 0 || tuned.length === 0) return no({ kind: "no-valid-block" });
  const blocks = [...baseline, ...tuned];
  const astray = plan.scheduledPerBlock === null ? null : rateProblem(baseline, tuned, plan.scheduledPerBlock);
  if (astray) return no(astray);
  const short = blocks.find((block) => block.workers.reported !== plan.workers);
  if (short) return no({ kind: "workers-missing", reported: short.workers.reported, wanted: plan.workers });
  const moved = misplaced(plan.placements.baseline, plan.placements.tuned);
  if (moved) return no({ kind: "placed-elsewhere", workload: moved });
  return { comparable: true };
}

/** Why the arms' rates are not the one that was planned; null if they are. */
function rateProblem(
  baseline: readonly Block[],
  tuned: readonly Block[],
  scheduledPerBlock: number,
): ComparabilityReason | null {
  const astray = [...baseline, ...tuned].find((block) => apart(block.scheduled, scheduledPerBlock) > RATE_TOLERANCE);
  if (astray) return { kind: "other-schedule", scheduled: astray.scheduled, planned: scheduledPerBlock };
  const difference = apart(medianSent(tuned), medianSent(baseline));
  return difference > RATE_TOLERANCE ? { kind: "rates-differ", share: difference } : null;
}

function no(because: ComparabilityReason): Comparability {
  return { comparable: false, because };
}

/** Relative difference; 0 against 0 is none. */
function apart(value: number, reference: number): number {
  return value === reference ? 0 : Math.abs(value - reference) / Math.abs(reference);
}

function medianSent(blocks: readonly Block[]): number {
  return median(blocks.map((block) => block.sent)) ?? 0;
}

/** First workload whose pods are spread differently over the nodes; null if all are alike. */
function misplaced(baseline: Placement, tuned: Placement): string | null {
  for (const workload of new Set([...Object.keys(baseline), ...Object.keys(tuned)])) {
    const before = baseline[workload] ?? {};
    const after = tuned[workload] ?? {};
    const nodes = new Set([...Object.keys(before), ...Object.keys(after)]);
    if ([...nodes].some((node) => (before[node] ?? 0) !== (after[node] ?? 0))) return workload;
  }
  return null;
}
