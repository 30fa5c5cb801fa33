import { z } from "zod";
import { MetricReason } from "./reasons.ts";

export const MetricVerdict = z.enum(["improved", "regressed", "equivalent", "inconclusive"]);
export type MetricVerdict = z.infer<typeof MetricVerdict>;

const described = z.object({
  name: z.string(),
  unit: z.string(),
  primary: z.boolean().describe("primary metrics decide the overall verdict; the others are shown beside them"),
  better: z.enum(["lower", "higher"]),
  floor: z.number().describe("effects smaller than this are not worth acting on, in the metric's unit"),
  why: MetricReason,
});

const none = z.null();
/** No block of an arm measured it. */
const Unmeasured = described.extend({
  state: z.literal("unmeasured"),
  verdict: z.literal("inconclusive"),
  baseline: none,
  tuned: none,
  effect: none,
  ci: none,
  p: none,
  pAdjusted: none,
  smallestDetectable: none,
  noise: none,
  roundsNeeded: none,
  mechanism: none,
});

const compared = described.extend({
  baseline: z.number(),
  tuned: z.number(),
  effect: z.number().describe("tuned − baseline (Hodges–Lehmann), in the metric's unit"),
  ci: z.tuple([z.number(), z.number()]).describe("95 % confidence interval of the effect"),
  p: z.number().describe("two-sided, before correction for the number of metrics"),
  pAdjusted: z.number().describe("after Holm's correction over all judged metrics"),
  smallestDetectable: z
    .number()
    .nullable()
    .describe("smallest effect that this run could have seen, in the metric's unit; null: none, however large"),
  noise: z.number().nullable().describe("difference seen in the A/A pair, in the metric's unit"),
  mechanism: z.string().nullable().describe("the kernel counter that moved with this metric, or null"),
});

/** Measured, and not decided. */
const Open = compared.extend({
  state: z.literal("open"),
  verdict: z.literal("inconclusive"),
  roundsNeeded: z.number().int().nullable().describe("further rounds that would do, at this noise; null: none would"),
});

/** Measured and decided. */
const Settled = compared.extend({
  state: z.literal("settled"),
  verdict: MetricVerdict.exclude(["inconclusive"]),
  roundsNeeded: none,
});

export const Metric = z.discriminatedUnion("state", [Unmeasured, Open, Settled]);
export type Metric = z.infer<typeof Metric>;
export type UnmeasuredMetric = z.infer<typeof Unmeasured>;
export type OpenMetric = z.infer<typeof Open>;
export type SettledMetric = z.infer<typeof Settled>;
