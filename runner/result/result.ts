/**
 * The result file: what one `compare` of one suite says, and all that it is drawn from. What only one suite knows stands in
 * `evidence`, of each block and of the run; its schema is the suite's.
 */
import { z } from "zod";
import { type Block, blockSchema } from "./block.ts";
import { Attribution, HopReport } from "./hops.ts";
import { Metric } from "./metric.ts";
import { Prediction } from "./prediction.ts";
import { Advice, RunReason, Warning } from "./reasons.ts";
import { Target, Targets } from "./target.ts";
import { TuningReport } from "./tuning.ts";
import { WorkloadTry } from "./workload.ts";

export const SCHEMA_VERSION = 2;

export const OverallVerdict = z.enum(["improved", "regressed", "equivalent", "inconclusive", "invalid"]);
export type OverallVerdict = z.infer<typeof OverallVerdict>;

/** What a suite's evidence is: of one block, and of a whole run. */
export interface Evidence {
  readonly block: object;
  readonly run: object;
}

/** Its schemas. */
export type EvidenceSchema<E extends Evidence = Evidence> = {
  readonly block: z.ZodType<E["block"]>;
  readonly run: z.ZodType<E["run"]>;
};

const Look = z.object({
  afterRounds: z.number().int(),
  spends: z.number().describe("its share of the level at which a difference is believed, 0–1"),
});

const Resumption = z.object({
  interruptedAt: z.iso.datetime().describe("when the last block before it was on disk"),
  at: z.iso.datetime().describe("when it went on"),
  blocksKept: z.number().int().nonnegative().describe("blocks from before it, warm-ups aside"),
});
export type Resumption = z.infer<typeof Resumption>;

const CutShort = z.object({
  arms: z.array(z.string()),
  round: z.number().int(),
  because: z.string().describe("how the way to the cluster failed, in its own words"),
});
export type CutShort = z.infer<typeof CutShort>;

const EarlierNight = z.object({
  at: z.iso.datetime().describe("when its run began"),
  values: z.record(z.string(), z.number()).describe("of the same arm, by metric, as far as measured"),
});
export type EarlierNight = z.infer<typeof EarlierNight>;
export const EarlierNights = z.array(EarlierNight);

/** Something that was not alike in two nights. */
const Difference = z.object({
  what: z.string(),
  from: z.string().nullable().describe("null: it was not there"),
  to: z.string().nullable(),
});
export type Difference = z.infer<typeof Difference>;

const Against = z.object({
  from: z.string().describe("as it was asked for: last-good, a night's date, or a file"),
  startedAt: z.iso.datetime().describe("when the run that the baseline's blocks are from began"),
  arm: z.string().describe("that was measured in both nights"),
  nights: EarlierNights.describe("good nights by which it is known how far nights differ, that one included"),
  differences: z.array(Difference).describe("what was not alike in that night and this one, as far as results tell"),
});
export type Against = z.infer<typeof Against>;

const Load = z.object({
  engine: z.string(),
  model: z.enum(["open", "closed"]).describe("open: requests at scheduled instants; closed: as many as are answered"),
  ratePerSecond: z.number().nullable().describe("mean over the block; null in a closed loop"),
  connections: z.number().nullable().describe("in flight in a closed loop; null in an open one"),
  arrivals: z.enum(["constant", "poisson"]).nullable(),
  durationMs: z.number(),
  timeoutMs: z.number(),
  workers: z.number().int(),
  placement: z.enum(["one-node", "all-nodes"]),
});

/** All of a result that is alike for every suite. */
const common = z.object({
  schemaVersion: z.literal(SCHEMA_VERSION),
  packetwalk: z.string().describe("packetwalk's version"),
  question: z.string(),
  seed: z.number().int(),
  quick: z.boolean(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  resumed: z
    .array(Resumption)
    .exactOptional()
    .describe(
      "each time that it was interrupted and went on from its blocks on disk, with a warm-up of its own; absent: it ran in one go",
    ),
  cutShort: z
    .array(CutShort)
    .exactOptional()
    .describe(
      "blocks that had no end, since the way to the cluster failed in them; each was run again. Absent: there were none",
    ),
  asked: z
    .record(z.string(), z.string())
    .exactOptional()
    .describe(
      "options that decide what is measured, by their names on the command line; an interrupted comparison is resumed by the same only",
    ),
  given: z
    .record(z.string(), z.string())
    .exactOptional()
    .describe(
      "options that decide nothing of what is measured, and without which the same command would not run, or elsewhere, by their names on the command line; absent: not recorded",
    ),
  target: Target.describe("the cluster; where each arm ran on one of its own, the baseline's"),
  targets: Targets.exactOptional().describe(
    "each arm ran on a cluster of its own, in turns, and a difference between the arms is one between these; absent: both ran on one",
  ),
  verdict: OverallVerdict,
  why: RunReason.describe("why this verdict"),
  advice: z.array(Advice).describe("what to do now, the most important first"),
  load: Load,
  order: z
    .array(z.string())
    .describe("arm of each block, in the order run; those of round 0 come first, and wherever the run was resumed"),
  duet: z
    .boolean()
    .exactOptional()
    .describe(
      "both arms ran at the same time, in namespaces of their own, and the differences within rounds were judged; kernel counters of a node are then both arms' together; false: they could have, and were told not to; absent: they could not",
    ),
  against: Against.exactOptional().describe(
    "the baseline's blocks are those of an earlier night, and not of this run; absent: both arms were run together",
  ),
  looks: z.array(Look).exactOptional().describe("when the answer was looked for; the last is the one that stands"),
  metrics: z.array(Metric),
  tunings: z.array(TuningReport),
  workload: WorkloadTry.exactOptional().describe(
    "the tuned arm's settings, tried on a workload of the user's (--workload), which gets no load; absent: on none",
  ),
  hops: z.array(HopReport),
  attribution: Attribution,
  predictions: z.array(Prediction),
  warnings: z.array(Warning),
});

export type Role = "baseline" | "tuned";

export interface Arm<BlockEvidence = unknown, R extends Role = Role> {
  readonly name: string;
  readonly role: R;
  readonly tunings: readonly string[];
  readonly blocks: readonly Block<BlockEvidence>[];
}

/** Two, and never more: a comparison is of these. */
export type ArmsOf<BlockEvidence = unknown> = readonly [Arm<BlockEvidence, "baseline">, Arm<BlockEvidence, "tuned">];

export type Result<E extends Evidence = Evidence> = z.infer<typeof common> & {
  readonly suite: string;
  readonly arms: ArmsOf<E["block"]>;
  /** What only the suite found, of the run as a whole. */
  readonly evidence: E["run"];
};

/** What of it there is while its blocks are still being run. */
const BEFORE_THE_END = {
  schemaVersion: true,
  packetwalk: true,
  question: true,
  seed: true,
  quick: true,
  startedAt: true,
  resumed: true,
  cutShort: true,
  asked: true,
  target: true,
  targets: true,
  load: true,
  order: true,
  looks: true,
  duet: true,
  tunings: true,
  workload: true,
} as const;

/** All of a run that one arm alone has as well. */
export const WITHOUT_COMPARISON = common.pick({
  schemaVersion: true,
  packetwalk: true,
  question: true,
  seed: true,
  quick: true,
  startedAt: true,
  cutShort: true,
  asked: true,
  given: true,
  target: true,
  load: true,
  order: true,
});

/** What there is of a result while its blocks are still being run: enough to be judged. */
export type UnfinishedResult<E extends Evidence = Evidence> = Pick<
  Result<E>,
  keyof typeof BEFORE_THE_END | "suite" | "arms"
>;

function armSchema<R extends Role>(role: R, blockEvidence: z.ZodType) {
  return z.object({
    name: z.string(),
    role: z.literal(role),
    tunings: z.array(z.string()),
    blocks: z.array(blockSchema(blockEvidence)),
  });
}

function armsSchema(blockEvidence: z.ZodType) {
  return z.tuple([armSchema("baseline", blockEvidence), armSchema("tuned", blockEvidence)]);
}

/** The schema of one suite's results. */
export function resultSchema<E extends Evidence>(suite: string, evidence: EvidenceSchema<E>) {
  return common.extend({
    suite: z.literal(suite),
    arms: armsSchema(evidence.block),
    evidence: evidence.run,
  });
}

/** The same of a run that has not come to its end. */
export function unfinishedSchema(suite: string, evidence: EvidenceSchema) {
  return common.pick(BEFORE_THE_END).extend({ suite: z.literal(suite), arms: armsSchema(evidence.block) });
}
