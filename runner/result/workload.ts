import { z } from "zod";
import { Arrival } from "./tuning.ts";

const TriedTuning = z.object({
  name: z.string(),
  setting: z.string().describe("as it would be typed"),
  arrival: Arrival.describe("not-applicable: it is nothing that a workload has"),
  because: z
    .string()
    .nullable()
    .describe("why it did not come there, in the cluster's own words where it has any; null: there is nothing to say"),
  readBacks: z.array(z.object({ where: z.string(), wanted: z.string(), got: z.string() })),
});

/** The tuned arm's settings on a workload of the user's. */
export const WorkloadTry = z.object({
  kind: z.literal("Deployment"),
  namespace: z.string(),
  name: z.string(),
  container: z.string().describe("the one that settings of one were for"),
  tunings: z.array(TriedTuning).describe("of the tuned arm, all of them"),
  rollout: z
    .enum(["none", "done", "failed"])
    .describe(
      "of its pods, as the settings came: none, where nothing was changed; whatever it was, it was rolled back",
    ),
  differs: z
    .array(z.string())
    .describe(
      "its fields that were not as before when all was put back; empty: it was as before, owners of fields as well",
    ),
});
export type WorkloadTry = z.infer<typeof WorkloadTry>;
