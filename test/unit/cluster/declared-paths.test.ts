import { describe, expect, it } from "vitest";
import { calicoPath, ciliumPath, flannelPaths } from "../../../runner/cluster/declared-paths.ts";

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
