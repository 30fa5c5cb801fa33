import { z } from "zod";
import { CounterName } from "./counters.ts";
import { HopName } from "./hops.ts";
import { Outcomes } from "./outcomes.ts";
import { VoidReason } from "./reasons.ts";

const count = z.number().int().nonnegative();
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

/** Pods per node, per workload: { web: { "node-1": 2, "node-2": 2 } }. */
export const Placement = z.record(z.string(), z.record(z.string(), count));
export type Placement = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** One conntrack sample of the node whose table is fullest (ms since the load's start; negative before it). */
export const ConntrackFrom = z.enum(["proc", "ctnetlink", "nowhere"]);
export type ConntrackFrom = z.infer<typeof ConntrackFrom>;

export const ConntrackSample = z.object({
  atMs: z.number(),
  node: z.string(),
  entries: count,
  limit: count,
  drops: count.nullable().describe("cumulative within the block; null: the kernel does not tell"),
});
export type ConntrackSample = z.infer<typeof ConntrackSample>;

/** What every block measured, whatever its suite and whether or not it counts. */
const measured = z.object({
  round: z.number().int().describe("0 is the warm-up before the first round, which is not evidence"),
  startedAt: z.iso.datetime(),
  scheduled: count,
  sent: count,
  outcomes: Outcomes,
  latencyMs: quantilesMs.describe(
    "from the scheduled time to completion, of every request that was sent, failures included: a timed-out request counts with its full wait",
  ),
  okLatencyMs: quantilesMs
    .nullable()
    .describe("the same, of requests that ended well only; null: none did, or it was not recorded"),
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
      .describe("workers that gave no report"),
    startSpreadMs: z.number().describe("between the first worker's start and the last's"),
  }),
  saturated: z
    .array(z.string())
    .describe("why the load generator, not the target, was the bottleneck; empty if it was not"),
  generatorCpu: z.object({
    seconds: z.number(),
    shareOfMachine: z.number().nullable().describe("null: how large the node is was not readable"),
  }),
  withoutAgents: z
    .string()
    .exactOptional()
    .describe("why nothing on the nodes was read, so that kernel counters are missing; absent: agents read them"),
  probeCpu: z.object({ seconds: z.number() }).describe("what the probes themselves cost"),
  stealShare: z.number().nullable().describe("largest node's CPU steal during the block, 0–1; null: not read"),
  counters: z
    .array(
      z.object({
        where: z.string(),
        hop: HopName,
        deltas: z.partialRecord(CounterName, z.number()),
        conntrackFrom: ConntrackFrom.exactOptional().describe(
          "of a node: where its counters of connection tracking were read; nowhere: they are missing",
        ),
        atLeast: z
          .array(CounterName)
          .exactOptional()
          .describe("those that began anew or were gone before the end: as much as was seen of them, if not more"),
      }),
    )
    .describe("kernel counters over the block, per network namespace"),
  placement: Placement.exactOptional().describe("where the pods were; absent: not recorded"),
  drain: z.object({
    method: z.string().describe("how state that could leak from the block before was removed"),
    conntrackBefore: z.record(z.string(), count).describe("entries per node when the load began"),
    timeWaitBefore: count,
    seconds: z.number(),
  }),
  cliff: z
    .object({ atMs: z.number() })
    .nullable()
    .describe("first conntrack drop, ms after the load began; null: none in this block, or none could be seen"),
  kernelLog: z
    .array(z.string())
    .describe('"table full" lines that the kernel logged for these namespaces in the block'),
  series: z.array(LoadSlice),
  conntrack: z.array(ConntrackSample),
});
export type Measured = z.infer<typeof measured>;

interface OfSuite<Evidence> {
  /** What only the block's suite knows of it. */
  readonly evidence: Evidence;
}

/** A block that counts, though some of its metrics may be spoilt. */
export type Counted<Evidence = unknown> = Measured &
  OfSuite<Evidence> & { readonly valid: true; readonly spoiltBy?: readonly VoidReason[] };

/** A block that does not count, and why. */
export type Voided<Evidence = unknown> = Measured &
  OfSuite<Evidence> & {
    readonly valid: false;
    readonly invalidBecause: readonly [VoidReason, ...VoidReason[]];
  };

export type Block<Evidence = unknown> = Counted<Evidence> | Voided<Evidence>;

/** @param evidence of the suite's blocks */
export function blockSchema(evidence: z.ZodType) {
  return z.discriminatedUnion("valid", [
    measured.extend({
      valid: z.literal(true),
      spoiltBy: z
        .array(VoidReason)
        .exactOptional()
        .describe("what speaks against some of its metrics only; absent: nothing"),
      evidence,
    }),
    measured.extend({
      valid: z.literal(false),
      invalidBecause: z.tuple([VoidReason]).rest(VoidReason).describe("why it does not count"),
      evidence,
    }),
  ]);
}
