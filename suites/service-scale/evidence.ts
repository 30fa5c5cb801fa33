import { z } from "zod";
import type { EvidenceSchema } from "../../runner/result/result.ts";
import { ORDERS } from "./result/orders.ts";
import { VARIANTS } from "./result/variants.ts";

const count = z.number().int().nonnegative();

/** Of one node, when the block's load began. */
const NodeRules = z.object({
  node: z.string(),
  wanted: count.describe("Services of the suite that should be in its rules"),
  found: count.describe("those that are"),
  rules: count.describe("of kube-proxy, in all tables of nf_tables"),
});
export type NodeRules = z.infer<typeof NodeRules>;

const Change = z.object({
  node: z.string(),
  to: z.enum(["open", "refused"]).describe("what connections came to once the change was in force"),
  delayMs: z
    .number()
    .nullable()
    .describe(
      "from when the EndpointSlice's change was sent to the first connection that ended as the changed rule has it; null: not seen",
    ),
  errorMs: z.number().describe("by which that can be off: the API's answer, and the node's clock where it differs"),
});
export type Change = z.infer<typeof Change>;

const ProxyCosts = z.object({
  node: z.string(),
  rssBytes: z.number().nullable().describe("of the process kube-proxy; null: there is none to read"),
  cpuMsPerChange: z.number().nullable(),
  syncMs: z
    .number()
    .nullable()
    .describe("mean of its own syncs during the changes, by its metrics; null: not readable, or it had none"),
  syncs: count.nullable(),
  unread: z.array(z.string()).describe("why something of it could not be read"),
});
export type ProxyCosts = z.infer<typeof ProxyCosts>;

export const ScaleBlockEvidence = z.object({
  services: count.describe("of the suite, beside the cluster's own"),
  isLargest: z.boolean().describe("the size that is judged"),
  variant: z.enum(VARIANTS),
  mode: z.string().describe("of the rules on the client's node"),
  target: z.object({
    address: z.string(),
    place: z.enum(["head", "tail"]),
    rulesWalked: count
      .nullable()
      .describe("before its own, on the client's node; null: it is not found by walking (a map or a hash table)"),
  }),
  nodes: z.array(NodeRules),
  made: z.object({
    created: count,
    deleted: count,
    programmedMs: z
      .number()
      .nullable()
      .describe("from the last answer of the API to all rules in force on every node; null: nothing was made"),
  }),
  changes: z.array(Change),
  proxies: z.array(ProxyCosts),
  connectMs: z
    .object({ p50: z.number(), p99: z.number() })
    .nullable()
    .describe("from SYN to SYN-ACK, of connections that came about"),
  softirqUsPerConnection: z
    .number()
    .nullable()
    .describe("of the whole kernel's softirq time during the load, whoever caused it; null: not readable"),
});
export type ScaleBlockEvidence = z.infer<typeof ScaleBlockEvidence>;

const Interval = z.object({ low: z.number(), high: z.number() });

const Growth = z.object({
  arm: z.string(),
  of: z.string().describe("what grows: connect-p50, programming-delay, sync, softirq, proxy-memory"),
  unit: z.string(),
  against: z.enum(["services", "rules-walked"]),
  points: z.array(z.object({ at: z.number(), value: z.number(), round: z.number().int() })),
  order: z.enum(ORDERS).nullable().describe("the one that AICc prefers; null: too few blocks or sizes to tell"),
  share: z.number().nullable().describe("of resampled runs that prefer the same order, 0–1"),
  perThing: z
    .object({ slope: z.number(), ...Interval.shape })
    .nullable()
    .describe("the line's slope in the unit for each Service, or rule, with its 95 % interval; null: not to be told"),
  curve: z.array(z.object({ at: z.number(), value: z.number() })).describe("of the preferred order, to be drawn"),
});
export type Growth = z.infer<typeof Growth>;

const Beyond = z.object({
  arm: z.string(),
  of: z.string(),
  unit: z.string(),
  services: count.describe("more than were there: this is the model's, and nothing that was measured"),
  value: z.number(),
});
export type Beyond = z.infer<typeof Beyond>;

const FallsBehind = z.object({
  arm: z.string(),
  services: count,
  syncMs: z.number(),
  changesPerSecond: z
    .number()
    .describe("at more than these, each in a sync of its own, syncs take longer than there is time"),
});
export type FallsBehind = z.infer<typeof FallsBehind>;

export const ScaleRunEvidence = z.object({
  sizes: z.array(count),
  variant: z.enum(VARIANTS),
  growth: z.array(Growth),
  fallsBehind: z.array(FallsBehind),
  beyond: z.array(Beyond),
});
export type ScaleRunEvidence = z.infer<typeof ScaleRunEvidence>;

export interface ScaleEvidence {
  readonly block: ScaleBlockEvidence;
  readonly run: ScaleRunEvidence;
}

export const SCALE_EVIDENCE: EvidenceSchema<ScaleEvidence> = { block: ScaleBlockEvidence, run: ScaleRunEvidence };
