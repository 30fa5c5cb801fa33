import type { Cluster } from "../cluster/cluster.ts";
import { clusterUid } from "../cluster/cluster-uid.ts";
import type { KnownCluster } from "../undo/known-cluster.ts";
import type { KubeconfigRef } from "../undo/lines.ts";
import { openByKubeconfig } from "./open-by-kubeconfig.ts";
import type { ClusterOptions, TargetOptions } from "./target-options.ts";

/** A cluster that is open, and by what it is known again. */
export interface OpenedCluster extends KnownCluster {
  readonly cluster: Cluster;
}

/** One that was named by its kubeconfig. */
export interface NamedCluster extends OpenedCluster {
  readonly ref: KubeconfigRef;
}

export async function openNamed(
  options: ClusterOptions & Pick<TargetOptions, "imagePullSecret">,
  signal?: AbortSignal,
): Promise<NamedCluster> {
  const { file, cluster } = await openByKubeconfig(options, signal);
  const ref = { kind: "kubeconfig", file, context: cluster.context } as const;
  return { cluster, ref, clusterUid: await clusterUid(cluster, signal) };
}
