import type { ArmPlan } from "../../../runner/experiment/arms.ts";
import type { ReadBack } from "../../../runner/tunings/read-back.ts";
import type { Observed } from "../analysis/observed.ts";
import type { RolloutTuning } from "../tunings.ts";
import type { Path } from "./paths/path.ts";
import type { RolloutStage } from "./rollout-stage.ts";
import { readBackProxies, readBackStopSignals } from "./tunings/read-back.ts";
import { readBackWorkload } from "./tunings/workload.ts";

/** What live pods, live proxies and the signals that stopped pods got say of an arm's tunings. */
export async function readBackArm(
  { cluster }: RolloutStage,
  { tunings }: ArmPlan<RolloutTuning>,
  seen: { readonly paths: readonly Path[]; readonly observed: Observed },
): Promise<ReadBack[]> {
  const stopped = seen.observed.rollouts.filter(({ kind }) => kind !== "kill").flatMap(({ pods }) => pods);
  const [workload, proxies] = await Promise.all([
    readBackWorkload(cluster, tunings),
    readBackProxies(tunings, seen.paths),
  ]);
  return [...workload, ...proxies, ...readBackStopSignals(tunings, stopped)];
}
