import { z } from "zod";

export const TuningScope = z.enum(["kernel", "node", "pod-spec", "component"]);
export type TuningScope = z.infer<typeof TuningScope>;

export const Arrival = z.enum(["arrived", "partly", "never-arrived", "refused", "not-applicable"]);
export type Arrival = z.infer<typeof Arrival>;

export const TuningReport = z.object({
  name: z.string(),
  arm: z.string(),
  setting: z.string().describe("as it would be typed, e.g. net.ipv4.tcp_fin_timeout = 15"),
  folder: z
    .object({ path: z.string().describe("as it was typed"), sha256: z.string().describe("of the files read of it") })
    .exactOptional()
    .describe("the user's own folder that it was read from; absent: it is of the catalogue"),
  scope: TuningScope.describe("where it was set: whole kernel, node network namespace, pod spec, cluster component"),
  actsIn: z.string().describe("where it would have to act to do what is claimed"),
  arrival: Arrival,
  note: z.string().describe("what it really does there"),
  failed: z
    .object({ where: z.string(), because: z.string() })
    .nullable()
    .describe("the first place where it could not be written, in that place's own words; null: it could everywhere"),
  readBacks: z.array(z.object({ where: z.string(), wanted: z.string(), got: z.string() })),
});
export type TuningReport = z.infer<typeof TuningReport>;
