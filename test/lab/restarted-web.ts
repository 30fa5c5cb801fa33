import { expect } from "vitest";
import type { Cluster } from "../../runner/cluster/cluster.ts";
import { runRollouts } from "../../runner/faults/rollouts.ts";
import type { Agents } from "../../runner/probes/agents.ts";
import type { ObservedPod } from "../../suites/rolling-update/analysis/observed.ts";
import { observePods } from "../../suites/rolling-update/stage/pods/pod-timeline.ts";
import { ROLLING_WEB, rollingWeb } from "../../suites/rolling-update/stage/rolling-web.ts";

/** Restarts the workload that is rolled, which has one pod, and gives the one that went away. */
export async function restartedWeb(cluster: Cluster, agents: Agents): Promise<readonly ObservedPod[]> {
  const { signal } = new AbortController();
  const observation = await observePods(cluster, agents, rollingWeb(cluster), ROLLING_WEB.name, signal);
  try {
    const of = { cluster, agents, deployment: rollingWeb(cluster), signal };
    const context = { ...of, startUnixMs: Date.now(), timeoutMs: 120_000 };
    const steps = await runRollouts(context, [{ atMs: 0, kind: "restart" }]);
    const { rollouts, unseen } = await observation.end(steps, 20_000);
    expect(unseen).toEqual([]);
    const pods = rollouts.flatMap((rollout) => rollout.pods);
    expect(pods).toHaveLength(1);
    return pods;
  } finally {
    await observation.stop();
  }
}
