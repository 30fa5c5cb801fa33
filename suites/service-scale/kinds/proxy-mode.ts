import { z } from "zod";
import { COMMON_FIELDS, readBack, undo } from "../../../runner/tunings/descriptor/fields.ts";
import { tuningKind } from "../../../runner/tunings/kinds/kind.ts";
import { PROXY_MODES } from "../../../runner/tunings/lab-need.ts";
import { IN_NODE_RULES, type ProxyModeTuning } from "../tunings.ts";

const schema = z.strictObject({
  kind: z.literal("proxy-mode"),
  ...COMMON_FIELDS,
  scope: z
    .literal("component")
    .describe("where it is set: in kube-proxy's configuration, by whoever built the cluster"),
  actsIn: z.literal("node-rules").describe("where it has to be to do what is claimed"),
  mode: z
    .enum(PROXY_MODES, { error: `is no mode of kube-proxy; write ${PROXY_MODES.join(", ")}` })
    .describe("kube-proxy's mode; an arm with it takes a cluster that has it"),
  readBack: readBack("the rules in force on each node"),
  undo: undo("nothing is set; arms that take different modes get a cluster each"),
});

export const proxyModeKind = tuningKind({
  name: "proxy-mode",
  schema,
  make: ({ mode, note }, { name }): ProxyModeTuning => ({
    kind: "proxy-mode",
    scope: "component",
    name,
    mode,
    setting: `kube-proxy mode: ${mode}`,
    sets: [{ what: "kube-proxy's mode", value: mode }],
    lab: { proxy: mode },
    actsIn: IN_NODE_RULES,
    note,
  }),
  asks: async () => [{ kind: "agents" }],
});
