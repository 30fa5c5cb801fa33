import type { KubernetesObject, V1OwnerReference } from "@kubernetes/client-node";
import type { Cluster } from "./cluster.ts";

/**
 * The object with our namespace as its owner: the cluster deletes it after that has gone, if nobody else did. One that the
 * user lent stays, and owns nothing of ours.
 */
export async function ownedBy<T extends KubernetesObject>(cluster: Cluster, object: T): Promise<T> {
  const owner = await namespaceOwner(cluster);
  return owner ? { ...object, metadata: { ...object.metadata, ownerReferences: [owner] } } : object;
}

/** Undefined where the namespace is the user's, or can't be read. */
async function namespaceOwner({ core, namespace, lent }: Cluster): Promise<V1OwnerReference | undefined> {
  if (lent) return undefined;
  const there = await core.readNamespace({ name: namespace }).catch(() => undefined);
  const uid = there?.metadata?.uid;
  return uid === undefined ? undefined : { apiVersion: "v1", kind: "Namespace", name: namespace, uid };
}
