import type { V1Affinity, V1ConfigMap, V1Deployment } from "@kubernetes/client-node";
import { withUsersOf } from "../../../runner/cluster/assigned-users.ts";
import { apiReason, type Cluster, isNotFound } from "../../../runner/cluster/cluster.ts";
import { apply } from "../../../runner/cluster/manifests.ts";
import { ownPods } from "../../../runner/cluster/ours.ts";
import { inOwnNamespace, WRITTEN_NAMESPACE } from "../../../runner/cluster/own-namespace.ts";
import { setReplicas } from "../../../runner/cluster/replicas.ts";
import { waitFor } from "../../../runner/cluster/wait.ts";
import { EnvironmentError } from "../../../runner/errors.ts";
import type { RolledDeployment } from "../../../runner/faults/types.ts";
import type { Family } from "../../../runner/workloads/family.ts";
import { type WebPod, waitForWebPods, webFamily } from "../../../runner/workloads/web.ts";
import { MANIFESTS } from "./manifests.ts";

export const ROLLING_WEB = { name: "web", selector: ownPods("web"), container: "web" } as const;

export function rollingWeb({ namespace }: Pick<Cluster, "namespace">): RolledDeployment {
  return { ...ROLLING_WEB, namespace };
}

/**
 * Makes the Deployment that is to be rolled, from nothing: no pod of it is left from before, and the first one is made
 * only when `tune` has patched it.
 * @param affinity which nodes its pods may have; any, if not given
 */
export async function createRollingWeb(
  cluster: Cluster,
  image: string,
  tune: () => Promise<void>,
  signal?: AbortSignal,
  affinity?: V1Affinity,
): Promise<readonly WebPod[]> {
  await removeRollingWeb(cluster);
  const deployment = MANIFESTS.object<V1Deployment>("web", "Deployment");
  const pod = deployment.spec?.template.spec;
  const container = pod?.containers[0];
  if (!container) throw new Error("manifests/web has no container");
  container.image = image;
  if (affinity) pod.affinity = affinity;
  try {
    await apply(cluster, webConfiguration(await webFamily(cluster)));
    await cluster.objects.create(inOwnNamespace(await withUsersOf(cluster, deployment), cluster.namespace));
  } catch (error) {
    throw new EnvironmentError(`the Deployment web can't be created: ${apiReason(error)}`);
  }
  await tune();
  await setReplicas(cluster, rollingWeb(cluster), 1);
  return waitForWebPods(cluster, 1, signal);
}

/** Pure. @param family of the Service's address */
export function webConfiguration(family: Family): V1ConfigMap {
  const listen = `listen-${family}`;
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "web", namespace: WRITTEN_NAMESPACE },
    data: { "default.conf": MANIFESTS.text("web/web.conf"), [listen]: MANIFESTS.text(`web/${listen}`) },
  };
}

/** Deletes it and its pods at once, whatever they still do, and waits until they are gone. */
export async function removeRollingWeb(cluster: Cluster): Promise<void> {
  const { name, namespace, selector } = rollingWeb(cluster);
  await waitFor(
    "the end of the Deployment web and its pods",
    async () => {
      // In the foreground: until the last pod is gone it stays, so that nothing makes new ones behind our back.
      const isGone = await cluster.apps
        .deleteNamespacedDeployment({ name, namespace, propagationPolicy: "Foreground" })
        .then(() => false, goneOrThrow);
      const { items } = await cluster.core.listNamespacedPod({ namespace, labelSelector: selector });
      if (items.length === 0) return isGone ? true : undefined;
      await cluster.core.deleteCollectionNamespacedPod({ namespace, labelSelector: selector, gracePeriodSeconds: 0 });
      return undefined;
    },
    { timeoutMs: 60_000 },
  );
}

function goneOrThrow(error: unknown): true {
  if (isNotFound(error)) return true;
  throw new EnvironmentError(`the Deployment web can't be deleted: ${apiReason(error)}`);
}
