import { openStage, type Stage } from "../../../runner/experiment/stage.ts";
import type { HttpTrialRequest } from "../../../runner/experiment/trial.ts";
import type { RolloutStep } from "../../../runner/faults/types.ts";
import type { Progress } from "../../../runner/progress.ts";
import { deployWebService } from "../../../runner/workloads/web.ts";
import type { RolloutOptions } from "../options.ts";
import type { RolloutTuning } from "../tunings.ts";
import { classPaths } from "./paths/classes.ts";
import type { PathMaker } from "./paths/path.ts";
import { PATHS } from "./paths/registry.ts";
import { choosePaths, type PathSwitch, pathSwitch } from "./paths.ts";
import { removeRollingWeb } from "./rolling-web.ts";
import { STEPS } from "./steps.ts";

export type RolloutRequest = HttpTrialRequest<RolloutTuning, RolloutOptions>;

/** What all blocks of a run have in common. */
export interface RolloutStage extends Stage, RolloutRequest {
  /** Address of the Service before the pods that are rolled. */
  readonly serviceIp: string;
  readonly pathSwitch: PathSwitch;
  readonly steps: readonly RolloutStep[];
}

/** Puts up all that a run needs on the target; what it creates is journalled before it is made. */
export async function openRolloutStage(request: RolloutRequest, progress: Progress): Promise<RolloutStage> {
  const { cluster, images, delivery } = request;
  const makers = choosePaths(await availablePaths(request), request.options.paths);
  const stage = await openStage(request, progress);
  const { clusterIp } = await deployWebService(cluster);
  return {
    ...request,
    ...stage,
    serviceIp: clusterIp,
    pathSwitch: pathSwitch(cluster, { ...images, delivery, envoy: () => request.image("envoy") }, makers, stage.places),
    steps: STEPS[request.size],
  };
}

/** The lab gets an ingress controller only if a path may need it. */
async function availablePaths({
  cluster,
  options: { paths },
  provideIngress,
}: RolloutRequest): Promise<ReadonlyMap<string, PathMaker>> {
  const own = paths?.every((name) => Object.hasOwn(PATHS, name)) ?? false;
  if (!own) await provideIngress();
  return new Map([...Object.entries(PATHS), ...Object.entries(await classPaths(cluster, "all"))]);
}

/** Pods that sleep before they stop would hold the namespace up. */
export async function clearRolloutStage({ cluster }: RolloutStage): Promise<void> {
  await removeRollingWeb(cluster);
}
