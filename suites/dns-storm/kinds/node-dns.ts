import type { V1DaemonSet } from "@kubernetes/client-node";
import { z } from "zod";
import { COMMON_FIELDS, readBack, undo } from "../../../runner/tunings/descriptor/fields.ts";
import { tuningKind } from "../../../runner/tunings/kinds/kind.ts";
import { ASKED_DNS, IN_RESOLVERS, NODE_LOCAL_ADDRESS, type NodeDns } from "../tunings.ts";

const schema = z.strictObject({
  kind: z.literal("node-dns"),
  ...COMMON_FIELDS,
  scope: z.literal("component").describe("where it is set: a DNS on every node"),
  actsIn: z.literal("resolvers").describe("where it has to be to do what is claimed"),
  readBack: readBack("resolv.conf in each client pod, as its resolver heeds it"),
  undo: undo("address and DNS leave the nodes, which is journalled"),
});

export const nodeDnsKind = tuningKind({
  name: "node-dns",
  schema,
  make: ({ note }, { name }): NodeDns => ({
    kind: "node-dns",
    scope: "component",
    name,
    setting: `a caching DNS on each node at ${NODE_LOCAL_ADDRESS}`,
    sets: [{ what: ASKED_DNS, value: NODE_LOCAL_ADDRESS }],
    nodeChange: "gives every node an address more, and a DNS that listens there",
    actsIn: IN_RESOLVERS,
    note,
  }),
  asks: async () => {
    const { MANIFESTS } = await import("../stage/manifests.ts");
    const { template } = MANIFESTS.object<V1DaemonSet>("node-local", "DaemonSet").spec ?? {};
    if (!template) throw new Error("manifests/node-local has no pod template");
    return [
      { kind: "agents" },
      { kind: "ipv4" },
      { kind: "free-address", address: NODE_LOCAL_ADDRESS },
      { kind: "admission", made: { resource: "pods", object: template } },
    ];
  },
});
