/** What of a result is followed over time: the night's values, and what else could have changed them. */
import { z } from "zod";
import { OverallVerdict } from "./result.ts";

const NightMetric = z.object({
  name: z.string(),
  unit: z.string(),
  better: z.enum(["lower", "higher"]),
  decides: z.boolean().describe("primary, or felt by users"),
  floor: z.number().describe("differences smaller than this are not worth acting on, in the metric's unit"),
  noise: z.number().nullable().describe("by how much two blocks of one arm typically differed; null: not known"),
  values: z.record(z.string(), z.number().nullable()).describe("by arm; null: not measured"),
});

export const Night = z.object({
  cluster: z.string().describe("its UID; context:NAME where that was not readable"),
  suite: z.string(),
  size: z.enum(["quick", "full"]),
  at: z.iso.datetime().describe("when the run began"),
  packetwalk: z.string(),
  verdict: z.enum([...OverallVerdict.options, "measured"]).describe("measured: one arm, compared with nothing"),
  facts: z.record(z.string(), z.string()).describe("what was alike for all arms, in words: kernel, CNI, load, …"),
  asked: z
    .record(z.string(), z.string())
    .nullable()
    .describe("options, by their names; null: the result does not tell"),
  arms: z.array(
    z.object({
      name: z.string(),
      role: z.enum(["baseline", "tuned", "alone"]),
      tunings: z.record(z.string(), z.string()).describe("what became of each setting: arrived, never-arrived, …"),
    }),
  ),
  metrics: z.array(NightMetric),
});
export type Night = z.infer<typeof Night>;
export type NightMetric = z.infer<typeof NightMetric>;
