import { expect, test } from "vitest";
import {
  cniOf,
  type DaemonSetSigns,
  distributionOf,
  type PlatformSigns,
  pastConntrack,
  proxyModeOf,
} from "../../../runner/cluster/platform.ts";

const NOTHING: PlatformSigns = {
  gitVersion: "v1.33.1",
  nodeLabels: {},
  daemonSets: [],
  proxyConfig: undefined,
  ciliumConfig: undefined,
  felixBpf: undefined,
};

const set = (name: string, more: Partial<DaemonSetSigns> = {}) => ({ name, words: [], env: {}, nodes: 3, ...more });
const sets = (...names: string[]) => names.map((name) => set(name));

test.each<[string, Partial<PlatformSigns>, { distribution?: string; cni: string; proxy: string }]>([
  [
    "kubeadm with Calico",
    { daemonSets: sets("calico-node", "kube-proxy"), proxyConfig: 'mode: ""\n' },
    { cni: "calico", proxy: "iptables" },
  ],
  [
    "kubeadm with nftables",
    { daemonSets: sets("kube-flannel-ds"), proxyConfig: "mode: nftables\n" },
    { cni: "flannel", proxy: "nftables" },
  ],
  [
    "kind",
    { daemonSets: sets("kindnet", "kube-proxy"), proxyConfig: "mode: iptables\n" },
    { cni: "kindnet", proxy: "iptables" },
  ],
  [
    "k3s",
    { gitVersion: "v1.33.4+k3s1" },
    {
      distribution: "k3s",
      cni: "flannel (built into k3s, unless it was told otherwise)",
      proxy: "iptables (by default)",
    },
  ],
  [
    "k3s with Cilium",
    { gitVersion: "v1.33.4+k3s1", daemonSets: sets("cilium"), ciliumConfig: { "kube-proxy-replacement": "true" } },
    { distribution: "k3s", cni: "cilium", proxy: "cilium" },
  ],
  [
    "RKE2",
    { gitVersion: "v1.32.5+rke2r1", daemonSets: sets("rke2-canal") },
    { distribution: "RKE2", cni: "canal (calico with flannel)", proxy: "iptables (by default)" },
  ],
  [
    "EKS",
    {
      gitVersion: "v1.33.5-eks-113cf36",
      daemonSets: [
        set("aws-node"),
        set("kube-proxy", { words: ["kube-proxy", "--config=/var/lib/kube-proxy-config/config"] }),
      ],
      proxyConfig: 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nmode: "iptables"\n',
    },
    { distribution: "EKS", cni: "aws-node", proxy: "iptables" },
  ],
  [
    "GKE with Dataplane V2",
    { gitVersion: "v1.33.3-gke.1136000", daemonSets: sets("anetd") },
    { distribution: "GKE", cni: "cilium (GKE Dataplane V2)", proxy: "cilium" },
  ],
  [
    "AKS",
    {
      nodeLabels: { "kubernetes.azure.com/cluster": "MC_x" },
      daemonSets: [
        set("azure-cns"),
        set("kube-proxy", {
          words: ["kube-proxy", "--conntrack-max-per-core=0", "--metrics-bind-address=0.0.0.0:10249"],
        }),
      ],
    },
    { distribution: "AKS", cni: "azure-cni", proxy: "iptables" },
  ],
  [
    "OpenShift",
    { nodeLabels: { "node.openshift.io/os_id": "rhcos" }, daemonSets: sets("ovnkube-node") },
    { distribution: "OpenShift", cni: "ovn-kubernetes", proxy: "ovn-kubernetes (Open vSwitch)" },
  ],
  [
    "Cilium beside kube-proxy",
    {
      daemonSets: sets("cilium", "kube-proxy"),
      proxyConfig: "mode: ipvs\n",
      ciliumConfig: { "kube-proxy-replacement": "false" },
    },
    { cni: "cilium", proxy: "ipvs" },
  ],
  [
    "Cilium before 1.14",
    { daemonSets: sets("cilium"), ciliumConfig: { "kube-proxy-replacement": "strict" } },
    { cni: "cilium", proxy: "cilium" },
  ],
  [
    "AKS with IPVS",
    { daemonSets: [set("kube-proxy", { words: ["/bin/sh", "-c", "exec kube-proxy --proxy-mode ipvs --v=2"] })] },
    { cni: "unknown", proxy: "ipvs" },
  ],
  [
    "GKE without Dataplane V2, whose kube-proxy is a static pod",
    { gitVersion: "v1.33.3-gke.1136000", daemonSets: sets("gke-metrics-agent") },
    { distribution: "GKE", cni: "unknown", proxy: "iptables (by default)" },
  ],
  [
    "OpenShift before 4.12",
    { nodeLabels: { "node.openshift.io/os_id": "rhcos" }, daemonSets: sets("sdn") },
    { distribution: "OpenShift", cni: "openshift-sdn", proxy: "iptables (by default)" },
  ],
  [
    "Calico's eBPF by its FelixConfiguration, beside a ConfigMap that kubeadm left",
    {
      daemonSets: [set("calico-node"), set("kube-proxy", { nodes: 0 })],
      felixBpf: true,
      proxyConfig: "mode: iptables\n",
    },
    { cni: "calico", proxy: "calico (eBPF)" },
  ],
  [
    "Calico's eBPF by Felix's environment",
    { daemonSets: [set("calico-node", { env: { FELIX_BPFENABLED: "true" } })], felixBpf: false },
    { cni: "calico", proxy: "calico (eBPF)" },
  ],
  [
    "Calico whose environment turns off what its FelixConfiguration turns on",
    {
      daemonSets: [set("calico-node", { env: { FELIX_BPFENABLED: "false" } })],
      felixBpf: true,
      proxyConfig: "mode: ipvs\n",
    },
    { cni: "calico", proxy: "ipvs" },
  ],
  [
    "Calico whose FelixConfiguration may not be read, beside a kube-proxy that runs",
    { daemonSets: sets("calico-node", "kube-proxy"), felixBpf: "unread", proxyConfig: "mode: iptables\n" },
    { cni: "calico", proxy: "iptables" },
  ],
  [
    "Calico whose FelixConfiguration may not be read, and a kube-proxy that was sent away",
    {
      daemonSets: [set("calico-node"), set("kube-proxy", { nodes: 0 })],
      felixBpf: "unread",
      proxyConfig: "mode: iptables\n",
    },
    { cni: "calico", proxy: "unknown" },
  ],
  [
    "Cilium whose ConfigMap may not be read, on k3s",
    { gitVersion: "v1.33.4+k3s1", daemonSets: sets("cilium"), ciliumConfig: "unread" },
    { distribution: "k3s", cni: "cilium", proxy: "unknown" },
  ],
  [
    "a kube-proxy that something else replaced",
    { daemonSets: [set("kube-proxy", { nodes: 0 })], proxyConfig: "mode: iptables\n" },
    { cni: "unknown", proxy: "unknown" },
  ],
  [
    "k3s whose DaemonSets may not be listed: something may have replaced its kube-proxy",
    { gitVersion: "v1.33.4+k3s1", daemonSets: null },
    { distribution: "k3s", cni: "flannel (built into k3s, unless it was told otherwise)", proxy: "unknown" },
  ],
  [
    "a kube-proxy whose file may not be read",
    { daemonSets: [set("kube-proxy", { words: ["kube-proxy", "--config=/x"] })], proxyConfig: "unread" },
    { cni: "unknown", proxy: "unknown" },
  ],
  ["nothing that tells", {}, { cni: "unknown", proxy: "unknown" }],
])("%s is named", (_, signs, { distribution, cni, proxy }) => {
  const all = { ...NOTHING, ...signs };
  expect([distributionOf(all), cniOf(all), proxyModeOf(all)]).toEqual([distribution, cni, proxy]);
});

test.each([
  ["cilium", "Cilium's eBPF"],
  ["calico (eBPF)", "Calico's eBPF"],
  ["iptables", undefined],
  ["ovn-kubernetes (Open vSwitch)", undefined],
  ["unknown", undefined],
])("%s leads Services past the kernel's connection tracking: %s", (mode, by) => {
  expect(pastConntrack(mode)).toBe(by);
});
