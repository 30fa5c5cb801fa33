/** Pure: what a cluster is made of, from what its API shows. */

export interface PlatformSigns {
  /** As the API server says it, e.g. "v1.33.5-eks-113cf36". */
  readonly gitVersion: string;
  /** Labels of a node. */
  readonly nodeLabels: Readonly<Record<string, string>>;
  /** Of all DaemonSets, by name. */
  readonly daemonSets: readonly string[];
  /** Of kube-proxy's ConfigMap in kube-system, where kubeadm or somebody like it left one. */
  readonly proxyConfig: string | undefined;
  /** Of Cilium's ConfigMap. */
  readonly ciliumConfig: Readonly<Record<string, string>> | undefined;
}

const BY_VERSION: ReadonlyArray<readonly [RegExp, string]> = [
  [/\+k3s/, "k3s"],
  [/\+rke2/, "RKE2"],
  [/-eks-/, "EKS"],
  [/-gke\./, "GKE"],
];
const BY_LABEL: Readonly<Record<string, string>> = {
  "node.openshift.io/os_id": "OpenShift",
  "kubernetes.azure.com/cluster": "AKS",
  "eks.amazonaws.com/nodegroup": "EKS",
  "cloud.google.com/gke-nodepool": "GKE",
  "minikube.k8s.io/name": "minikube",
};

/** Whose Kubernetes it is; undefined where nothing tells. */
export function distributionOf({ gitVersion, nodeLabels }: PlatformSigns): string | undefined {
  const byVersion = BY_VERSION.find(([sign]) => sign.test(gitVersion))?.[1];
  if (byVersion) return byVersion;
  const label = Object.keys(BY_LABEL).find((key) => key in nodeLabels);
  return label === undefined ? undefined : BY_LABEL[label];
}

/** By the names that their own manifests and charts give to what runs on each node; the more particular ones first. */
const CNIS: ReadonlyArray<readonly [RegExp, string]> = [
  [/^cilium$/, "cilium"],
  [/^anetd$/, "cilium (GKE Dataplane V2)"],
  [/^(canal|rke2-canal)$/, "canal (calico with flannel)"],
  [/^calico-node$/, "calico"],
  [/^kube-flannel(-ds.*)?$/, "flannel"],
  [/^kindnet$/, "kindnet"],
  [/^aws-node$/, "aws-node"],
  [/^azure-(cni|cns)/, "azure-cni"],
  [/^antrea-agent$/, "antrea"],
  [/^weave-net$/, "weave"],
  [/^ovnkube-node$/, "ovn-kubernetes"],
  [/^sdn$/, "openshift-sdn"],
  [/^kube-router$/, "kube-router"],
];

export function cniOf(signs: PlatformSigns): string {
  const found = CNIS.find(([sign]) => signs.daemonSets.some((name) => sign.test(name)));
  if (found) return found[1];
  // It is part of k3s's own process.
  return distributionOf(signs) === "k3s" ? "flannel (built into k3s, unless it was told otherwise)" : "unknown";
}

/** How Services are led to pods: kube-proxy's mode, "cilium" where its eBPF does it, or "unknown". */
export function proxyModeOf(signs: PlatformSigns): string {
  const replacement = signs.ciliumConfig?.["kube-proxy-replacement"];
  // "strict" until 1.14; "true" since.
  if (replacement === "true" || replacement === "strict") return "cilium";
  if (signs.daemonSets.includes("anetd")) return "cilium";
  const mode = /^mode:\s*"?(\w*)"?\s*$/m.exec(signs.proxyConfig ?? "")?.[1];
  if (mode !== undefined) return mode || "iptables";
  const distribution = distributionOf(signs);
  // Both run kube-proxy inside their own agent, in its default mode unless told otherwise; it leaves no ConfigMap.
  return distribution === "k3s" || distribution === "RKE2" ? "iptables (by default)" : "unknown";
}
