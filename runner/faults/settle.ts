import type { V1Deployment, V1Pod } from "@kubernetes/client-node";
import { apiReason, type Cluster } from "../cluster/cluster.ts";
import { isPodReady, podTrouble } from "../cluster/pods.ts";
import { rolloutMissing } from "../cluster/rollout-missing.ts";
import { waitFor } from "../cluster/wait.ts";
import { EnvironmentError } from "../errors.ts";
import type { RolledDeployment } from "./types.ts";

export interface Patience {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Waits for what `kubectl rollout status` waits for: as many pods of the newest template as wanted are available and no
 * older one counts any more. Pods that are still terminating do not count.
 * @throws EnvironmentError after the timeout, with what is missing
 */
export async function rolledOut(cluster: Cluster, deployment: RolledDeployment, patience: Patience): Promise<void> {
  let missing = "";
  await waitFor(
    `the rollout of ${deployment.name}`,
    async () => {
      missing = rolloutMissing(await readDeployment(cluster, deployment));
      return missing === "" ? true : undefined;
    },
    { ...patience, describe: () => missing },
  );
}

/**
 * Waits until `isReplaced` holds and as many pods as wanted are ready and not terminating.
 * @throws EnvironmentError after the timeout, with what is missing
 */
export async function recovered(
  cluster: Cluster,
  deployment: RolledDeployment,
  wanted: number,
  isReplaced: (pods: V1Pod[]) => boolean,
  patience: Patience,
): Promise<void> {
  let missing = "";
  await waitFor(
    `the recovery of ${deployment.name}`,
    async () => {
      const pods = await listPods(cluster, deployment);
      const ready = pods.filter(isServing).length;
      missing = podTrouble(pods) || `${ready} of ${wanted} pods are ready`;
      return ready === wanted && isReplaced(pods) ? true : undefined;
    },
    { ...patience, describe: () => missing },
  );
}

export function isServing(pod: V1Pod): boolean {
  return isPodReady(pod) && pod.metadata?.deletionTimestamp === undefined;
}

export async function listPods(cluster: Cluster, { namespace, name, selector }: RolledDeployment): Promise<V1Pod[]> {
  try {
    return (await cluster.core.listNamespacedPod({ namespace, labelSelector: selector })).items;
  } catch (error) {
    throw new EnvironmentError(`the pods of ${name} can't be listed: ${apiReason(error)}`);
  }
}

export async function readDeployment(cluster: Cluster, { namespace, name }: RolledDeployment): Promise<V1Deployment> {
  try {
    return await cluster.apps.readNamespacedDeployment({ namespace, name });
  } catch (error) {
    throw new EnvironmentError(`the Deployment ${name} can't be read: ${apiReason(error)}`);
  }
}
