/**
 * Why something is as it is, as data: a kind and the numbers that belong to it. What a reason reads like is decided in one
 * place (reports/words), so that units and formats agree everywhere.
 */
import { z } from "zod";
import { Said } from "./said.ts";

const count = z.number().int().nonnegative();

/** Who set a sysctl, as far as the node's kernel told. */
export const SettingWriter = z.object({
  process: z.string().describe("the kernel's name of it, of 15 bytes at most"),
  pid: count.exactOptional().describe("absent: the node knows it by another number"),
  of: z
    .discriminatedUnion("kind", [
      z.object({
        kind: z.literal("pod"),
        namespace: z.string(),
        name: z.string(),
        container: z.string().exactOptional(),
      }),
      z.object({ kind: z.literal("unknown-pod"), uid: z.string().describe("of which the cluster tells no name") }),
      z.object({ kind: z.literal("unit"), name: z.string().describe("of systemd") }),
      z.object({ kind: z.literal("host") }),
      z.object({ kind: z.literal("other-network-namespace") }),
    ])
    .exactOptional()
    .describe("absent: not known"),
  writes: count.describe("of the setting since it was read before, by anybody else; this is the last one of its value"),
});
export type SettingWriter = z.infer<typeof SettingWriter>;

/** Why a block does not count. */
export const VoidReason = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("nothing-scheduled") }),
  z.object({ kind: z.literal("outcomes-missing"), scheduled: count, ended: count }),
  z.object({
    kind: z.literal("workers-lost"),
    wanted: count,
    reported: count,
    lost: z.array(z.object({ worker: count, node: z.string(), because: z.string() })),
    lostShare: z.number().describe("their part of the whole load, 0–1"),
  }),
  z.object({ kind: z.literal("start-spread"), ms: z.number(), mostMs: z.number() }),
  z.object({ kind: z.literal("generator-saturated"), because: z.string().describe("the generator's own words") }),
  z.object({ kind: z.literal("not-sent"), requests: count, scheduled: count.exactOptional() }),
  z.object({ kind: z.literal("generator-lag"), p99Ms: z.number(), mostMs: z.number() }),
  z.object({ kind: z.literal("probe-gap"), node: z.string(), ms: z.number(), mostMs: z.number() }),
  z.object({
    kind: z.literal("setting-changed"),
    node: z.string(),
    key: z.string().describe("a sysctl that an arm sets on nodes"),
    from: z.string(),
    to: z.string().describe("set during the block, and not by packetwalk"),
    by: SettingWriter.exactOptional().describe("absent: not seen"),
  }),
  z.object({ kind: z.literal("steal"), share: z.number(), mostShare: z.number() }),
  z.object({ kind: z.literal("not-drained"), node: z.string(), entries: count, allowed: count }),
  z.object({ kind: z.literal("step-failed"), step: z.string(), because: z.string().describe("the cluster's words") }),
  z.object({
    kind: z.literal("placed-elsewhere"),
    workload: z.string().describe("whose pods were not on the nodes on which they are in most blocks"),
  }),
  z.object({
    kind: z.literal("no-report"),
    of: z.string().describe("which part of the load, e.g. the chain's driver"),
  }),
]);
export type VoidReason = z.infer<typeof VoidReason>;

/** Why a metric has its verdict. Effects, floors and intervals are the metric's own. */
export const MetricReason = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("unmeasured"), arms: z.array(z.enum(["baseline", "tuned"])) }),
  z.object({
    kind: z.literal("spoilt"),
    arms: z.array(z.enum(["baseline", "tuned"])),
    blocks: count,
    first: VoidReason,
  }),
  z.object({
    kind: z.literal("nothing-happened"),
    baselineOf: count.describe("opportunities that it had"),
    tunedOf: count,
    mostShare: z.number().describe("that 0 of the fewer allows, with 95 % confidence"),
  }),
  z.object({ kind: z.literal("within-floor") }),
  z.object({ kind: z.literal("too-few-blocks"), baseline: count, tuned: count }),
  z.object({ kind: z.literal("undecided") }),
  z.object({
    kind: z.literal("nights-differ"),
    nights: count.describe("earlier ones, by which it is known how far nights differ"),
    most: z
      .number()
      .nullable()
      .describe("that two nights may differ by without a reason, in the metric's unit; null: too few nights to know"),
  }),
  z.object({
    kind: z.literal("spoilt-by-arm"),
    baseline: count.describe("of its blocks, those that this metric could not use"),
    baselineOf: count,
    tuned: count,
    tunedOf: count,
    first: VoidReason,
  }),
  z.object({
    kind: z.literal("generator-late"),
    baselineMs: z.number().describe("median of the generator's own lag"),
    tunedMs: z.number(),
  }),
  z.object({ kind: z.literal("no-mechanism") }),
  z.object({
    kind: z.literal("mechanism-too-small"),
    mechanism: z.string(),
    moved: z.number().describe("its change, in its own unit"),
    needed: z.number().describe("that could explain the effect"),
  }),
  z.object({ kind: z.literal("counters-incomplete"), blocks: count }),
  z.object({
    kind: z.literal("fails-in-one-arm"),
    arm: z.enum(["baseline", "tuned"]),
    round: count.describe("of the worst block"),
    cause: z.string().describe("or the metric, where that is a count of failures of its suite's own"),
    requests: count.describe("of that block, with that cause"),
    of: count,
    otherMost: count.describe("in the other arm's worst block"),
    inAll: count.exactOptional().describe("of the arm's requests, with that cause; absent in results of before"),
    ofAll: count.exactOptional(),
    otherInAll: count.exactOptional().describe("of the other arm's"),
  }),
  z.object({
    kind: z.literal("slow-in-one-arm"),
    arm: z.enum(["baseline", "tuned"]),
    round: count.describe("of the worst block"),
    value: z.number(),
    otherMost: z.number().describe("in the other arm's worst block"),
  }),
  z.object({ kind: z.literal("harmed"), mechanism: z.string().nullable().describe("harm needs none") }),
  z.object({ kind: z.literal("moved-with"), mechanism: z.string() }),
]);
export type MetricReason = z.infer<typeof MetricReason>;

/** Why two arms may not be compared. */
export const ComparabilityReason = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("no-valid-block") }),
  z.object({ kind: z.literal("other-schedule"), scheduled: count, planned: count }),
  z.object({ kind: z.literal("rates-differ"), share: z.number() }),
  z.object({ kind: z.literal("workers-missing"), reported: count, wanted: count }),
  z.object({ kind: z.literal("placed-elsewhere"), workload: z.string() }),
]);
export type ComparabilityReason = z.infer<typeof ComparabilityReason>;

const names = z.array(z.string()).describe("of metrics");
const beside = z
  .object({ improved: names, regressed: names })
  .describe("what the verdict does not rest on, and a reader must know all the same");

/** Why what a suite asks about did not happen. */
export const PremiseReason = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("no-way"), requests: count.describe("that were sent, and none of which ended well") }),
  z.object({
    kind: z.literal("mostly-failed"),
    baselineShare: z.number().describe("of the requests that failed with nothing to explain it, 0–1"),
    tunedShare: z.number(),
  }),
  z.object({ kind: z.literal("of-suite"), said: Said.describe("in the suite's own words") }),
]);
export type PremiseReason = z.infer<typeof PremiseReason>;

/** Why a run has its verdict. */
export const RunReason = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("premise-not-met"), because: PremiseReason }),
  z.object({
    kind: z.literal("too-few-blocks"),
    voided: count,
    first: VoidReason.nullable(),
    baseline: count,
    tuned: count,
  }),
  z.object({ kind: z.literal("not-comparable"), because: ComparabilityReason }),
  z.object({ kind: z.literal("metrics-decide"), metrics: names, beside }),
  z.object({
    kind: z.literal("possible-harm"),
    improved: names,
    metrics: names.describe("that users feel, and that may have got worse"),
  }),
  z.object({ kind: z.literal("not-by-tuning"), improved: names, settings: z.array(z.string()) }),
  z.object({ kind: z.literal("no-difference"), metrics: names, beside }),
  z.object({ kind: z.literal("not-enough-evidence"), metrics: names, beside }),
  z.object({ kind: z.literal("nothing-judged") }),
]);
export type RunReason = z.infer<typeof RunReason>;

/** What to do now. */
export const Advice = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("adopt"), thenFullSize: z.boolean() }),
  z.object({ kind: z.literal("adopt-only-for"), metrics: names }),
  z.object({ kind: z.literal("do-not-adopt") }),
  z.object({
    kind: z.literal("choose-cluster"),
    cluster: z.enum(["baseline", "tuned", "either"]),
    onlyFor: names.describe("what got better beside the metrics that decide"),
    thenFullSize: z.boolean(),
  }),
  z.object({ kind: z.literal("leave-out") }),
  z.object({ kind: z.literal("more-rounds"), rounds: count }),
  z.object({ kind: z.literal("find-what-differs") }),
  z.object({ kind: z.literal("decide-nothing") }),
  z.object({ kind: z.literal("mend-and-repeat") }),
  z.object({ kind: z.literal("set-in-pods"), sysctls: z.array(z.string()) }),
  z.object({ kind: z.literal("never-arrived"), setting: z.string(), actsIn: z.string() }),
  z.object({ kind: z.literal("as-before"), better: z.boolean() }),
  z.object({ kind: z.literal("find-what-changed"), differences: count }),
  z.object({ kind: z.literal("more-nights"), nights: count }),
]);
export type Advice = z.infer<typeof Advice>;

/** What a reader has to keep in mind. */
export const Warning = z.discriminatedUnion("kind", [
  /** Each arm ran on a cluster of its own: what differs between the arms has no single cause. */
  z.object({ kind: z.literal("two-clusters") }),
  z.object({
    kind: z.literal("spoilt-by-arm"),
    metrics: names,
    baseline: count,
    baselineOf: count,
    tuned: count,
    tunedOf: count,
    first: VoidReason,
  }),
  z.object({
    kind: z.literal("read-in-one-arm"),
    arm: z.enum(["baseline", "tuned"]),
    where: z.array(z.string()).describe("what could be read in this arm only, and is left out of the comparison"),
  }),
  z.object({ kind: z.literal("premise-unread"), said: Said }),
  z.object({
    kind: z.literal("one-node"),
    nodes: z.array(z.string()).min(1).describe("on which load and workload shared their CPUs; two: each arm's own"),
  }),
  z.object({
    kind: z.literal("without-kernel-counters"),
    because: z.string().describe("who refuses the agents that would read them, in their words"),
  }),
]);
export type Warning = z.infer<typeof Warning>;
