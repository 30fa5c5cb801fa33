/** Whether the two arms were given the same task and the generator kept to it: only then may they be compared. */
import type { Block } from "../result/block.ts";
import type { ComparabilityReason } from "../result/reasons.ts";
import { evidential } from "./blocks.ts";
import { median } from "./samples.ts";

/** Arms that were sent at rates further apart than this had different loads. */
const RATE_TOLERANCE = 0.02;

export interface Plan {
  /** Requests that every block should schedule; null in a closed loop, whose rate is the target's to decide. */
  readonly scheduledPerBlock: number | null;
  /** Null: not recorded. */
  readonly workers: number | null;
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
  const { workers } = plan;
  const other = workers === null ? undefined : blocks.find((block) => block.workers.wanted !== workers);
  if (other && workers !== null)
    return no({ kind: "workers-missing", reported: other.workers.wanted, wanted: workers });
  return { comparable: true };
}

/** Why the arms' rates are not the one that was planned; null if they are. */
function rateProblem(
  baseline: readonly Block[],
  tuned: readonly Block[],
  scheduledPerBlock: number,
): ComparabilityReason | null {
  const astray = [...baseline, ...tuned].find(
    (block) => apart(ofAllWorkers(block, block.scheduled), scheduledPerBlock) > RATE_TOLERANCE,
  );
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
  return median(blocks.map((block) => ofAllWorkers(block, block.sent))) ?? 0;
}

/** What it would be had no worker been lost: each has an equal share. */
function ofAllWorkers({ workers: { wanted, reported } }: Block, requests: number): number {
  return reported === 0 ? requests : (requests * wanted) / reported;
}
