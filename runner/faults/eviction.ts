import type { Cluster } from "../cluster/cluster.ts";

/** Asks the API for a pod to be evicted, which its disruption budget may refuse. @throws what the API answers */
export async function requestEviction(
  cluster: Cluster,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): Promise<void> {
  const body = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name, namespace } };
  await cluster.core.createNamespacedPodEviction({ name, namespace, body });
}
