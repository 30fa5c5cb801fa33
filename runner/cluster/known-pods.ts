import type { V1Pod } from "@kubernetes/client-node";
import type { Cluster } from "./cluster.ts";

/** A pod, by what its node knows of it. */
export interface KnownPod {
  readonly namespace: string;
  readonly name: string;
  /** A static pod's node calls it by a hash of its file, and not by the uid that the API has. */
  readonly uids: readonly string[];
  /** Names, by the containers' full ids. */
  readonly containers: ReadonlyMap<string, string>;
}

/** Of all namespaces. */
export async function podsOnNode({ core }: Pick<Cluster, "core">, node: string): Promise<KnownPod[]> {
  const { items } = await core.listPodForAllNamespaces({ fieldSelector: `spec.nodeName=${node}` });
  return items.map(knownPod);
}

const FILES_HASH = "kubernetes.io/config.hash";

/** Pure. */
export function knownPod({ metadata, status }: V1Pod): KnownPod {
  const { initContainerStatuses = [], containerStatuses = [], ephemeralContainerStatuses = [] } = status ?? {};
  const all = [...initContainerStatuses, ...containerStatuses, ...ephemeralContainerStatuses];
  const uids = [metadata?.uid, metadata?.annotations?.[FILES_HASH]];
  return {
    namespace: metadata?.namespace ?? "",
    name: metadata?.name ?? "",
    uids: uids.filter((uid) => uid !== undefined),
    containers: new Map(
      all.flatMap(({ name, containerID }) => (containerID ? [[containerID.replace(/^.*:\/\//, ""), name]] : [])),
    ),
  };
}
