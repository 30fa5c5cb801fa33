import type { Stage } from "../../../runner/experiment/stage.ts";
import type { HttpTrialRequest } from "../../../runner/experiment/trial.ts";
import type { RolloutStep } from "../../../runner/faults/types.ts";
import { type ProveWay, provenOnce } from "../../../runner/load/first-request.ts";
import { type Agents, demandAgents } from "../../../runner/probes/agents.ts";
import type { Progress } from "../../../runner/progress.ts";
import { deployWebService } from "../../../runner/workloads/web.ts";
import { tooOldFor } from "../analysis/own-paths.ts";
import type { LeftOutPath } from "../evidence.ts";
import type { RolloutOptions } from "../options.ts";
import type { RolloutTuning } from "../tunings.ts";
import { notUnasked } from "./paths/class-use.ts";
import { classPaths, installedClasses } from "./paths/classes.ts";
import { kubernetesVersions, refuseNamed } from "./paths/own-paths.ts";
import type { PathMaker } from "./paths/path.ts";
import { PATHS } from "./paths/registry.ts";
import { choosePaths, type PathSwitch, pathSwitch } from "./paths.ts";
import { removeRollingWeb } from "./rolling-web.ts";
import { STEPS } from "./steps.ts";

export type RolloutRequest = HttpTrialRequest<RolloutTuning, RolloutOptions>;

/** What all blocks of a run have in common. */
export interface RolloutStage extends Omit<Stage, "agents">, RolloutRequest {
  readonly agents: Agents;
  /** Address of the Service before the pods that are rolled. */
  readonly serviceIp: string;
  readonly pathSwitch: PathSwitch;
  /** Paths that are not used unasked. */
  readonly leftOut: readonly LeftOutPath[];
  readonly steps: readonly RolloutStep[];
  /** Has a load's pods show, once in the run, that there is a way through every path. */
  readonly proveWay: ProveWay;
}

/** Puts up all that a run needs on the target; what it creates is journalled before it is made. */
export async function openRolloutStage(request: RolloutRequest, progress: Progress): Promise<RolloutStage> {
  const { cluster, images, delivery } = request;
  const { makers, leftOut } = await availablePaths(request);
  const stage = await request.lane.open(progress);
  const { clusterIp } = await deployWebService(cluster);
  return {
    ...request,
    ...stage,
    agents: demandAgents(stage.agents),
    serviceIp: clusterIp,
    leftOut,
    pathSwitch: pathSwitch(cluster, { ...images, delivery, envoy: () => request.image("envoy") }, makers, stage.places),
    steps: STEPS[request.size],
    proveWay: provenOnce(),
  };
}

interface Available {
  readonly makers: ReadonlyMap<string, PathMaker>;
  readonly leftOut: readonly LeftOutPath[];
}

/** Those that the user named, or else all that nobody has to be asked for. The lab gets an ingress controller only if a path may need it. */
async function availablePaths({
  cluster,
  options: { paths },
  nodeSelector,
  provideIngress,
}: RolloutRequest): Promise<Available> {
  const tooOld = tooOldFor(await kubernetesVersions(cluster, nodeSelector));
  refuseNamed(tooOld, paths ?? []);
  const own = paths?.every((name) => Object.hasOwn(PATHS, name)) ?? false;
  if (!own) await provideIngress();
  const all = new Map([...Object.entries(PATHS), ...Object.entries(await classPaths(cluster, "all"))]);
  if (paths !== undefined) return { makers: choosePaths(all, paths), leftOut: [] };
  const leftOut = [...tooOld, ...(await notUnasked(cluster, await installedClasses(cluster)))];
  for (const { path } of leftOut) all.delete(path);
  return { makers: all, leftOut };
}

/** Pods that sleep before they stop would hold the namespace up. */
export async function clearRolloutStage({ cluster }: RolloutStage): Promise<void> {
  await removeRollingWeb(cluster);
}
