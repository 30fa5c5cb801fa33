import type { Cluster } from "../cluster/cluster.ts";
import { EnvironmentError, UsageError } from "../errors.ts";
import type { TriedWorkload } from "../experiment/workload-try.ts";
import { findLab } from "../lab/index.ts";
import { missingRights } from "../preflight/workload.ts";
import { chosenContainer, readUsersDeployment } from "../workloads/users-deployment.ts";
import { shortWords, type WorkloadReference } from "../workloads/workload-reference.ts";
import { isNamed } from "./open-target.ts";
import type { TargetOptions } from "./target-options.ts";
import type { WorkloadOptions } from "./workload-option.ts";

/**
 * Before a lab is started: in a new one there is nothing of the user's.
 * @throws UsageError
 */
export async function assertWorkloadCanBeThere({
  workload,
  ...target
}: WorkloadOptions & TargetOptions): Promise<void> {
  if (workload === undefined || isNamed(target) || (await findLab(target.lab))) return;
  throw new UsageError(
    `--workload: lab "${target.lab}" is not up, so there is no ${shortWords(workload)}; name its cluster with --kubeconfig or --context`,
  );
}

/**
 * Before anything is created.
 * @throws EnvironmentError with what keeps it from being tried; UsageError where it, or its container, is not clear
 */
export async function assertWorkloadAble(cluster: Cluster, { workload }: WorkloadOptions): Promise<void> {
  if (workload === undefined) return;
  const missing = await missingRights(cluster, workload);
  if (missing.length > 0)
    throw new EnvironmentError(
      `${shortWords(workload)} can't be tried on: ${missing.join("; ")} (docs/rights/workload.yaml has what it takes)`,
    );
  await triedWorkload(cluster, workload);
}

/** @throws UsageError where it, or its container, is not clear */
export async function triedWorkload(cluster: Cluster, reference: WorkloadReference): Promise<TriedWorkload> {
  const container = chosenContainer(await readUsersDeployment(cluster, reference), reference);
  const { namespace, kind, name } = reference;
  return { namespace, kind, name, container };
}
