/** What `doctor --json` prints, and what its words and its page are drawn from. */
import { z } from "zod";

/** Goes up when something that was there changes its meaning or goes. */
export const DIAGNOSIS_VERSION = 1;

export const SEVERITIES = ["info", "warning", "critical"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** The packet's walk, in its order. */
export const HOPS = [
  "client-pod",
  "ports",
  "conntrack",
  "dns",
  "service",
  "overlay",
  "node",
  "listen-queue",
  "ingress",
  "terminating-pods",
  "control-plane",
] as const;
export type Hop = (typeof HOPS)[number];

const hop = z.enum(HOPS);

const Proof = z.strictObject({
  kind: z
    .enum(["run", "read"])
    .describe("run: an experiment on this cluster; read: nothing to be measured, where to read it again"),
  command: z.string().describe("as it is typed, quoted for a shell"),
});
export type ProofCommand = z.infer<typeof Proof>;

const DiagnosedFinding = z.strictObject({
  check: z.string(),
  severity: z
    .enum(SEVERITIES)
    .describe(
      "critical: it fails now, or at the rate that was given; warning: at the next rollout, drain, upgrade or lost node; info: a default or a choice with a price",
    ),
  hop,
  subject: z.string().describe('what it is about, e.g. "deployment shop/web"'),
  value: z.string(),
  readFrom: z.string().describe("where the value stands"),
  consequence: z.string().describe("what it will do, in the capacity model's numbers"),
  remedy: z.strictObject({
    tuning: z.string().exactOptional().describe("of manifests/tunings, where one does it"),
    words: z.string(),
  }),
  proof: Proof,
  headroom: z
    .strictObject({ left: z.number().min(0).max(1).describe("share that is left"), of: z.string() })
    .exactOptional()
    .describe("absent where none can be told; that is not none"),
});
export type DiagnosedFinding = z.infer<typeof DiagnosedFinding>;

const Limit = z.strictObject({
  hop,
  subject: z.string().describe('what runs out, e.g. "node a"'),
  of: z.string().describe('of which it runs out, e.g. "entries of the connection table"'),
  breaksAtPerSecond: z
    .number()
    .nonnegative()
    .nullable()
    .describe("new connections a second of one node above which it breaks, by the capacity model; null: not known"),
  unknown: z.string().nullable().describe("why it is not known; null: it is"),
  assumes: z.string().nullable().describe("what the number takes for granted; null: nothing but what was read"),
  ratePerSecond: z
    .number()
    .nonnegative()
    .nullable()
    .describe("that it is held against; null: neither given nor measured, or it is not known at which rate it breaks"),
  times: z
    .number()
    .nonnegative()
    .nullable()
    .describe("of that rate it takes; below 1 it breaks; null: no rate, or none comes"),
  inS: z.number().nonnegative().nullable().describe("after how many seconds at that rate; null: never, or no rate"),
});
export type Limit = z.infer<typeof Limit>;

const HopSeen = z.strictObject({
  hop,
  checks: z
    .array(
      z.strictObject({
        name: z.string(),
        title: z.string().describe("what it looks for"),
        outcome: z
          .enum(["found", "nothing", "partly", "unseen", "unasked"])
          .describe(
            "nothing: it saw all that it judges, and found nothing; partly: found nothing, and did not see all; unseen: could not see what it judges, so it says nothing; unasked: it is about nodes, and takes --on-nodes",
          ),
      }),
    )
    .describe("empty: no check looks there"),
});
export type HopSeen = z.infer<typeof HopSeen>;

const Unseen = z.strictObject({
  what: z.string(),
  because: z.string().describe("the API's own words"),
  checks: z.array(z.string()).describe("those that say nothing for lack of it"),
});

const OnNodesOnly = z.strictObject({ hop, what: z.string(), shownBy: Proof });
export type DiagnosedOnNodesOnly = z.infer<typeof OnNodesOnly>;

const Rate = z.discriminatedUnion("from", [
  z.strictObject({ from: z.literal("given"), perSecond: z.number() }),
  z.strictObject({
    from: z.literal("measured"),
    overS: z.number(),
    perNode: z.array(z.strictObject({ node: z.string(), perSecond: z.number() })).min(1),
  }),
]);
export type Rate = z.infer<typeof Rate>;

const OnNodes = z.strictObject({
  looked: z.array(z.string()).describe("nodes into which agents looked"),
  failed: z.array(z.strictObject({ name: z.string(), because: z.string() })),
  left: z.array(z.string()).describe("nodes into which nobody looked: others stand for them"),
});
export type OnNodes = z.infer<typeof OnNodes>;

export const Diagnosis = z.strictObject({
  schemaVersion: z.literal(DIAGNOSIS_VERSION),
  packetwalk: z.string().describe("packetwalk's version"),
  readAt: z.iso.datetime().describe("when the cluster was asked"),
  context: z.string(),
  kubernetes: z.string().nullable().describe("null: not readable"),
  nodes: z.number().int().nonnegative().nullable().describe("null: not readable"),
  rate: Rate.nullable().describe("new connections a second of one node; null: neither given nor measured"),
  onNodes: OnNodes.nullable().describe("null: no node was looked into"),
  requests: z.number().int().nonnegative().describe("by which the API's objects were read"),
  findings: z
    .array(DiagnosedFinding)
    .describe("of the hop that breaks first, then along the packet's walk; within a hop the worst first"),
  limits: z
    .array(Limit)
    .describe(
      "what runs out under load, the first one to break first; behind them those of which it is not known when",
    ),
  walk: z.array(HopSeen).describe("each hop, in the packet's order, with the checks that look there"),
  unseen: z.array(Unseen).describe("what could not be read"),
  onNodesOnly: z
    .array(OnNodesOnly)
    .describe("what only nodes and pods tell and was not read there, and what would show it"),
});
export type Diagnosis = z.infer<typeof Diagnosis>;
