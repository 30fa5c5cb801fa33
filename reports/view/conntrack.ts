/** Whether a result has anything to say about conntrack tables, whatever its suite. */
import type { Result } from "../../runner/result/result.ts";
import type { ArmView } from "./arms.ts";

/** A table fuller than this share of its limit is worth a look even if nothing was dropped. */
const NOTABLE_SHARE = 0.1;

export function speaksOfConntrack(result: Result, arms: readonly ArmView[]): boolean {
  if (result.cliffCheck || result.predictedOccupancy.length > 0) return true;
  return arms.some(({ blocks }) =>
    blocks.some(
      ({ prefill, cliff, kernelLog, conntrack }) =>
        prefill !== null ||
        cliff !== null ||
        kernelLog.length > 0 ||
        conntrack.some(({ drops, entries, limit }) => drops > 0 || entries > NOTABLE_SHARE * limit),
    ),
  );
}
