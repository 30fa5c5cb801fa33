import { describe, expect, it } from "vitest";
import type { IpFamily } from "../../../runner/lab/index.ts";
import { belongsTo } from "../../../runner/lab/machine/namespaces.ts";
import { maximumNodes, networkCommands, nodeNetworks } from "../../../runner/lab/network.ts";

describe("nodeNetworks", () => {
  it("gives every node an address and a pod range of its own, up to the largest lab", () => {
    const nodes = nodeNetworks(maximumNodes, "dual");
    const all = nodes.flatMap(({ addresses }) => addresses);
    expect(new Set(all.map(({ address }) => address)).size).toBe(2 * maximumNodes);
    expect(new Set(all.map(({ podCidr }) => podCidr)).size).toBe(2 * maximumNodes);
    expect(nodes.at(-1)).toMatchObject({
      name: "node100",
      addresses: [
        { address: "10.10.0.110", podCidr: "10.244.100.0/24" },
        { address: "fd00:10:10::110", podCidr: "fd00:10:244:100::/64" },
      ],
    });
  });

  it("has the families in the cluster's order", () => {
    const of = (family: IpFamily) => nodeNetworks(1, family)[0]?.addresses.map(({ address }) => address);
    expect(of("ipv4")).toEqual(["10.10.0.11"]);
    expect(of("dual")).toEqual(["10.10.0.11", "fd00:10:10::11"]);
    expect(of("ipv6-first")).toEqual(["fd00:10:10::11", "10.10.0.11"]);
  });
});

describe("networkCommands", () => {
  const commands = networkCommands("a", nodeNetworks(3, "dual"), "dual");

  it("routes each node to the pods of every other, and none to its own", () => {
    const routes = commands.get("node2")?.filter((line) => line.startsWith("route add 10.244"));
    expect(routes).toEqual(["route add 10.244.1.0/24 via 10.10.0.11", "route add 10.244.3.0/24 via 10.10.0.13"]);
  });

  it("routes the other family as well, and its Services", () => {
    const lines = commands.get("node2")?.filter((line) => line.includes("fd00:"));
    expect(lines).toEqual([
      "address add fd00:10:10::12/64 dev eth0 nodad",
      "route add fd00:10:244:1::/64 via fd00:10:10::11",
      "route add fd00:10:244:3::/64 via fd00:10:10::13",
      "route add fd00:10:96::/112 dev eth0 src fd00:10:10::12",
    ]);
  });

  it("has nothing of IPv6 where nobody asked for it", () => {
    for (const lines of networkCommands("a", nodeNetworks(2, "ipv4"), "ipv4").values())
      expect(lines.join("\n")).not.toContain("fd00:");
  });

  it("leaves them out where the nodes' CNI makes its own, and keeps the control plane's", () => {
    const without = networkCommands("a", nodeNetworks(3, "dual"), "dual", { routedByNodes: false });
    const podRoutes = (lines: readonly string[] = []) => lines.filter((line) => line.startsWith("route add 10.244"));
    expect(podRoutes(without.get("node2"))).toEqual([]);
    expect(podRoutes(without.get("cp"))).toEqual(podRoutes(commands.get("cp")));
    expect(without.get("node2")?.at(-1)).toBe(commands.get("node2")?.at(-1));
  });

  it("makes no default route, so that nothing leaves the lab", () => {
    for (const lines of commands.values()) expect(lines.join("\n")).not.toMatch(/default|0\.0\.0\.0\/0|::\/0/);
  });

  it("puts the far end of each node's link into the node's namespace", () => {
    expect(commands.get("cp")).toContain("link add node3 type veth peer name eth0 netns pw-a-node3");
  });
});

describe("belongsTo", () => {
  it("tells the labs a and a-b apart", () => {
    expect(belongsTo("a", "pw-a-cp")).toBe(true);
    expect(belongsTo("a", "pw-a-node12")).toBe(true);
    expect(belongsTo("a", "pw-a-b-cp")).toBe(false);
    expect(belongsTo("a-b", "pw-a-b-cp")).toBe(true);
    expect(belongsTo("a", "pw-a-nodes")).toBe(false);
  });
});
