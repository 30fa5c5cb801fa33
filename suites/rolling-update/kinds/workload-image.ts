import { z } from "zod";
import { COMMON_FIELDS, readBack, undo } from "../../../runner/tunings/descriptor/fields.ts";
import { tuningKind } from "../../../runner/tunings/kinds/kind.ts";
import { IN_WEB_PODS, type WorkloadImage } from "../tunings.ts";

/** By the image's name, what stops its process. */
const STOP_SIGNALS = { "web-sigquit": "SIGQUIT" } as const;

const schema = z.strictObject({
  kind: z.literal("workload-image"),
  ...COMMON_FIELDS,
  scope: z.literal("pod-spec").describe("where it is set: in the image of the pods"),
  actsIn: z.literal("web-pods").describe("where it has to be to do what is claimed"),
  image: z.literal("web-sigquit").describe("a variant of the web workload's image"),
  readBack: readBack("the signal that pods got when they were stopped"),
  undo: undo("it goes with the Deployment, which is made anew for every block"),
});

export const workloadImageKind = tuningKind({
  name: "workload-image",
  schema,
  make: ({ image, note }, { name }): WorkloadImage => {
    const stopSignal = STOP_SIGNALS[image];
    return {
      kind: "workload-image",
      scope: "pod-spec",
      name,
      image,
      stopSignal,
      setting: `STOPSIGNAL ${stopSignal}`,
      sets: [{ what: "the image of the web pods", value: image }],
      actsIn: IN_WEB_PODS,
      note,
    };
  },
  asks: async () => (await import("../stage/tunings/asks.ts")).patchedAsks({}),
});
