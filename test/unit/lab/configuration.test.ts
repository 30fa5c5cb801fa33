import { describe, expect, it } from "vitest";
import { pathOf } from "../../../runner/lab/boot/objects.ts";
import { cniConfiguration } from "../../../runner/lab/cni/direct.ts";
import { nodeNetworks } from "../../../runner/lab/network.ts";
import {
  kubeletConfiguration,
  merge,
  parseKubeletFragment,
  proxyConfiguration,
} from "../../../runner/lab/node/configuration.ts";
import { differences } from "../../../runner/lab/up.ts";

const [node] = nodeNetworks(1, "ipv6-first");
if (!node) throw new Error("no node");

describe("merge", () => {
  it("lets the user's fragment win, deep inside objects, and replaces lists", () => {
    const ours = kubeletConfiguration("dev", node, "/pki", "/resolv.conf");
    const merged = merge(ours, { evictionHard: { "memory.available": "1Gi" }, clusterDNS: ["10.96.0.53"], maxPods: 5 });
    expect(merged.evictionHard).toEqual({ ...Object(ours.evictionHard), "memory.available": "1Gi" });
    expect(merged.clusterDNS).toEqual(["10.96.0.53"]);
    expect(merged.maxPods).toBe(5);
    expect(ours.maxPods).toBeUndefined();
  });
});

describe("parseKubeletFragment", () => {
  it("takes a fragment with or without its kind, and an empty file", () => {
    expect(parseKubeletFragment("maxPods: 5", "f")).toEqual({ maxPods: 5 });
    expect(parseKubeletFragment("kind: KubeletConfiguration\nmaxPods: 5", "f")).toMatchObject({ maxPods: 5 });
    expect(parseKubeletFragment("", "f")).toEqual({});
  });

  it("refuses what is something else, in one sentence", () => {
    expect(() => parseKubeletFragment("kind: Pod", "f.yaml")).toThrow("f.yaml is a Pod, not a KubeletConfiguration");
    expect(() => parseKubeletFragment("- a", "f.yaml")).toThrow("f.yaml is not a KubeletConfiguration");
    expect(() => parseKubeletFragment("a: [", "f.yaml")).toThrow(/^f\.yaml is not YAML: [^\n]*$/);
  });
});

describe("kubeletConfiguration", () => {
  it("gives each node of each lab a root group of its own", () => {
    expect(kubeletConfiguration("dev", node, "/pki", "/r").cgroupRoot).toBe("/packetwalk-dev/node1");
  });
});

describe("where a cluster has two families, IPv6 first", () => {
  it("listens on the first, asks its DNS, and gives pods addresses and ways of both, in this order", () => {
    const kubelet = kubeletConfiguration("dev", node, "/pki", "/r");
    expect(kubelet).toMatchObject({ address: "fd00:10:10::11", clusterDNS: ["fd00:10:96::a"] });
    expect(proxyConfiguration(node, "iptables", "/k").clusterCIDR).toBe("fd00:10:244::/48,10.244.0.0/16");
    expect(cniConfiguration(node).plugins).toContainEqual(
      expect.objectContaining({
        ipam: {
          type: "host-local",
          ranges: [[{ subnet: "fd00:10:244:1::/64" }], [{ subnet: "10.244.1.0/24" }]],
          routes: [{ dst: "::/0" }, { dst: "0.0.0.0/0" }],
        },
      }),
    );
  });
});

describe("differences", () => {
  const running = { name: "a", nodes: 2, proxyMode: "iptables" } as const;

  it("finds none in the same options, nor in a port that nobody asked for", () => {
    expect(differences(running, { ...running })).toEqual([]);
    expect(differences({ ...running, apiPort: 6443 }, running)).toEqual([]);
  });

  it("takes a lab of before there was a choice for one of IPv4", () => {
    expect(differences(running, { ...running, ipFamily: "ipv4" })).toEqual([]);
    expect(differences({ ...running, ipFamily: "dual" }, running)).toEqual(["--ip-family dual"]);
  });

  it("names each option that differs by what the running lab has", () => {
    const wanted = { ...running, nodes: 3, proxyMode: "nftables", apiPort: 6443 } as const;
    expect(differences(running, wanted)).toEqual(["2 nodes", "kube-proxy in iptables mode", "another API port"]);
  });

  it("tells CNIs apart, what configures them, and asks for no kube-proxy where there is none", () => {
    expect(differences(running, { ...running, cni: "direct" })).toEqual([]);
    expect(differences(running, { ...running, cni: "cilium" })).toEqual(["CNI direct"]);
    const cilium = { ...running, cni: "cilium" } as const;
    expect(differences(cilium, running)).toEqual(["CNI cilium"]);
    expect(differences(cilium, { ...cilium, proxyMode: "nftables" })).toEqual([]);
    expect(differences(cilium, { ...cilium, ciliumConfigFile: "/f" })).toEqual([
      "the Cilium configuration of the default",
    ]);
  });
});

describe("pathOf", () => {
  it("knows core, grouped, namespaced and cluster-wide objects", () => {
    const object = (apiVersion: string, kind: string, namespace?: string) => ({
      apiVersion,
      kind,
      metadata: namespace ? { name: "x", namespace } : { name: "x" },
    });
    expect(pathOf(object("v1", "ConfigMap", "kube-system"))).toBe("/api/v1/namespaces/kube-system/configmaps/x");
    expect(pathOf(object("apps/v1", "Deployment", "n"))).toBe("/apis/apps/v1/namespaces/n/deployments/x");
    expect(pathOf(object("networking.k8s.io/v1", "IngressClass"))).toBe("/apis/networking.k8s.io/v1/ingressclasses/x");
    expect(pathOf(object("rbac.authorization.k8s.io/v1", "ClusterRole"))).toBe(
      "/apis/rbac.authorization.k8s.io/v1/clusterroles/x",
    );
  });
});
