/**
 * The result file: what one `compare` of one suite says, and all that it is drawn from.
 * Everything in `reports/` reads this and nothing else; `docs/result.schema.json` is generated from it.
 */
import { z } from "zod";
import { DnsEvidence } from "../../suites/dns-storm/evidence.ts";
import { RolloutEvidence } from "../../suites/rolling-update/evidence.ts";

export const SCHEMA_VERSION = 1;

/** How a scheduled request can end other than well. Every scheduled request ends in exactly one bucket. */
export const FAILURE_CAUSES = [
  "connect-timeout",
  "response-timeout",
  "refused",
  "reset",
  "port-exhausted",
  "unreachable",
  "truncated",
  "protocol-error",
  "tls",
  "dns-timeout",
  "dns-servfail",
  "dns-nxdomain",
  "dns-nodata",
  "dns-error",
  "status-4xx",
  "status-500",
  "status-502",
  "status-503",
  "status-504",
  "status-5xx",
  "not-sent",
] as const;
export const FailureCause = z.enum(FAILURE_CAUSES);
export type FailureCause = z.infer<typeof FailureCause>;

const count = z.number().int().nonnegative();

/** Outcome counts; `ok` is always there, a cause only where it happened. */
export const Outcomes = z.object({ ok: count }).catchall(count);
export type Outcomes = z.infer<typeof Outcomes>;

export const HOPS = [
  "client-ports",
  "client-conntrack",
  "dns",
  "service-dnat",
  "overlay",
  "softnet",
  "listen-queue",
  "ingress-upstream",
  "terminating-pod",
] as const;
/** The packet's walk, in order. A hop without counters on this target is left out of the result, never zeroed. */
export const HopName = z.enum(HOPS);
export type HopName = z.infer<typeof HopName>;

const quantilesMs = z.object({ p50: z.number(), p99: z.number(), p999: z.number(), max: z.number() });

/** One slice of a block's time axis, from the load generator's own clock (slice start, ms since the load's start). */
export const LoadSlice = z.object({
  atMs: z.number(),
  scheduled: count,
  ok: count,
  failed: count,
  p50Ms: z.number().nullable().describe("of requests scheduled in this slice that ended well; null if none did"),
  p99Ms: z.number().nullable(),
});
export type LoadSlice = z.infer<typeof LoadSlice>;

/** One conntrack sample of the node whose table is fullest (ms since the load's start; negative before it). */
export const ConntrackSample = z.object({
  atMs: z.number(),
  node: z.string(),
  entries: count,
  limit: count,
  drops: count.describe("cumulative within the block"),
});
export type ConntrackSample = z.infer<typeof ConntrackSample>;

export const Block = z.object({
  round: z.number().int().describe("0 is the A/A pair before the first round"),
  valid: z.boolean(),
  invalidBecause: z.array(z.string()),
  startedAt: z.iso.datetime(),
  scheduled: count,
  sent: count,
  outcomes: Outcomes,
  latencyMs: quantilesMs.describe(
    "from the scheduled time to completion, of every request that was sent, failures included: a timed-out request counts with its full wait",
  ),
  okLatencyMs: quantilesMs.describe("the same, of requests that ended well only"),
  scheduleLagMs: z.object({ p50: z.number(), p99: z.number(), max: z.number() }),
  histograms: z
    .object({ latency: z.string(), connect: z.string(), firstByte: z.string() })
    .describe("HDR histograms in µs, V2 compressed, base64"),
  workers: z.object({
    wanted: count,
    reported: count,
    lost: z
      .array(
        z.object({
          worker: count,
          pod: z.string(),
          node: z.string(),
          share: z.number().describe("its part of the whole load, 0–1"),
          because: z.string(),
        }),
      )
      .default([])
      .describe("workers that gave no report"),
    startSpreadMs: z.number().default(0).describe("between the first worker's start and the last's"),
  }),
  saturated: z
    .array(z.string())
    .default([])
    .describe("why the load generator, not the target, was the bottleneck; empty if it was not"),
  generatorCpu: z.object({ seconds: z.number(), shareOfMachine: z.number() }),
  probeCpu: z.object({ seconds: z.number() }).describe("what the probes themselves cost"),
  stealShare: z.number().describe("largest node's CPU steal during the block, 0–1"),
  counters: z
    .array(z.object({ where: z.string(), hop: HopName, deltas: z.record(z.string(), z.number()) }))
    .describe("kernel counters over the block, per network namespace"),
  drain: z.object({
    method: z.string().describe("how state that could leak from the block before was removed"),
    conntrackBefore: z.record(z.string(), count).describe("entries per node when the load began"),
    timeWaitBefore: count,
    seconds: z.number(),
  }),
  prefill: z.object({ entries: count, node: z.string() }).nullable(),
  cliff: z
    .object({ atMs: z.number() })
    .nullable()
    .describe("first conntrack drop, ms after the load began; null: none in this block"),
  kernelLog: z
    .array(z.string())
    .describe('"table full" lines that the kernel logged for these namespaces in the block'),
  series: z.array(LoadSlice),
  conntrack: z.array(ConntrackSample),
  rollout: RolloutEvidence.optional().describe("where pods were taken away during the load"),
  dns: DnsEvidence.optional().describe("where the load was name resolution"),
});
export type Block = z.infer<typeof Block>;

export const Arm = z.object({
  name: z.string(),
  role: z.enum(["baseline", "tuned"]),
  tunings: z.array(z.string()),
  blocks: z.array(Block),
});
export type Arm = z.infer<typeof Arm>;

export const MetricVerdict = z.enum(["improved", "regressed", "equivalent", "inconclusive"]);
export type MetricVerdict = z.infer<typeof MetricVerdict>;

export const Metric = z.object({
  name: z.string(),
  unit: z.string(),
  primary: z.boolean().describe("primary metrics decide the overall verdict; the others are shown beside them"),
  better: z.enum(["lower", "higher"]),
  baseline: z.number().nullable(),
  tuned: z.number().nullable(),
  effect: z.number().nullable().describe("tuned − baseline (Hodges–Lehmann), in the metric's unit"),
  ci: z.tuple([z.number(), z.number()]).nullable().describe("95 % confidence interval of the effect"),
  p: z.number().nullable().describe("two-sided, before correction for the number of metrics"),
  pAdjusted: z.number().nullable().describe("after Holm's correction over all judged metrics"),
  smallestDetectable: z
    .number()
    .nullable()
    .describe("smallest effect that this run could have seen, in the metric's unit"),
  floor: z.number().describe("effects smaller than this are not worth acting on, in the metric's unit"),
  noise: z.number().nullable().describe("difference seen in the A/A pair, in the metric's unit"),
  roundsNeeded: z.number().int().nullable().describe("for inconclusive: further rounds that would do, at this noise"),
  mechanism: z.string().nullable().describe("the kernel counter that moved with this metric, or null"),
  verdict: MetricVerdict,
  why: z.string(),
});
export type Metric = z.infer<typeof Metric>;

export const TuningScope = z.enum(["kernel", "node", "pod-spec", "component"]);
export const Arrival = z.enum(["arrived", "partly", "never-arrived", "refused", "not-applicable"]);
export type Arrival = z.infer<typeof Arrival>;

export const TuningReport = z.object({
  name: z.string(),
  arm: z.string(),
  setting: z.string().describe("as it would be typed, e.g. net.ipv4.tcp_fin_timeout = 15"),
  scope: TuningScope.describe("where it was set: whole kernel, node network namespace, pod spec, cluster component"),
  actsIn: z.string().describe("where it would have to act to do what is claimed"),
  arrival: Arrival,
  note: z.string(),
  readBacks: z.array(z.object({ where: z.string(), wanted: z.string(), got: z.string() })),
});
export type TuningReport = z.infer<typeof TuningReport>;

export const HopReport = z.object({
  name: HopName,
  arm: z.string(),
  counters: z.record(z.string(), z.number()),
  drops: count.describe("packets or connections that died here, by the kernel's own count"),
});
export type HopReport = z.infer<typeof HopReport>;

export const Attribution = z.object({
  failures: count,
  attributed: count,
  unexplained: count,
  byHop: z.record(z.string(), count),
  evidence: z.array(z.string()).describe("one sentence a hop: which counters and how they add up"),
});
export type Attribution = z.infer<typeof Attribution>;

export const Prediction = z.object({
  name: z.string(),
  arm: z.string(),
  unit: z.string(),
  predicted: z.number().nullable().describe("null: never, by the model"),
  measured: z
    .number()
    .nullable()
    .describe("null: did not happen within the block, or could not be measured; the note says which"),
  error: z.number().nullable().describe("(measured − predicted) / predicted"),
  note: z.string(),
});
export type Prediction = z.infer<typeof Prediction>;

export const OverallVerdict = z.enum(["improved", "regressed", "equivalent", "inconclusive", "invalid"]);
export type OverallVerdict = z.infer<typeof OverallVerdict>;

export const Target = z.object({
  kind: z.enum(["lab", "kubeconfig"]),
  context: z.string(),
  kubernetes: z.string(),
  cni: z.string(),
  proxyMode: z.string(),
  kernel: z.string(),
  nodes: z.number().int(),
  nodeFacts: z.array(
    z.object({
      name: z.string(),
      cpus: z.number(),
      memoryBytes: z.number(),
      region: z.string().nullable(),
      zone: z.string().nullable(),
      containerRuntime: z.string(),
    }),
  ),
});
export type Target = z.infer<typeof Target>;

export const Result = z.object({
  schemaVersion: z.literal(SCHEMA_VERSION),
  packetwalk: z.string().describe("packetwalk's version"),
  suite: z.string(),
  question: z.string(),
  seed: z.number().int(),
  quick: z.boolean(),
  scale: z
    .string()
    .describe("how this run differs from the full-size one, e.g. a prefilled table; empty if it does not"),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  target: Target,
  verdict: OverallVerdict,
  why: z.string().describe("one sentence: why this verdict"),
  advice: z.array(z.string()).describe("what to do now"),
  load: z.object({
    engine: z.string(),
    model: z
      .enum(["open", "closed"])
      .default("open")
      .describe("open: requests at scheduled instants; closed: as many as are answered"),
    ratePerSecond: z.number().nullable().describe("mean over the block; null in a closed loop"),
    connections: z.number().nullable().default(null).describe("in flight in a closed loop; null in an open one"),
    arrivals: z.enum(["constant", "poisson"]).nullable().default("constant"),
    durationMs: z.number(),
    timeoutMs: z.number(),
    workers: z.number().int(),
    placement: z.enum(["one-node", "all-nodes"]).default("one-node"),
  }),
  order: z.array(z.string()).describe("arm of each block, in the order run; the first two are the A/A pair"),
  arms: z.array(Arm),
  metrics: z.array(Metric),
  tunings: z.array(TuningReport),
  hops: z.array(HopReport),
  attribution: Attribution,
  predictions: z.array(Prediction),
  predictedOccupancy: z
    .array(
      z.object({ arm: z.string(), limit: count, points: z.array(z.object({ atMs: z.number(), entries: z.number() })) }),
    )
    .describe("the capacity model's line for the fullest node's conntrack table, to draw beside the samples"),
  cliffCheck: z
    .object({ arm: z.string(), block: Block })
    .optional()
    .describe("one extra block, outside the comparison: does the cliff come back at a larger table's own limit?"),
  warnings: z.array(z.string()),
});
export type Result = z.infer<typeof Result>;
