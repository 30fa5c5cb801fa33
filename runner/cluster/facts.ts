import type { Target } from "../result/target.ts";
import type { Cluster } from "./cluster.ts";
import { fitNodes, listNodes } from "./fit-nodes.ts";
import { quantityValue } from "./quantity.ts";

/** What whoever built the cluster knows of it, and its API does not tell. */
export type KnownFacts = Partial<Pick<Target, "cni" | "proxyMode">>;

/** What this target is, as its API tells. */
export async function readTargetFacts(
  cluster: Cluster,
  kind: Target["kind"],
  known: KnownFacts,
  selector: Readonly<Record<string, string>>,
): Promise<Target> {
  const [version, nodes, systemPods, proxyMode] = await Promise.all([
    cluster.version.getCode(),
    listNodes(cluster),
    cluster.core.listNamespacedPod({ namespace: "kube-system" }).catch(() => ({ items: [] })),
    readProxyMode(cluster),
  ]);
  const { fit, unfit } = fitNodes(nodes, selector);
  return {
    kind,
    context: cluster.context,
    kubernetes: version.gitVersion,
    cni: known.cni ?? cniOf(systemPods.items.map((pod) => pod.metadata?.name ?? "")),
    proxyMode: known.proxyMode ?? proxyMode,
    kernel: (fit[0] ?? nodes[0])?.status?.nodeInfo?.kernelVersion ?? "unknown",
    nodes: nodes.length,
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

/** kubeadm clusters say it in a ConfigMap; others don't tell through the API. */
async function readProxyMode(cluster: Cluster): Promise<string> {
  try {
    const map = await cluster.core.readNamespacedConfigMap({ name: "kube-proxy", namespace: "kube-system" });
    const mode = /^mode:\s*"?(\w*)"?\s*$/m.exec(map.data?.["config.conf"] ?? "")?.[1];
    return mode === undefined ? "unknown" : mode || "iptables";
  } catch {
    return "unknown";
  }
}

const KNOWN_CNIS = ["cilium", "calico", "flannel", "kindnet", "weave", "antrea", "aws-node", "azure-cni"];

function cniOf(podNames: string[]): string {
  return KNOWN_CNIS.find((cni) => podNames.some((name) => name.includes(cni))) ?? "unknown";
}
