/** Whether a run's blocks have anything to say about conntrack tables, whatever their suite. */
import type { ConntrackSample } from "../../runner/result/block.ts";
import type { ArmView } from "./arms.ts";
import { plural } from "./format.ts";

/** A table fuller than this share of its limit is worth a look even if nothing was dropped. */
const NOTABLE_SHARE = 0.1;

export function speaksOfConntrack(arms: readonly ArmView[]): boolean {
  return arms.some(({ blocks }) =>
    blocks.some(
      ({ cliff, kernelLog, conntrack }) =>
        cliff !== null ||
        kernelLog.length > 0 ||
        conntrack.some(({ drops, entries, limit }) => (drops ?? 0) > 0 || entries > NOTABLE_SHARE * limit),
    ),
  );
}

/** How many packets a block's fullest table dropped. */
export function tableDrops(samples: readonly ConntrackSample[]): string {
  const drops = samples.at(-1)?.drops ?? null;
  return drops === null ? "drops by conntrack not known" : `${plural(drops, "packet")} dropped by conntrack`;
}
