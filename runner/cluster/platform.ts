/** Pure: what a cluster is made of, from what its API shows. */

/** What is not there is undefined; "unread": whether it is, we may not see. */
export type Looked<T> = T | undefined | "unread";

/** As much of a DaemonSet as tells. */
export interface DaemonSetSigns {
  readonly name: string;
  /** Words of its containers' commands. */
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Nodes that are to have a pod of it. */
  readonly nodes: number;
}

export interface PlatformSigns {
  /** As the API server says it, e.g. "v1.33.5-eks-113cf36". */
  readonly gitVersion: string;
  /** Labels of a node. */
  readonly nodeLabels: Readonly<Record<string, string>>;
  /** All there are; null: they can't be listed. */
  readonly daemonSets: readonly DaemonSetSigns[] | null;
  /** Of kube-proxy's ConfigMap in kube-system, where kubeadm or somebody like it left one. */
  readonly proxyConfig: Looked<string>;
  /** Of Cilium's ConfigMap. */
  readonly ciliumConfig: Looked<Readonly<Record<string, string>>>;
  /** bpfEnabled of Calico's FelixConfiguration. */
  readonly felixBpf: Looked<boolean>;
}

/** Where kube-proxy's configuration stands: kubeadm's name and its key, and EKS's. */
export const PROXY_CONFIG_MAPS = [
  { name: "kube-proxy", key: "config.conf" },
  { name: "kube-proxy-config", key: "config" },
] as const;

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

/** Nobody tells. */
export const UNKNOWN_CNI = "unknown";

export function cniOf(signs: PlatformSigns): string {
  const found = CNIS.find(([sign]) => signs.daemonSets?.some(({ name }) => sign.test(name)));
  if (found) return found[1];
  // It is part of k3s's own process.
  return distributionOf(signs) === "k3s" ? "flannel (built into k3s, unless it was told otherwise)" : UNKNOWN_CNI;
}

/** The ways that lead Services to pods past the kernel's connection tracking, and who goes them. */
const PAST_CONNTRACK: Readonly<Record<string, string>> = {
  cilium: "Cilium's eBPF",
  "calico (eBPF)": "Calico's eBPF",
};

/** Who leads Services past the kernel's connection tracking in this mode; undefined: nobody is known to. */
export function pastConntrack(proxyMode: string): string | undefined {
  return PAST_CONNTRACK[proxyMode];
}

/** Nobody tells. Not "iptables": then packets may pass no connection tracking at all. */
export const UNKNOWN_MODE = "unknown";

/** How Services are led to pods: kube-proxy's mode, or whose eBPF or Open vSwitch does it instead; or UNKNOWN_MODE. */
export function proxyModeOf(signs: PlatformSigns): string {
  return byCilium(signs) ?? byCalico(signs) ?? byKubeProxy(signs) ?? byDefault(signs) ?? UNKNOWN_MODE;
}

function byCilium(signs: PlatformSigns): string | undefined {
  if (has(signs, "anetd")) return "cilium";
  const { ciliumConfig } = signs;
  if (ciliumConfig === "unread") return has(signs, "cilium") ? UNKNOWN_MODE : undefined;
  return replacedByCilium(ciliumConfig) ? "cilium" : undefined;
}

/** As its ConfigMap says: "strict" until 1.14; "true" since. */
export function replacedByCilium(config: Readonly<Record<string, string>> | undefined): boolean {
  const replacement = config?.["kube-proxy-replacement"];
  return replacement === "true" || replacement === "strict";
}

/** Felix takes its environment before its FelixConfiguration. */
function byCalico(signs: PlatformSigns): string | undefined {
  const byEnvironment = signs.daemonSets?.flatMap(({ env }) => env.FELIX_BPFENABLED ?? [])[0];
  if (byEnvironment !== undefined) return isYes(byEnvironment) ? "calico (eBPF)" : undefined;
  if (signs.felixBpf !== "unread") return signs.felixBpf ? "calico (eBPF)" : undefined;
  // Its eBPF and kube-proxy fight over Services: where kube-proxy runs, it is off.
  return (named(signs, "kube-proxy")?.nodes ?? 0) > 0 ? undefined : UNKNOWN_MODE;
}

/** As Go's strconv.ParseBool reads it. */
function isYes(text: string): boolean {
  return ["1", "t", "true", "yes", "y"].includes(text.toLowerCase());
}

function byKubeProxy(signs: PlatformSigns): string | undefined {
  const { proxyConfig } = signs;
  const set = named(signs, "kube-proxy");
  // Whoever replaced it may have left its ConfigMap, and the DaemonSet without a node.
  if (set?.nodes === 0) return undefined;
  const mode = /^mode:\s*"?(\w*)"?\s*$/m.exec(proxyConfig === "unread" ? "" : (proxyConfig ?? ""))?.[1];
  if (mode !== undefined) return mode || "iptables";
  return set && modeOfWords(set.words);
}

/** AKS gives kube-proxy everything as flags. A file that can't be read may say otherwise. */
function modeOfWords(words: readonly string[]): string | undefined {
  const flags = words.join(" ");
  if (!/\bkube-proxy\b/.test(flags) || /--config[= ]/.test(flags)) return undefined;
  return /--proxy-mode[= ](\w+)/.exec(flags)?.[1] ?? "iptables";
}

function byDefault(signs: PlatformSigns): string | undefined {
  if (has(signs, "ovnkube-node")) return "ovn-kubernetes (Open vSwitch)";
  // Of what can't be listed, something may have replaced it.
  if (signs.daemonSets === null || named(signs, "kube-proxy")) return undefined;
  const distribution = distributionOf(signs) ?? "";
  // They run kube-proxy inside their own agent or as a static pod, in its default mode unless told otherwise; it leaves no ConfigMap.
  const isOwn = ["k3s", "RKE2", "GKE"].includes(distribution) || has(signs, "sdn");
  return isOwn ? "iptables (by default)" : undefined;
}

function named({ daemonSets }: PlatformSigns, wanted: string): DaemonSetSigns | undefined {
  return daemonSets?.find(({ name }) => name === wanted);
}

function has(signs: PlatformSigns, wanted: string): boolean {
  return named(signs, wanted) !== undefined;
}
