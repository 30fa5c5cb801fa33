/**
 * What name resolution leaves in a block. "The DNS" is the server that the client pods' resolv.conf names: the CoreDNS
 * under test, or the caches on the nodes where an arm has them.
 */
import { z } from "zod";
import { FailureCause, Outcomes } from "../../runner/result/outcomes.ts";
import type { EvidenceSchema } from "../../runner/result/result.ts";
import { DnsFault } from "./result/faults.ts";
import { CauseName, CauseReason, CountDifference, RawRateDoubt, Unseen } from "./result/reasons.ts";
import { NameKind, ResolverName } from "./result/resolvers.ts";

const count = z.number().int().nonnegative();
const byType = z.record(z.string(), count).describe("by query type, e.g. A, AAAA");
const byRcode = z.record(z.string(), count).describe("by response code, e.g. NOERROR, NXDOMAIN");
const histogram = z.string().describe("HDR histogram in µs, V2 compressed, base64");
const quantilesMs = z.object({ p50: z.number(), p99: z.number(), p999: z.number(), max: z.number() });

/** A look-up that was sent and did not end as its name deserves. */
export const FailedLookup = z.object({
  outcome: FailureCause,
  atMs: z.number().describe("when it was due, since the load's start"),
  tookMs: z.number().describe("from there to its end"),
});
export type FailedLookup = z.infer<typeof FailedLookup>;

/** What became of one resolver's look-ups of one name. */
export const Lookups = z.object({
  kind: NameKind,
  name: z.string().describe("as the application asked for it"),
  family: z.literal("both").describe("A and AAAA"),
  scheduled: count,
  outcomes: Outcomes.describe("NXDOMAIN is what should come of a missing name, and no failure there"),
  latency: histogram.describe("from the scheduled instant to the end, of all that were sent; HDR in µs, base64"),
  over4900Ms: count.describe("look-ups that waited for about a resolver's timeout or longer, however they ended"),
  failed: z.array(FailedLookup).describe("each one, in order of their ends; the first 10 000"),
});
export type Lookups = z.infer<typeof Lookups>;

/** One worker's report of a storm; also what a worker prints. */
export const ResolverReport = z.object({
  worker: count,
  resolver: ResolverName,
  startedAtUnixMs: z.number(),
  resolvConf: z.string().describe("as it was found in the pod"),
  lookups: z.array(Lookups),
});
export type ResolverReport = z.infer<typeof ResolverReport>;

/** Queries that so many look-ups of one name by one resolver lead to. */
export const QueryCounts = z.object({
  queries: byType.describe("that the DNS got from the client"),
  nxdomain: count.describe("of its answers, those with NXDOMAIN"),
});
export type QueryCounts = z.infer<typeof QueryCounts>;

/** Look-ups of one name one after another with nothing else under way: what was counted meanwhile is due to them. */
export const CountedLookups = z.object({
  resolver: ResolverName,
  kind: NameKind,
  name: z.string(),
  lookups: count,
  outcomes: Outcomes,
  counted: QueryCounts,
  predicted: QueryCounts.describe("from the pod's resolv.conf, the resolver's rules, and what exists"),
  upstream: z.object({
    counted: byType,
    atLeast: count.describe("predicted, all types together; a cache makes it a range"),
    atMost: count,
  }),
  agrees: z.boolean().describe("counted at the DNS exactly as predicted, and upstream within the range"),
  whyNot: CountDifference.nullable().describe("null: it agrees"),
});
export type CountedLookups = z.infer<typeof CountedLookups>;

/** One DNS server's own counters over the storm. */
export const DnsServer = z.object({
  pod: z.string(),
  node: z.string(),
  role: z.enum(["cluster", "node-cache"]),
  seconds: z.number().describe("between the two readings"),
  restarted: z.boolean().describe("its counters began anew in between, or it was gone: what they say is a part"),
  queries: byType,
  responses: byRcode,
  cacheHits: z.object({ success: count, denial: count }),
  cacheMisses: count,
  forwarded: byRcode.describe("queries sent on to its upstream"),
  maxConcurrentRejects: count,
  cpuSeconds: z.number().nonnegative(),
  throttledSeconds: z.number().nonnegative().nullable().describe("by its CPU limit; null: could not be read"),
});
export type DnsServer = z.infer<typeof DnsServer>;

/** The server outside that the DNS asks for names that are not the cluster's. */
export const DnsUpstream = z.object({
  delayMs: z.number(),
  loss: z.number().describe("share of its UDP queries that it leaves without an answer on purpose, 0–1"),
  queries: z.array(z.object({ name: z.string(), type: z.string(), queries: count, lost: count })),
});
export type DnsUpstream = z.infer<typeof DnsUpstream>;

/** How a look-up of the chain can fail, and a call. */
const stepFailures = {
  "dns-nxdomain": count.exactOptional(),
  "dns-nodata": count.exactOptional(),
  "dns-servfail": count.exactOptional(),
  "dns-timeout": count.exactOptional(),
  "dns-error": count.exactOptional(),
  "call-failed": count.exactOptional(),
};
/**
 * How requests through the chain ended, as its driver says (programs/agent/chain): at the first step that failed, or not
 * within their time. What went wrong with a call is not told apart.
 */
export const ChainOutcomes = z.strictObject({
  ok: count,
  ...stepFailures,
  timeout: count.exactOptional(),
  "not-sent": count.exactOptional(),
});
export type ChainOutcomes = z.infer<typeof ChainOutcomes>;

export const ChainHop = z.object({
  hop: count,
  outcomes: z.strictObject({ ok: count.exactOptional(), ...stepFailures }).describe("of steps that got there"),
  dns: histogram.describe("the look-up of this hop's name; HDR in µs, base64"),
  own: histogram.describe("its call without what lies behind it"),
});
export type ChainHop = z.infer<typeof ChainHop>;

/** A chain of services: each looks the next one's name up, and calls it. */
export const DnsChain = z.object({
  resolver: ResolverName,
  depth: count,
  scheduled: count,
  outcomes: ChainOutcomes,
  latencyMs: quantilesMs.describe("end to end, of requests that ended well"),
  dnsMs: quantilesMs.describe("the sum of a request's look-ups"),
  dnsShare: z
    .object({ p50: z.number(), p99: z.number() })
    .describe("part of the time that was DNS, 0–1: of the requests around the median, and of the slowest 1 %"),
  hops: z.array(ChainHop),
});
export type DnsChain = z.infer<typeof DnsChain>;

/** What was broken on purpose in a block, ms since the load's start. */
export const FaultReport = z.object({
  what: DnsFault,
  atMs: z.number().nullable().describe("null: all the time"),
  untilMs: z
    .number()
    .nullable()
    .describe("when a killed pod's place was taken, or the next fault's turn; null: the end"),
  pod: z.string().nullable().describe("which one was killed"),
});
export type FaultReport = z.infer<typeof FaultReport>;

/** What the servers counted between two readings of a storm, ms since the load's start. */
export const DnsStretch = z.object({
  fromMs: z.number(),
  toMs: z.number(),
  refused: count.describe("queries that max_concurrent refused to clients, by the server's counter"),
  lost: count.describe("queries that the upstream left without an answer, by its own counter"),
  throttledShare: z
    .number()
    .nullable()
    .describe("of the time, by the most throttled server's CPU limit; null: not read"),
  lookups: count.describe("that were due in it"),
  failures: count.describe("of them"),
  okLatency: histogram.describe("of those that ended well; HDR in µs, base64"),
});
export type DnsStretch = z.infer<typeof DnsStretch>;

/** Failed look-ups of one cause, given to whoever's counters account for them. */
export const DnsCause = z.object({
  cause: CauseName,
  outcome: FailureCause.describe("what the client saw, e.g. dns-servfail"),
  failures: count,
  why: CauseReason.describe("which counters account for them"),
});
export type DnsCause = z.infer<typeof DnsCause>;

/** Queries as fast as the DNS answers them (dnsperf), after the storm and with an upstream in order. */
export const RawRate = z.object({
  lookups: count.describe("whose queries, by glibc’s rules, are the list that is asked over and over"),
  queriesPerLookup: z.number().nonnegative().describe("mean of that list, A and AAAA"),
  nxdomainShare: z.number().describe("of that list’s answers, those that should be NXDOMAIN, 0–1"),
  outstanding: count.describe("queries without an answer yet, at most"),
  sent: count,
  answered: count,
  lost: count.describe("without an answer within 5 s"),
  responses: byRcode,
  seconds: z.number().nonnegative(),
  answersPerSecond: z.number().nonnegative(),
  lookupsPerSecond: z
    .number()
    .nonnegative()
    .describe("that its good answers (NOERROR, NXDOMAIN) serve: those per second ÷ queries of a look-up"),
  meanLatencyMs: z
    .number()
    .nonnegative()
    .describe("for no verdict: the loop is closed, a query waits for others’ answers before it is sent"),
  servers: z
    .object({
      queries: byType.describe("that they counted meanwhile"),
      cpuSeconds: z.number().nonnegative(),
      throttledSeconds: z.number().nonnegative().nullable().describe("by their CPU limit; null: could not be read"),
      restarted: z.boolean().describe("one of them began anew meanwhile, or could not be read: the sums are a part"),
    })
    .describe("those that clients ask, together"),
  atStormsRate: z
    .object({ perSecond: z.number(), answered: count, cpuSeconds: z.number().nonnegative() })
    .nullable()
    .describe(
      "the same list before, as often as the storm asked: what an answer costs a server that is mostly idle; null: not known",
    ),
  doubt: RawRateDoubt.nullable().describe("why this is not the DNS’s own rate; null: it is"),
});
export type RawRate = z.infer<typeof RawRate>;

/** Of one block. */
export const DnsEvidence = z.object({
  resolvers: z.array(ResolverReport),
  counted: z.array(CountedLookups),
  servers: z.array(DnsServer),
  upstream: DnsUpstream,
  chain: DnsChain.nullable(),
  raw: RawRate.nullable().describe("null: it could not be measured; unseen says why"),
  faults: z.array(FaultReport),
  stretches: z.array(DnsStretch).describe("the storm's time, parted where something was broken"),
  failures: count.describe("look-ups that ended otherwise than their name deserves"),
  causes: z.array(DnsCause),
  unexplained: count,
  unseen: z.array(Unseen).describe("what could not be read on this target, and why"),
});
export type DnsEvidence = z.infer<typeof DnsEvidence>;

/** Of the run as a whole. */
const DnsRunEvidence = z.strictObject({
  fullLoadMs: z.number().describe("length of a block's load at full size: what a quick run is smaller than"),
});

export interface StormEvidence {
  readonly block: DnsEvidence;
  readonly run: z.infer<typeof DnsRunEvidence>;
}

export const STORM_EVIDENCE: EvidenceSchema<StormEvidence> = { block: DnsEvidence, run: DnsRunEvidence };
