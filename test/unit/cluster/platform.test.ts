import { expect, test } from "vitest";
import { cniOf, distributionOf, type PlatformSigns, proxyModeOf } from "../../../runner/cluster/platform.ts";

const NOTHING: PlatformSigns = {
  gitVersion: "v1.33.1",
  nodeLabels: {},
  daemonSets: [],
  proxyConfig: undefined,
  ciliumConfig: undefined,
};

test.each<[string, Partial<PlatformSigns>, { distribution?: string; cni: string; proxy: string }]>([
  [
    "kubeadm with Calico",
    { daemonSets: ["calico-node", "kube-proxy"], proxyConfig: 'mode: ""\n' },
    { cni: "calico", proxy: "iptables" },
  ],
  [
    "kubeadm with nftables",
    { daemonSets: ["kube-flannel-ds"], proxyConfig: "mode: nftables\n" },
    { cni: "flannel", proxy: "nftables" },
  ],
  [
    "kind",
    { daemonSets: ["kindnet", "kube-proxy"], proxyConfig: "mode: iptables\n" },
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
    { gitVersion: "v1.33.4+k3s1", daemonSets: ["cilium"], ciliumConfig: { "kube-proxy-replacement": "true" } },
    { distribution: "k3s", cni: "cilium", proxy: "cilium" },
  ],
  [
    "RKE2",
    { gitVersion: "v1.32.5+rke2r1", daemonSets: ["rke2-canal"] },
    { distribution: "RKE2", cni: "canal (calico with flannel)", proxy: "iptables (by default)" },
  ],
  [
    "EKS",
    { gitVersion: "v1.33.5-eks-113cf36", daemonSets: ["aws-node", "kube-proxy"] },
    { distribution: "EKS", cni: "aws-node", proxy: "unknown" },
  ],
  [
    "GKE with Dataplane V2",
    { gitVersion: "v1.33.3-gke.1136000", daemonSets: ["anetd"] },
    { distribution: "GKE", cni: "cilium (GKE Dataplane V2)", proxy: "cilium" },
  ],
  [
    "AKS",
    { nodeLabels: { "kubernetes.azure.com/cluster": "MC_x" }, daemonSets: ["azure-cns", "kube-proxy"] },
    { distribution: "AKS", cni: "azure-cni", proxy: "unknown" },
  ],
  [
    "OpenShift",
    { nodeLabels: { "node.openshift.io/os_id": "rhcos" }, daemonSets: ["ovnkube-node"] },
    { distribution: "OpenShift", cni: "ovn-kubernetes", proxy: "unknown" },
  ],
  [
    "Cilium beside kube-proxy",
    {
      daemonSets: ["cilium", "kube-proxy"],
      proxyConfig: "mode: ipvs\n",
      ciliumConfig: { "kube-proxy-replacement": "false" },
    },
    { cni: "cilium", proxy: "ipvs" },
  ],
  [
    "Cilium before 1.14",
    { daemonSets: ["cilium"], ciliumConfig: { "kube-proxy-replacement": "strict" } },
    { cni: "cilium", proxy: "cilium" },
  ],
  ["nothing that tells", {}, { cni: "unknown", proxy: "unknown" }],
])("%s is named", (_, signs, { distribution, cni, proxy }) => {
  const all = { ...NOTHING, ...signs };
  expect([distributionOf(all), cniOf(all), proxyModeOf(all)]).toEqual([distribution, cni, proxy]);
});
