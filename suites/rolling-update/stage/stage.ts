import { createNamespace } from "../../../runner/cluster/namespace.ts";
import { type ArmSwitch, armSwitch } from "../../../runner/experiment/arm-switch.ts";
import { type Nodes, readNodes } from "../../../runner/experiment/nodes.ts";
import type { TrialRequest } from "../../../runner/experiment/trial.ts";
import type { RolloutStep } from "../../../runner/faults/types.ts";
import { type Agents, deployAgents } from "../../../runner/probes/agents.ts";
import type { Progress } from "../../../runner/progress.ts";
import { places } from "../../../runner/workloads/places.ts";
import { deployWebService } from "../../../runner/workloads/web.ts";
import { classPaths } from "./paths/classes.ts";
import type { PathMaker } from "./paths/path.ts";
import { PATHS } from "./paths/registry.ts";
import { choosePaths, type PathSwitch, pathSwitch } from "./paths.ts";
import { removeRollingWeb } from "./rolling-web.ts";

/** What all blocks of a run have in common. */
export interface Stage extends TrialRequest {
  readonly agents: Agents;
  readonly armSwitch: ArmSwitch;
  readonly nodes: Nodes;
  /** Address of the Service before the pods that are rolled. */
  readonly serviceIp: string;
  readonly pathSwitch: PathSwitch;
  readonly steps: readonly RolloutStep[];
}

/** Puts up all that a run needs on the target; what it creates is journalled before it is made. */
export async function setStage(
  request: TrialRequest,
  steps: readonly RolloutStep[],
  progress: Progress,
): Promise<Stage> {
  const { cluster, images, journal, signal } = request;
  const makers = choosePaths(await availablePaths(request), request.paths);
  await createNamespace(cluster, () => journal.record({ change: "namespace" }));
  const [agents, { clusterIp }] = await Promise.all([
    progress.step("Agents on every node", () => deployAgents(cluster, images.agent, signal)),
    deployWebService(cluster),
  ]);
  const nodes = await readNodes(cluster, agents.nodes);
  return {
    ...request,
    agents,
    nodes,
    armSwitch: armSwitch(agents, journal),
    serviceIp: clusterIp,
    pathSwitch: pathSwitch(cluster, { ...images, envoy: () => request.image("envoy") }, makers, places(nodes.open)),
    steps,
  };
}

async function availablePaths({
  cluster,
  paths,
  provideIngress,
}: TrialRequest): Promise<ReadonlyMap<string, PathMaker>> {
  const own = paths?.every((name) => Object.hasOwn(PATHS, name)) ?? false;
  if (!own) await provideIngress();
  return new Map([...Object.entries(PATHS), ...Object.entries(await classPaths(cluster, "all"))]);
}

/** Nothing of it is left on the nodes but settings; the rest goes with the namespace. */
export async function clearStage(stage: Stage): Promise<void> {
  try {
    // Pods that sleep before they stop would hold the namespace up.
    await removeRollingWeb(stage.cluster);
  } finally {
    await stage.armSwitch.revert();
  }
}
