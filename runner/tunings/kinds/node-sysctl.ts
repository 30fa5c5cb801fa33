import { z } from "zod";
import { undo } from "../descriptor/fields.ts";
import { type NodeSysctl, nodeSysctl } from "../sysctl.ts";
import { tuningKind } from "./kind.ts";
import { SYSCTL_FIELDS, SYSCTL_PLACES } from "./sysctl-fields.ts";

const schema = z.strictObject({
  kind: z.literal("node-sysctl"),
  ...SYSCTL_FIELDS,
  scope: z
    .enum(["kernel", "node"])
    .describe(
      "where it is set: kernel, where one value serves all of a machine; node, in each node's network namespace",
    ),
  actsIn: z
    .enum(["nodes", "client-pods", "server-pods", "client-and-server-pods"])
    .describe("where it has to be to do what is claimed"),
  onlyRaises: z
    .boolean({ error: "is neither true nor false" })
    .default(false)
    .describe("it is meant to raise a limit: refused where a node has more already"),
  undo: undo("the value from before, which is journalled"),
});

export const nodeSysctlKind = tuningKind({
  name: "node-sysctl",
  schema,
  make: ({ key, value, scope, actsIn, onlyRaises, note }, { name }): NodeSysctl =>
    nodeSysctl({ name, key, value, scope, onlyRaises, actsIn: SYSCTL_PLACES[actsIn], note }),
  asks: async ({ key }) => [
    { kind: "agents" },
    ...(key.startsWith("net.netfilter.") ? [{ kind: "conntrack" } as const] : []),
  ],
});
