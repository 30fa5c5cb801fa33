/** What `rehearse --json` prints, and what the go/no-go sheet is drawn from. */
import { z } from "zod";
import { HopName } from "./hops.ts";
import { Outcomes } from "./outcomes.ts";
import { Target } from "./target.ts";

/** Goes up when something that was there changes its meaning or goes. */
export const REHEARSAL_VERSION = 2;

const count = z.number().int().nonnegative();
const perSecond = z.number().nonnegative();

/** Where a rehearsal can break. "target": the Service's own pods, with no counter of the network that moved. */
export const BREAKING_HOPS = [...HopName.options, "target"] as const;
export const BreakingHop = z.enum(BREAKING_HOPS);
export type BreakingHop = z.infer<typeof BreakingHop>;

export const SLO_KINDS = ["failed-share", "status-5xx-share", "latency-p99-ms", "drops"] as const;
export type SloKind = (typeof SLO_KINDS)[number];

export const Slo = z.strictObject({
  name: z.string(),
  kind: z.enum(SLO_KINDS),
  most: z
    .number()
    .nonnegative()
    .describe("a share (0–1), ms, or packets; more than this in a window is a breach of it"),
  windowS: z.number().int().positive().describe("length of the window in which it is judged, in seconds"),
  budget: z
    .number()
    .nonnegative()
    .describe("how much of a stage's whole length its windows may be in breach, 0–1; 0: not a single one"),
});
export type Slo = z.infer<typeof Slo>;

/** One second of a stage, of all workers and nodes together. Null: of the load, no worker told of it; of the nodes, not all did. */
export const RehearsedSecond = z.strictObject({
  atS: count.describe("of the stage"),
  load: z
    .strictObject({
      scheduled: count.describe("whose instant was in this second"),
      ended: count.describe("that ended in this second, whenever they were due"),
      failed: count.describe("of those that ended"),
      status5xx: count,
      p99Ms: z.number().nullable().describe("of those that ended well, from their instants on; null: none did"),
      overLimit: z
        .record(z.string(), count)
        .describe("of those that ended well, how many took longer than an SLO on p99 allows, by its name"),
      toldShare: z
        .number()
        .positive()
        .max(1)
        .describe("of the workers that told of it; below 1, all counts are a part of the whole"),
    })
    .nullable(),
  drops: count.nullable().describe("of the kernels' own counters"),
  background: count
    .nullable()
    .describe("of the drops, those by counters that rose without the load as well; null as drops are"),
  fill: z.number().nonnegative().nullable().describe("of the fullest node's connection table, 0–1"),
});
export type RehearsedSecond = z.infer<typeof RehearsedSecond>;

export const SloState = z.strictObject({
  slo: z.string().describe("its name"),
  held: z.boolean().nullable().describe("null: too little was seen to say so"),
  worst: z
    .number()
    .nullable()
    .describe(
      "of its worst window: a share, or packets; of a p99, the share that failed or took longer than it allows",
    ),
  spent: z.number().nonnegative().nullable().describe("share of its budget that is spent; 1 and more: breached"),
  unseenS: count.describe("seconds of which it is not known"),
});
export type SloState = z.infer<typeof SloState>;

/** A counter or a gauge of one hop, over a stage. */
export const HopReading = z.strictObject({
  hop: BreakingHop,
  where: z.string().describe('e.g. "node worker-1", "load worker 3", "pod shop/web-7c9"'),
  counter: z.string(),
  lost: count.nullable().describe("packets or connections that died here in this stage; null: nobody reads it here"),
  used: z.number().nullable().describe("most of what it holds; null: it is not a gauge, or was not read"),
  limit: z.number().nullable(),
  limitBefore: z
    .number()
    .exactOptional()
    .describe("what the limit was as well in this stage, before it was that one; absent: it did not change"),
  background: count
    .exactOptional()
    .describe("so many of what was lost may be what is lost here without the load in as much time; absent: none is"),
});
export type HopReading = z.infer<typeof HopReading>;

/** The targets' pods while a stage ran. */
export const StagePods = z.strictObject({
  placed: z
    .array(z.strictObject({ target: z.string(), node: z.string(), pods: count }))
    .describe("when the stage began; without those that were about to end"),
  came: z.array(z.strictObject({ pod: z.string(), atS: z.number().describe("of the stage") })),
  went: z.array(z.strictObject({ pod: z.string(), atS: z.number().describe("of the stage") })),
  unseen: z
    .array(
      z.strictObject({
        pod: z.string(),
        node: z.string().nullable(),
        because: z
          .enum(["no-agent", "not-found", "late"])
          .describe(
            "no agent runs on its node; no process of it was found there; it was found only after it had been there for a while",
          ),
        forS: z.number().describe("how long it was there and its counters were not read"),
      }),
    )
    .describe("pods of which it is not known, for a while or at all, what they dropped"),
  unlisted: z.array(z.string()).describe("targets whose pods are not known"),
  cutS: z.number().nonnegative().describe("how long it could not be seen which pods came and went"),
});
export type StagePods = z.infer<typeof StagePods>;

/** A stretch of load at one rate, or the day's whole profile. */
export const RehearsedStage = z.strictObject({
  kind: z.enum(["day", "search"]),
  ratePerSecond: perSecond.describe("that was offered; of the day, its peak"),
  durationS: z.number().positive().describe("as planned"),
  startedAt: z.iso.datetime(),
  end: z
    .enum(["completed", "guard", "called-off", "load-failed", "unwatched"])
    .describe("unwatched: nothing was heard of the load any more, so it was stopped"),
  ranS: z.number().nonnegative(),
  outcomes: Outcomes,
  latencyMs: z.strictObject({ p50: z.number(), p99: z.number(), max: z.number() }).nullable(),
  overLimit: z
    .record(z.string(), count)
    .describe("of what ended well in the whole stage, how much took longer than an SLO on p99 allows, by its name"),
  seconds: z.array(RehearsedSecond),
  slos: z.array(SloState),
  breach: z
    .strictObject({
      slo: z.string(),
      atS: z.number().describe("when its budget was spent"),
      ratePerSecond: perSecond.describe("at which that was"),
      stoppedAfterS: z.number().nullable().describe("until no worker sent any more; null: not seen"),
      stopTrouble: z.string().exactOptional().describe("why the load could not be told to stop; absent: it could"),
    })
    .nullable(),
  readings: z.array(HopReading),
  pods: StagePods.exactOptional().describe("absent: results of versions that did not tell"),
  load: z.strictObject({
    lagP99Ms: z.number().nullable(),
    saturated: z.array(z.string()).describe("why the load, not its target, was at its limit; empty: it was not"),
    lostShare: z.number().min(0).max(1).describe("of workers that gave no report"),
    asClients: z
      .boolean()
      .describe("whether its pods stand for the real clients, so that their ports are the path's; else the load's own"),
    iterations: count
      .exactOptional()
      .describe("that ended, of a k6 script of the user's: its rate is in them, and outcomes are of its requests"),
  }),
  steady: z
    .boolean()
    .describe("whether it was long enough for the state that it builds up; else what would come is predicted"),
});
export type RehearsedStage = z.infer<typeof RehearsedStage>;

export const FoundMost = z.strictObject({
  held: perSecond
    .nullable()
    .describe("highest rate at which every SLO was held and nothing dropped; null: none was found"),
  failed: perSecond.nullable().describe("lowest rate above it at which that was not so; null: none was found"),
  limitedBy: z
    .enum(["target", "load", "cap", "time", "not-searched", "unseen", "stop-rule"])
    .describe(
      "what ended the search: the target; the load's own limit, the plan's cap, the plan's time: the target may take more; unseen: a stage could not be judged; stop-rule: as much had failed or broken as the plan lets",
    ),
});
export type FoundMost = z.infer<typeof FoundMost>;

/** What the plan lets fail and break over the whole rehearsal, and how much of it did. */
export const StopRule = z.strictObject({
  failedRequests: count.describe("of all stages, but for what never left our own pods"),
  mostFailedRequests: count,
  brokenStages: count.describe("of the search"),
  mostBrokenStages: count,
});
export type StopRule = z.infer<typeof StopRule>;

export const FirstToBreak = z.strictObject({
  hop: BreakingHop,
  where: z.string(),
  counter: z.string(),
  lost: count.nullable(),
  atPerSecond: perSecond.describe("rate of the stage in which it broke"),
  how: z.enum(["measured", "predicted"]),
});
export type FirstToBreak = z.infer<typeof FirstToBreak>;

export const Headroom = z.strictObject({
  hop: BreakingHop,
  where: z.string(),
  of: z.string().describe('what runs out, e.g. "connections that the table takes"'),
  predictedPerSecond: perSecond
    .nullable()
    .describe("requests a second of the whole load at which it runs out, by the model; null: no model, or never"),
  measuredPerSecond: perSecond
    .nullable()
    .describe("the same, from how it filled in the highest stage; null: not seen to fill"),
  left: z
    .number()
    .nullable()
    .describe(
      "share that is left at the expected peak, by the lower of the two; below 0: too little; null: neither is known",
    ),
});
export type Headroom = z.infer<typeof Headroom>;

export const RehearsalChange = z.strictObject({
  tuning: z.string().nullable().describe("of the catalogue; null: none does it"),
  words: z.string(),
  command: z.string().nullable(),
  hop: BreakingHop,
  toPerSecond: perSecond.nullable().describe("what this hop takes then, by the model; null: no model"),
});
export type RehearsalChange = z.infer<typeof RehearsalChange>;

/** What an event came to on the cluster. */
export const EventEffect = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("evicted"),
    nodes: z.array(z.string()).describe("that were cordoned and drained"),
    cordonedBefore: z.array(z.string()).describe("of them, that were so before, and stay so"),
    pods: count.describe("whose eviction the API took"),
    ofTargets: count.nullable().describe("of these; null: which pods are the targets' is not known"),
    skewed: z
      .array(
        z.strictObject({
          target: z.string(),
          node: z.string(),
          pods: count,
          of: count,
          before: count.describe("at most on one node"),
        }),
      )
      .describe("targets of which one node has more pods when it is over than any had before"),
  }),
  z.strictObject({
    kind: z.literal("rolled-out"),
    ofTargets: count.nullable().describe("pods of the targets that came meanwhile; null: which they are is not known"),
  }),
  z.strictObject({ kind: z.literal("pod-deleted"), pod: z.string() }),
  z.strictObject({
    kind: z.literal("looked-up"),
    ended: count.describe("look-ups that ended, well or not"),
    failed: count.describe("of these"),
  }),
]);
export type EventEffect = z.infer<typeof EventEffect>;

export const RehearsedEvent = z.strictObject({
  name: z.string(),
  kind: z.string(),
  atS: z.number().describe("of the day"),
  startedAfterS: z.number().nullable().describe("of its instant; null: it did not begin"),
  endedAfterS: z.number().nullable().describe("of its instant, with what it had to put back; null: it was not over"),
  trouble: z.string().nullable().describe("null: it went as planned"),
  did: EventEffect.nullable()
    .exactOptional()
    .describe("as far as it got; null: nothing. Absent: results of versions that did not tell"),
});
export type RehearsedEvent = z.infer<typeof RehearsedEvent>;

export const RehearsedTarget = z.strictObject({
  name: z.string(),
  kind: z.enum(["service", "ingress", "gateway", "names", "reference", "k6"]),
  what: z.string().describe('e.g. "service shop/web:80", "host shop.example"'),
  addresses: z.array(z.string()).describe("where the load went"),
  share: z.number().min(0).max(1).describe("of the requests"),
});
export type RehearsedTarget = z.infer<typeof RehearsedTarget>;

export const DECISIONS = ["go", "go-with-conditions", "no-go", "inconclusive", "invalid"] as const;
export type DecisionState = (typeof DECISIONS)[number];

export const Decision = z.strictObject({
  state: z.enum(DECISIONS),
  because: z.array(z.string()).describe("sentences, the weightiest first"),
  conditions: z.array(z.string()).describe("what has to be seen to before, where it is a go with conditions"),
});
export type Decision = z.infer<typeof Decision>;

export const Rehearsal = z.strictObject({
  schemaVersion: z.literal(REHEARSAL_VERSION),
  packetwalk: z.string().describe("packetwalk's version"),
  name: z.string().describe("the plan's"),
  command: z.string().describe("that repeats it"),
  planSha256: z.string().describe("of the plan with all that it names: its traffic, its bodies"),
  by: z.strictObject({ user: z.string(), machine: z.string() }),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime(),
  seed: count,
  target: Target,
  targets: z.array(RehearsedTarget).min(1),
  expectedPeakPerSecond: perSecond,
  wantedHeadroom: z.number().positive().describe("multiple of the expected peak that is to be held for a go"),
  newConnections: z.number().min(0).max(1).describe("share of requests on a new connection"),
  slos: z.array(Slo).min(1),
  idle: z
    .strictObject({
      seconds: z.number().positive(),
      readings: z.array(HopReading).describe("of what was lost without any load"),
    })
    .nullable()
    .describe("before the first stage; null: nobody could read what is dropped"),
  stages: z.array(RehearsedStage).describe("in the order in which they ran"),
  events: z.array(RehearsedEvent),
  found: FoundMost,
  stopRule: StopRule.exactOptional(),
  breaksFirst: FirstToBreak.nullable(),
  headroom: z.array(Headroom).describe("along the packet's walk"),
  changes: z.array(RehearsalChange).describe("what buys most first"),
  notTested: z.array(z.string()),
  decision: Decision,
});
export type Rehearsal = z.infer<typeof Rehearsal>;
