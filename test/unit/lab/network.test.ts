import { describe, expect, it } from "vitest";
import { belongsTo } from "../../../runner/lab/machine/namespaces.ts";
import { maximumNodes, networkCommands, nodeNetworks } from "../../../runner/lab/network.ts";

describe("nodeNetworks", () => {
  it("gives every node an address and a pod range of its own, up to the largest lab", () => {
    const nodes = nodeNetworks(maximumNodes);
    expect(new Set(nodes.map((node) => node.address)).size).toBe(maximumNodes);
    expect(new Set(nodes.map((node) => node.podCidr)).size).toBe(maximumNodes);
    expect(nodes.at(-1)).toEqual({ name: "node100", address: "10.10.0.110", podCidr: "10.244.100.0/24" });
  });
});

describe("networkCommands", () => {
  const commands = networkCommands("a", nodeNetworks(3));

  it("routes each node to the pods of every other, and none to its own", () => {
    const routes = commands.get("node2")?.filter((line) => line.startsWith("route add 10.244"));
    expect(routes).toEqual(["route add 10.244.1.0/24 via 10.10.0.11", "route add 10.244.3.0/24 via 10.10.0.13"]);
  });

  it("leaves them out where the nodes' CNI makes its own, and keeps the control plane's", () => {
    const without = networkCommands("a", nodeNetworks(3), { routedByNodes: false });
    const podRoutes = (lines: readonly string[] = []) => lines.filter((line) => line.startsWith("route add 10.244"));
    expect(podRoutes(without.get("node2"))).toEqual([]);
    expect(podRoutes(without.get("cp"))).toEqual(podRoutes(commands.get("cp")));
    expect(without.get("node2")?.at(-1)).toBe(commands.get("node2")?.at(-1));
  });

  it("makes no default route, so that nothing leaves the lab", () => {
    for (const lines of commands.values()) expect(lines.join("\n")).not.toMatch(/default|0\.0\.0\.0\/0/);
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
