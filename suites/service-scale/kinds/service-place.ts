import { z } from "zod";
import { COMMON_FIELDS, readBack, undo } from "../../../runner/tunings/descriptor/fields.ts";
import { tuningKind } from "../../../runner/tunings/kinds/kind.ts";
import { IN_NODE_RULES, type ServicePlace } from "../tunings.ts";

const schema = z.strictObject({
  kind: z.literal("service-place"),
  ...COMMON_FIELDS,
  scope: z.literal("component").describe("where it is set: nowhere; a Service is chosen by it"),
  actsIn: z.literal("node-rules").describe("where it has to be to do what is claimed"),
  place: z
    .enum(["head", "tail"], { error: "is no place; write head or tail" })
    .describe("of the loaded Service among the suite's, in the chain on the client's node"),
  readBack: readBack("how many rules stand before the Service's own on the client's node"),
  undo: undo("nothing is set; another of the suite's Services is loaded"),
});

export const servicePlaceKind = tuningKind({
  name: "service-place",
  schema,
  make: ({ place, note }, { name }): ServicePlace => ({
    kind: "service-place",
    scope: "component",
    name,
    place,
    setting: `the loaded Service at the ${place} of the chain`,
    sets: [{ what: "the loaded Service's place", value: place }],
    actsIn: IN_NODE_RULES,
    note,
  }),
  asks: async () => [{ kind: "agents" }],
});
