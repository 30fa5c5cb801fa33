import type { V1Node } from "@kubernetes/client-node";
import type { Target } from "../result/target.ts";
import type { Cluster } from "./cluster.ts";
import { clusterUid } from "./cluster-uid.ts";
import { fitNodes, listNodesIfAllowed } from "./fit-nodes.ts";
import { cniOf, distributionOf, type PlatformSigns, proxyModeOf } from "./platform.ts";
import { quantityValue } from "./quantity.ts";

/** What whoever built the cluster knows of it, and its API does not tell. */
export type KnownFacts = Partial<Pick<Target, "cni" | "proxyMode">>;

/** What this target is, as its API tells. */
export async function readTargetFacts(
  cluster: Cluster,
  kind: Target["kind"],
  known: KnownFacts,
  selector: Readonly<Record<string, string>>,
  listing: Promise<readonly V1Node[] | null> = listNodesIfAllowed(cluster),
): Promise<Target> {
  const [version, listed, uid] = await Promise.all([cluster.version.getCode(), listing, clusterUid(cluster)]);
  const nodes = listed ?? [];
  const signs = await readSigns(cluster, version.gitVersion, nodes);
  const { fit, unfit } = fitNodes(nodes, selector);
  return {
    kind,
    context: cluster.context,
    uid,
    kubernetes: version.gitVersion,
    cni: known.cni ?? cniOf(signs),
    proxyMode: known.proxyMode ?? proxyModeOf(signs),
    distribution: distributionOf(signs) ?? null,
    kernel: listed === null ? "not readable" : ((fit[0] ?? nodes[0])?.status?.nodeInfo?.kernelVersion ?? "unknown"),
    nodes: listed === null ? null : nodes.length,
    nodeFacts: nodes.map((node) => ({
      name: node.metadata?.name ?? "?",
      cpus: quantityValue(node.status?.capacity?.cpu) ?? 0,
      memoryBytes: quantityValue(node.status?.capacity?.memory) ?? 0,
      region: node.metadata?.labels?.["topology.kubernetes.io/region"] ?? null,
      zone: node.metadata?.labels?.["topology.kubernetes.io/zone"] ?? null,
      containerRuntime: node.status?.nodeInfo?.containerRuntimeVersion ?? "unknown",
    })),
    leftOut: [...unfit],
  };
}

/** What can't be read tells nothing, and is no reason to stop. */
async function readSigns(cluster: Cluster, gitVersion: string, nodes: readonly V1Node[]): Promise<PlatformSigns> {
  const configMap = async (name: string) =>
    (await cluster.core.readNamespacedConfigMap({ name, namespace: "kube-system" }).catch(() => undefined))?.data;
  const [sets, proxy, cilium] = await Promise.all([
    cluster.apps.listDaemonSetForAllNamespaces().catch(() => undefined),
    configMap("kube-proxy"),
    configMap("cilium-config"),
  ]);
  return {
    gitVersion,
    nodeLabels: nodes[0]?.metadata?.labels ?? {},
    daemonSets: sets?.items.map(({ metadata }) => metadata?.name ?? "") ?? [],
    proxyConfig: proxy?.["config.conf"],
    ciliumConfig: cilium,
  };
}
