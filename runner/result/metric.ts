import { z } from "zod";
import { MetricReason } from "./reasons.ts";

export const MetricVerdict = z.enum(["improved", "regressed", "equivalent", "inconclusive"]);
export type MetricVerdict = z.infer<typeof MetricVerdict>;

const described = z.object({
  name: z.string(),
  unit: z.string(),
  primary: z.boolean().describe("primary metrics decide the overall verdict; the others are shown beside them"),
  felt: z
    .boolean()
    .exactOptional()
    .describe("users feel it: where it got worse, that decides too, primary or not; absent: they do not"),
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
  confidence: none.exactOptional(),
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
  effect: z
    .number()
    .describe("tuned − baseline, in the metric's unit: of means for counts and shares, else Hodges–Lehmann"),
  ci: z
    .tuple([z.number(), z.number()])
    .nullable()
    .describe("confidence interval of the effect; null: so few blocks allow none"),
  confidence: z
    .number()
    .nullable()
    .exactOptional()
    .describe("that the interval really has: 0.95, or less with few blocks"),
  p: z.number().describe("two-sided, before any correction"),
  pAdjusted: z
    .number()
    .describe("below 0.05 it decides: two-sided, and corrected for the number of metrics (Holm) and of looks"),
  smallestDetectable: z
    .number()
    .nullable()
    .describe("smallest effect that this run could have seen, in the metric's unit; null: none, however large"),
  noise: z.number().nullable().describe("by how much two blocks of one arm typically differ, in the metric's unit"),
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
