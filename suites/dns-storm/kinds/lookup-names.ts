import { z } from "zod";
import { COMMON_FIELDS, readBack, undo } from "../../../runner/tunings/descriptor/fields.ts";
import { tuningKind } from "../../../runner/tunings/kinds/kind.ts";
import { IN_RESOLVERS, type LookupNames } from "../tunings.ts";

const schema = z.strictObject({
  kind: z.literal("lookup-names"),
  ...COMMON_FIELDS,
  scope: z.literal("pod-spec").describe("where it is set: in each application's configuration"),
  actsIn: z.literal("resolvers").describe("where it has to be to do what is claimed"),
  write: z.literal("full-with-final-dot").describe("how applications write the names that they look up"),
  readBack: readBack("the names that each client asked for"),
  undo: undo("it goes with the pods"),
});

export const lookupNamesKind = tuningKind({
  name: "lookup-names",
  schema,
  make: ({ write, note }, { name }): LookupNames => ({
    kind: "lookup-names",
    scope: "pod-spec",
    name,
    write,
    setting: "names looked up in full, with their final dot: api.shop.test.",
    sets: [{ what: "how names are looked up", value: write }],
    actsIn: IN_RESOLVERS,
    note,
  }),
  asks: async () => {
    const { loadPod } = await import("../../../runner/workloads/load-pod.ts");
    return [{ kind: "admission", made: { resource: "pods", object: loadPod({}) } }];
  },
});
