import { describe, expect, it } from "vitest";
import { encapsulationBytes } from "../../../runner/analysis/capacity/encapsulation.ts";
import { calicoPath, ciliumPath, flannelPaths, sourcesOf } from "../../../runner/cluster/declared-paths.ts";
import { pathsByNature } from "../../../runner/cluster/paths-by-nature.ts";

const backend = (config: Record<string, string>) => ciliumPath(config).backend;

describe("what a cluster says of its path between nodes", () => {
  it("Cilium, by its options of today and of before 1.14", () => {
    expect(backend({ "routing-mode": "native" })).toBe("native routing");
    expect(backend({ "routing-mode": "tunnel", "tunnel-protocol": "geneve" })).toBe("geneve tunnel");
    expect(backend({ tunnel: "disabled" })).toBe("native routing");
    expect(backend({ tunnel: "geneve" })).toBe("geneve tunnel");
    expect(backend({})).toBe("vxlan tunnel");
    expect(ciliumPath({ mtu: "8950" }).mtu).toBe(8_950);
    expect(ciliumPath({ mtu: "0" }).mtu).toBeNull();
  });

  it("Flannel, by its nodes' annotations and its ConfigMap", () => {
    const conf = JSON.stringify({
      Network: "10.244.0.0/16",
      Backend: { Type: "vxlan", DirectRouting: true, MTU: 1_400 },
    });
    expect(flannelPaths(["vxlan", "vxlan", undefined], [conf])).toEqual([
      { by: "Flannel (node annotations)", backend: "vxlan", mtu: null },
      { by: "Flannel (net-conf.json)", backend: "vxlan, and direct routes between nodes of one subnet", mtu: 1_400 },
    ]);
    expect(flannelPaths(["host-gw"], ["no JSON"]).map((each) => each.backend)).toEqual(["host-gw, direct routes"]);
    expect(flannelPaths([undefined], [])).toEqual([]);
  });

  it("Calico, by its pools", () => {
    const pool = (vxlanMode: "Always" | "CrossSubnet" | "Never", ipipMode: "Always" | "CrossSubnet" | "Never") =>
      calicoPath({ metadata: { name: "default" }, spec: { cidr: "10.1.0.0/16", vxlanMode, ipipMode } });
    expect(pool("Never", "Never").backend).toContain("no encapsulation");
    expect(pool("Always", "Never")).toMatchObject({ by: "Calico (IPPool default, 10.1.0.0/16)", backend: "vxlan" });
    expect(pool("Never", "CrossSubnet").backend).toBe("ipip between subnets, direct routes within one");
  });
});

describe("whom doctor asks", () => {
  it("only those whose DaemonSet is there, in its namespace", () => {
    expect(sourcesOf([])).toEqual({ cilium: null, calico: false, flannel: [] });
    expect(sourcesOf([{ namespace: "network", name: "cilium" }]).cilium).toBe("network");
    expect(sourcesOf([{ namespace: "calico-system", name: "calico-node" }])).toMatchObject({
      calico: true,
      flannel: [],
    });
    expect(sourcesOf([{ namespace: "kube-system", name: "canal" }])).toMatchObject({
      calico: true,
      flannel: [{ namespace: "kube-system", name: "canal-config" }],
    });
  });

  it("DaemonSets that tell the way by themselves", () => {
    const of = (name: string, words: string[] = [], env: Record<string, string> = {}) =>
      pathsByNature([{ name, words, env, nodes: 1 }])[0];
    expect(of("kindnet")).toMatchObject({ backend: "no encapsulation: direct routes", mtu: null });
    expect(of("aws-node")?.mtu).toBe(9001);
    expect(of("aws-node", [], { AWS_VPC_ENI_MTU: "1500" })?.mtu).toBe(1500);
    expect(of("kube-router")?.backend).toBe("ipip between subnets, direct routes within one");
    expect(of("kube-router", ["--enable-overlay=false"])?.backend).toContain("no encapsulation");
    expect(of("kube-router", ["--overlay-type=full", "--overlay-encap=fou"])?.backend).toBe("fou");
    expect(of("weave-net")).toBeUndefined();
  });

  it("what each way adds to a packet, by the words of all of them", () => {
    expect(encapsulationBytes(flannelPaths(["wireguard"], [])[0]?.backend ?? "")).toBe(60);
    expect(encapsulationBytes(flannelPaths(["host-gw"], [])[0]?.backend ?? "")).toBe(0);
    expect(encapsulationBytes(ciliumPath({}).backend)).toBe(50);
    expect(encapsulationBytes(ciliumPath({ "routing-mode": "native" }).backend)).toBe(0);
    expect(encapsulationBytes("hybridnet")).toBeNull();
  });
});
