/** Whether a run's blocks have anything to say about conntrack tables, whatever their suite. */
import type { ArmView } from "./arms.ts";

/** A table fuller than this share of its limit is worth a look even if nothing was dropped. */
const NOTABLE_SHARE = 0.1;

export function speaksOfConntrack(arms: readonly ArmView[]): boolean {
  return arms.some(({ blocks }) =>
    blocks.some(
      ({ cliff, kernelLog, conntrack }) =>
        cliff !== null ||
        kernelLog.length > 0 ||
        conntrack.some(({ drops, entries, limit }) => drops > 0 || entries > NOTABLE_SHARE * limit),
    ),
  );
}
