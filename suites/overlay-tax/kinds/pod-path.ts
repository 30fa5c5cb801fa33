import { z } from "zod";
import { COMMON_FIELDS, readBack, undo } from "../../../runner/tunings/descriptor/fields.ts";
import { tuningKind } from "../../../runner/tunings/kinds/kind.ts";
import { ON_ROUTES, type PodPath } from "../tunings.ts";

const SETTING = {
  direct: "routes to the other node’s pods by way of that node’s own address",
  vxlan: "routes to the other node’s pods by a VXLAN device, as Flannel’s backend sets them",
} as const;
const DOES = {
  direct: "leads packets between the pods of two nodes past the overlay, by plain routes",
  vxlan: "makes a VXLAN device on two nodes, and leads packets between their pods by it",
} as const;

const schema = z.strictObject({
  kind: z.literal("pod-path"),
  ...COMMON_FIELDS,
  scope: z.literal("node").describe("where it is set: in the network namespaces of the run’s two nodes"),
  actsIn: z.literal("routes").describe("where it has to be to do what is claimed"),
  path: z
    .enum(["direct", "vxlan"], { error: "is neither direct nor vxlan" })
    .describe("which way packets take to the other node’s pods; the pods of the run get the MTU that fits it"),
  readBack: readBack("the device by which each node would send to the other’s pod, and its kind"),
  undo: undo("the routes from before, which are journalled; a device that was made is removed"),
});

export const podPathKind = tuningKind({
  name: "pod-path",
  schema,
  make: ({ path, note }, { name }): PodPath => ({
    kind: "pod-path",
    scope: "node",
    name,
    path,
    setting: SETTING[path],
    sets: [{ what: "the path between the nodes’ pods", value: path }],
    actsIn: ON_ROUTES,
    note,
    nodeChange: DOES[path],
  }),
  asks: async () => [{ kind: "agents" }],
});
