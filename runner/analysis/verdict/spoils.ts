/** What speaks against a block speaks against some of its metrics only: a late generator spoils latencies, and no count. */
import type { Block, Measured } from "../../result/block.ts";
import type { VoidReason } from "../../result/reasons.ts";
import type { Reading } from "../metrics.ts";

/** What each reason spoils. */
const SPOILS: Readonly<Record<VoidReason["kind"], readonly Reading[] | "all">> = {
  "nothing-scheduled": "all",
  "outcomes-missing": "all",
  "step-failed": "all",
  "no-report": "all",
  "not-drained": "all",
  "placed-elsewhere": "all",
  // From then on it was another arm.
  "setting-changed": "all",
  "object-changed": "all",
  // The rest of the workers asked for their own share: what is counted per request stands, totals of the cluster do not.
  "workers-lost": ["timing", "counters"],
  "start-spread": ["timing"],
  "generator-lag": ["timing"],
  "generator-saturated": ["timing"],
  // Requests that were not sent are no failures of the target; they are left out of what is counted per request.
  "not-sent": ["timing", "counters"],
  steal: ["timing"],
  "probe-gap": ["counters"],
};

/** A lost share of the load larger than this, or as many requests unsent, and what is left is another load. */
const MOST_LOST_SHARE = 0.1;

/** All that speaks against a block, in whole or in part. */
export function reasonsAgainst(block: Block): readonly VoidReason[] {
  return block.valid ? (block.spoiltBy ?? []) : block.invalidBecause;
}

/** Whether nothing of the block counts. */
export function spoilsAll(reason: VoidReason): boolean {
  if (SPOILS[reason.kind] === "all") return true;
  if (reason.kind === "workers-lost") return reason.lostShare > MOST_LOST_SHARE || reason.reported === 0;
  return (
    reason.kind === "not-sent" && reason.scheduled !== undefined && reason.requests > MOST_LOST_SHARE * reason.scheduled
  );
}

/** A block is void if something speaks against all of it, and spoilt for some metrics if against those. */
export function weighed<E>(measured: Measured, evidence: E, reasons: readonly VoidReason[]): Block<E> {
  const [first, ...others] = reasons;
  if (first === undefined) return { ...measured, evidence, valid: true };
  return reasons.some(spoilsAll)
    ? { ...measured, evidence, valid: false, invalidBecause: [first, ...others] }
    : { ...measured, evidence, valid: true, spoiltBy: reasons };
}

/** Why a block can't tell what is read so; undefined: it can. */
export function spoiling(block: Block, reading: Reading): VoidReason | undefined {
  return reasonsAgainst(block).find((reason) => {
    const spoilt = SPOILS[reason.kind];
    return spoilt === "all" || spoilsAll(reason) || spoilt.includes(reading);
  });
}
