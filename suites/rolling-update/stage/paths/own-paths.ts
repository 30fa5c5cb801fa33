/** Whether a cluster is new enough for packetwalk's own paths. */
import type { Cluster } from "../../../../runner/cluster/cluster.ts";
import { fitNodes, listNodesIfAllowed } from "../../../../runner/cluster/fit-nodes.ts";
import { UsageError } from "../../../../runner/errors.ts";
import type { TooOldFor } from "../../analysis/own-paths.ts";

/** @throws UsageError if the user named one of them */
export function refuseNamed(tooOld: readonly TooOldFor[], paths: readonly string[]): void {
  for (const { path, why } of tooOld) {
    if (!paths.includes(path)) continue;
    throw new UsageError(
      `--paths: path ${path} takes Kubernetes 1.${why.needs} (${why.feature}), and this cluster has 1.${why.has}; leave it out`,
    );
  }
}

/** What the cluster's API server and the nodes that a run may use say. */
export async function kubernetesVersions(
  cluster: Cluster,
  nodeSelector: Readonly<Record<string, string>>,
): Promise<string[]> {
  const [{ gitVersion }, nodes] = await Promise.all([cluster.version.getCode(), listNodesIfAllowed(cluster)]);
  const { fit } = fitNodes(nodes ?? [], nodeSelector);
  return [gitVersion, ...fit.flatMap(({ status }) => status?.nodeInfo?.kubeletVersion ?? [])];
}
