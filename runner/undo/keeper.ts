import type { V1ClusterRole, V1Job } from "@kubernetes/client-node";
import { apiReason, type Cluster } from "../cluster/cluster.ts";
import { type ClusterObject, createClusterObject } from "../cluster/cluster-objects.ts";
import { apply, SHARED } from "../cluster/manifests.ts";
import { onNodes } from "../cluster/on-nodes.ts";
import type { Delivery } from "../delivery/delivery.ts";
import { EnvironmentError } from "../errors.ts";
import type { Changes } from "./changes.ts";

/**
 * Has somebody in the cluster who takes our namespace down if this runner dies, with nobody running anything. It does not wait
 * until that one runs.
 * @param nodes on which it may run
 * @throws EnvironmentError where the user may not give such rights, or the cluster takes no such pod
 */
export async function deployKeeper(
  cluster: Cluster,
  delivery: Delivery,
  nodes: readonly string[],
  changes: Changes,
): Promise<void> {
  const noted = (object: ClusterObject) => changes.record({ change: "cluster-object", ...object });
  try {
    for (const object of SHARED.objects("keeper")) {
      const { kind } = object;
      if (kind === "ClusterRole") await createClusterObject(cluster, deleting(object as V1ClusterRole, cluster), noted);
      else if (kind === "ClusterRoleBinding") await createClusterObject(cluster, object, noted);
      else if (kind !== "Job") await apply(cluster, object);
    }
    await apply(cluster, await job(delivery, nodes));
  } catch (error) {
    throw new EnvironmentError(
      `nobody in the cluster takes namespace ${cluster.namespace} down if this runner dies, only packetwalk restore does: ${apiReason(error)}`,
    );
  }
}

/** Pure: the right to delete this namespace of ours. */
export function deleting(role: V1ClusterRole, { namespace }: Pick<Cluster, "namespace">): V1ClusterRole {
  return { ...role, rules: (role.rules ?? []).map((rule) => ({ ...rule, resourceNames: [namespace] })) };
}

async function job(delivery: Delivery, nodes: readonly string[]): Promise<V1Job> {
  const keeper = SHARED.object<V1Job>("keeper", "Job");
  const pod = keeper.spec?.template.spec;
  const [container] = pod?.containers ?? [];
  if (!pod || !container) throw new Error("manifests/keeper has a Job without a container");
  container.image = delivery.image;
  pod.affinity = onNodes(nodes);
  await delivery.equip(pod, ["agent"]);
  return keeper;
}
