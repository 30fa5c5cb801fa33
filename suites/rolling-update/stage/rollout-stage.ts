import type { Stage } from "../../../runner/experiment/stage.ts";
import type { HttpTrialRequest } from "../../../runner/experiment/trial.ts";
import type { RolloutStep } from "../../../runner/faults/types.ts";
import { type ProveWay, provenOnce } from "../../../runner/load/first-request.ts";
import type { Progress } from "../../../runner/progress.ts";
import { deployWebService } from "../../../runner/workloads/web.ts";
import { tooOldFor } from "../analysis/own-paths.ts";
import type { LeftOutPath } from "../evidence.ts";
import type { RolloutOptions } from "../options.ts";
import type { RolloutTuning } from "../tunings.ts";
import { notUnasked } from "./paths/class-use.ts";
import { classesIfAllowed, installedClasses, makersOf } from "./paths/classes.ts";
import { kubernetesVersions, refuseNamed } from "./paths/own-paths.ts";
import type { PathMaker } from "./paths/path.ts";
import { PATHS } from "./paths/registry.ts";
import { choosePaths, type PathSwitch, pathSwitch } from "./paths.ts";
import { removeRollingWeb } from "./rolling-web.ts";
import { stepsOf } from "./steps.ts";

export type RolloutRequest = HttpTrialRequest<RolloutTuning, RolloutOptions>;

/** What all blocks of a run have in common. */
export interface RolloutStage extends Stage, RolloutRequest {
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
    serviceIp: clusterIp,
    leftOut,
    pathSwitch: pathSwitch(cluster, { ...images, delivery, envoy: () => request.image("envoy") }, makers, stage.places),
    steps: stepsOf(request.size, stage.agents),
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
  if (paths?.every(isOurs)) return { makers: choosePaths(new Map(Object.entries(PATHS)), paths), leftOut: [] };
  await provideIngress();
  // Who named a path of a class hears why there is none.
  const { classes, leftOut: forbidden } = paths
    ? { classes: await installedClasses(cluster), leftOut: [] }
    : await classesIfAllowed(cluster);
  const all = new Map([...Object.entries(PATHS), ...Object.entries(makersOf(classes, "all"))]);
  if (paths !== undefined) return { makers: choosePaths(all, paths), leftOut: [] };
  const leftOut = [...tooOld, ...(await notUnasked(cluster, classes)), ...forbidden];
  for (const { path } of leftOut) all.delete(path);
  return { makers: all, leftOut };
}

function isOurs(path: string): boolean {
  return Object.hasOwn(PATHS, path);
}

/** Pods that sleep before they stop would hold the namespace up. */
export async function clearRolloutStage({ cluster }: RolloutStage): Promise<void> {
  await removeRollingWeb(cluster);
}
