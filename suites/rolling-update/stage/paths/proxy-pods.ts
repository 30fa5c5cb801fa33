import type { KubernetesObject, V1Deployment, V1Pod } from "@kubernetes/client-node";
import { apiReason, type Cluster } from "../../../../runner/cluster/cluster.ts";
import { apply } from "../../../../runner/cluster/manifests.ts";
import { ownPods } from "../../../../runner/cluster/ours.ts";
import { lastWarning, podTrouble } from "../../../../runner/cluster/pods.ts";
import { refusalCheck } from "../../../../runner/cluster/refused-pods.ts";
import { waitFor } from "../../../../runner/cluster/wait.ts";
import { EnvironmentError, reasonOf } from "../../../../runner/errors.ts";
import type { Places } from "../../../../runner/workloads/places.ts";

export interface ProxyPod {
  readonly name: string;
  readonly uid: string;
  readonly node: string;
}

/** @throws EnvironmentError with the cluster's own words when it refuses one of them */
export async function applyForPath(
  cluster: Cluster,
  path: string,
  objects: readonly KubernetesObject[],
): Promise<void> {
  for (const object of objects) {
    try {
      await apply(cluster, object);
    } catch (error) {
      throw new EnvironmentError(`path ${path}: ${object.kind} ${object.metadata?.name}: ${apiReason(error)}`);
    }
  }
}

/**
 * Deploys a path's one proxy, on the node of its first one whatever its settings, and waits until it runs.
 * @throws EnvironmentError when the cluster refuses it or its pod does not start
 */
export async function deployProxy(
  cluster: Cluster,
  path: string,
  deployment: V1Deployment,
  places: Places,
  signal?: AbortSignal,
): Promise<ProxyPod> {
  const name = deployment.metadata?.name ?? "";
  const place = places.of(path);
  if (deployment.spec?.template.spec) place.bind(deployment.spec.template.spec);
  await applyForPath(cluster, path, [deployment]);
  const [pod] = await proxyPods(cluster, path, name, signal);
  if (!pod) throw new EnvironmentError(`path ${path} has no pod`);
  place.keep([pod]);
  return pod;
}

/** Waits until an applied Deployment runs as its newest template says, and nothing older is left of it. */
async function proxyPods(cluster: Cluster, path: string, name: string, signal?: AbortSignal): Promise<ProxyPod[]> {
  let trouble = "";
  const isRefused = refusalCheck(cluster, { kind: "Deployment", name });
  try {
    return await waitFor(
      `path ${path}`,
      async () => {
        const deployment = await cluster.apps.readNamespacedDeployment({ name, namespace: cluster.namespace });
        const labelSelector = ownPods(name);
        const { items } = await cluster.core.listNamespacedPod({ namespace: cluster.namespace, labelSelector });
        trouble = podTrouble(items);
        await isRefused(items, deployment.spec?.replicas ?? 1);
        return isRolledOut(deployment) && items.length === deployment.spec?.replicas ? items.map(proxyPod) : undefined;
      },
      { timeoutMs: 120_000, describe: () => trouble, signal },
    );
  } catch (error) {
    if (signal?.aborted || !(error instanceof EnvironmentError)) throw error;
    const warning = await lastWarning(cluster, cluster.namespace);
    throw warning ? new EnvironmentError(`${reasonOf(error)}; the cluster's last warning: ${warning}`) : error;
  }
}

/** What kubectl rollout status waits for. */
function isRolledOut({ metadata, spec, status }: V1Deployment): boolean {
  const wanted = spec?.replicas ?? 1;
  return (
    (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0) &&
    status?.updatedReplicas === wanted &&
    status.availableReplicas === wanted
  );
}

function proxyPod({ metadata, spec }: V1Pod): ProxyPod {
  return { name: metadata?.name ?? "", uid: metadata?.uid ?? "", node: spec?.nodeName ?? "" };
}
