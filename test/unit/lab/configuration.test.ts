import { describe, expect, it } from "vitest";
import { pathOf } from "../../../runner/lab/boot/objects.ts";
import { nodeNetworks } from "../../../runner/lab/network.ts";
import { kubeletConfiguration, merge, parseKubeletFragment } from "../../../runner/lab/node/configuration.ts";
import { differences } from "../../../runner/lab/up.ts";

const [node] = nodeNetworks(1);
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

describe("differences", () => {
  const running = { name: "a", nodes: 2, proxyMode: "iptables" } as const;

  it("finds none in the same options, nor in a port that nobody asked for", () => {
    expect(differences(running, { ...running })).toEqual([]);
    expect(differences({ ...running, apiPort: 6443 }, running)).toEqual([]);
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
