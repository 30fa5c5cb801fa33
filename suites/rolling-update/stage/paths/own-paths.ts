/** Of packetwalk's own paths, those that a cluster is too old for. */
import { minorOf } from "../../../../runner/analysis/kubernetes/versions.ts";
import type { Cluster } from "../../../../runner/cluster/cluster.ts";
import { fitNodes, listNodesIfAllowed } from "../../../../runner/cluster/fit-nodes.ts";
import { UsageError } from "../../../../runner/errors.ts";
import type { LeftOutPath } from "../../evidence.ts";

/** With the sidecar as an init container that keeps on running, which a kubelet that does not know it waits for without end. */
const NEEDS: Readonly<Record<string, { readonly minor: number; readonly feature: string }>> = {
  "envoy-sidecar": { minor: 29, feature: "native sidecars" },
};

/** Pure. @param versions of the API server and of kubelets; one that does not say is taken for new enough */
export function tooOldFor(versions: readonly string[]): LeftOutPath[] {
  const minors = versions.flatMap((version) => minorOf(version) ?? []);
  const oldest = Math.min(...minors);
  return Object.entries(NEEDS).flatMap(([path, { minor, feature }]) =>
    oldest < minor ? [{ path, why: { kind: "kubernetes-too-old", needs: minor, feature, has: oldest } }] : [],
  );
}

/** @throws UsageError if the user named one of them */
export function refuseNamed(tooOld: readonly LeftOutPath[], paths: readonly string[]): void {
  for (const { path, why } of tooOld) {
    if (!paths.includes(path) || why.kind !== "kubernetes-too-old") continue;
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
