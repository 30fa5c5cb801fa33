import type { V1ClusterRole, V1Job, V1PolicyRule } from "@kubernetes/client-node";
import { apiReason, type Cluster } from "../cluster/cluster.ts";
import { type ClusterObject, createClusterObject } from "../cluster/cluster-objects.ts";
import { apply, SHARED } from "../cluster/manifests.ts";
import { onNodes } from "../cluster/on-nodes.ts";
import type { Delivery } from "../delivery/delivery.ts";
import { EnvironmentError } from "../errors.ts";
import type { Changes } from "./changes.ts";

export interface Keeping {
  /** On which it may run. */
  readonly nodes: readonly string[];
  readonly changes: Changes;
  /** Whether the run may cordon nodes. */
  readonly mayCordon: boolean;
}

/**
 * Has somebody in the cluster who takes our namespace down if this runner dies, and first uncordons the nodes that bear the run's
 * mark, with nobody running anything. It does not wait until that one runs.
 * @throws EnvironmentError where the user may not give such rights, or the cluster takes no such pod
 */
export async function deployKeeper(
  cluster: Cluster,
  delivery: Delivery,
  { nodes, changes, mayCordon }: Keeping,
): Promise<void> {
  const noted = (object: ClusterObject) => changes.record({ change: "cluster-object", ...object });
  try {
    for (const object of SHARED.objects("keeper")) {
      const { kind } = object;
      if (kind === "ClusterRole")
        await createClusterObject(cluster, rightsOf(object as V1ClusterRole, cluster, mayCordon), noted);
      else if (kind === "ClusterRoleBinding") await createClusterObject(cluster, object, noted);
      else if (kind !== "Job") await apply(cluster, object);
    }
    await apply(cluster, await job(delivery, nodes, mayCordon ? cluster.run : undefined));
  } catch (error) {
    throw new EnvironmentError(
      `nobody in the cluster takes namespace ${cluster.namespace} down if this runner dies, only packetwalk restore does: ${apiReason(error)}`,
    );
  }
}

/** Which node a run will cordon may be known only when it does. */
const UNCORDONING: V1PolicyRule = { apiGroups: [""], resources: ["nodes"], verbs: ["list", "patch"] };

/** Pure: the right to delete this namespace of ours, and that to uncordon nodes where the run may cordon some. */
export function rightsOf(
  role: V1ClusterRole,
  { namespace }: Pick<Cluster, "namespace">,
  mayCordon: boolean,
): V1ClusterRole {
  const deleting = (role.rules ?? []).map((rule) => ({ ...rule, resourceNames: [namespace] }));
  return { ...role, rules: [...deleting, ...(mayCordon ? [UNCORDONING] : [])] };
}

/** @param run whose marks it looks for on nodes */
async function job(delivery: Delivery, nodes: readonly string[], run: string | undefined): Promise<V1Job> {
  const keeper = SHARED.object<V1Job>("keeper", "Job");
  const pod = keeper.spec?.template.spec;
  const [container] = pod?.containers ?? [];
  if (!pod || !container) throw new Error("manifests/keeper has a Job without a container");
  container.image = delivery.image;
  if (run !== undefined) container.command = [...(container.command ?? []), "--run", run];
  pod.affinity = onNodes(nodes);
  await delivery.equip(pod, ["agent"]);
  return keeper;
}
