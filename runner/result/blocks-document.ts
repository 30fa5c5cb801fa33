/**
 * Blocks to be judged: a result.json, or a document of the same shape that has little more than blocks. What is not there is
 * not known, and never zero.
 */
import { z } from "zod";
import { type Block, ConntrackSample, LoadSlice, type Measured, Placement } from "./block.ts";
import { CounterName } from "./counters.ts";
import { HopName } from "./hops.ts";
import { Outcomes } from "./outcomes.ts";
import { UnreadableResult } from "./read.ts";
import { VoidReason } from "./reasons.ts";
import { type ArmsOf, type EarlierNight, EarlierNights, type EvidenceSchema, SCHEMA_VERSION } from "./result.ts";
import { TuningReport } from "./tuning.ts";

const count = z.number().int().nonnegative();
const quantilesMs = z.object({
  p50: z.number().exactOptional(),
  p99: z.number().exactOptional(),
  p999: z.number().exactOptional(),
  max: z.number().exactOptional(),
});

const GivenBlock = z.object({
  round: z.number().int().optional(),
  valid: z.boolean().default(true),
  invalidBecause: z.array(VoidReason).default([]),
  spoiltBy: z.array(VoidReason).default([]),
  outcomes: Outcomes,
  scheduled: count.optional(),
  sent: count.optional(),
  latencyMs: quantilesMs.optional(),
  okLatencyMs: quantilesMs.nullish(),
  scheduleLagMs: quantilesMs.optional(),
  workers: z
    .object({
      wanted: count,
      reported: count,
      lost: z
        .array(z.object({ worker: count, pod: z.string(), node: z.string(), share: z.number(), because: z.string() }))
        .default([]),
      startSpreadMs: z.number().default(0),
    })
    .optional(),
  saturated: z.array(z.string()).default([]),
  stealShare: z.number().nullish(),
  withoutAgents: z.string().exactOptional(),
  counters: z
    .array(
      z.object({
        where: z.string(),
        hop: HopName,
        deltas: z.partialRecord(CounterName, z.number()),
        atLeast: z.array(CounterName).exactOptional(),
      }),
    )
    .default([]),
  placement: Placement.exactOptional(),
  cliff: z.object({ atMs: z.number() }).nullish(),
  series: z.array(LoadSlice).default([]),
  conntrack: z.array(ConntrackSample).default([]),
  evidence: z.unknown().optional(),
});
type GivenBlock = z.infer<typeof GivenBlock>;

const GivenArm = z.object({ name: z.string(), tunings: z.array(z.string()).default([]), blocks: z.array(GivenBlock) });

const Given = z.object({
  schemaVersion: z.number().int().optional(),
  suite: z.string(),
  arms: z.tuple([GivenArm, GivenArm]),
  tunings: z.array(TuningReport).default([]),
  load: z
    .object({
      model: z.enum(["open", "closed"]),
      ratePerSecond: z.number().nullable(),
      durationMs: z.number(),
      workers: z.number().int(),
    })
    .optional(),
  looks: z.array(z.object({ afterRounds: z.number(), spends: z.number() })).default([]),
  duet: z.boolean().default(false),
  targets: z.looseObject({}).exactOptional(),
  against: z.object({ nights: EarlierNights }).exactOptional(),
});

/** Blocks as the judge takes them, and what else the document says that bears on the verdict. */
export interface BlocksDocument {
  readonly arms: ArmsOf;
  readonly tunings: readonly TuningReport[];
  readonly scheduledPerBlock: number | null;
  readonly workers: number | null;
  /** Share of the level that the look at these blocks may use. */
  readonly spent: number;
  /** Both arms' blocks of a round ran at the same time. */
  readonly duet: boolean;
  /** Each arm ran on a cluster of its own. */
  readonly twoClusters: boolean;
  /** By which it is known how far nights differ; absent: both arms were run together. */
  readonly nights?: readonly EarlierNight[];
  /** Whether each block brings what only its suite knows. */
  readonly hasEvidence: boolean;
}

/** @throws UnreadableResult */
export function suiteOf(document: unknown): string {
  const read = z.object({ suite: z.string() }).safeParse(document);
  if (read.success) return read.data.suite;
  throw new UnreadableResult('this can\'t be judged: it needs "suite" and "arms", as a result.json has them');
}

/** @throws UnreadableResult naming the field that is wrong */
export function parseBlocks(document: unknown, evidence: EvidenceSchema): BlocksDocument {
  const read = Given.safeParse(document);
  if (!read.success) {
    const [first] = read.error.issues;
    throw new UnreadableResult(`this can't be judged: ${first?.path.join(".")}: ${first?.message}`);
  }
  const { schemaVersion, arms, tunings, load, looks, duet, targets, against } = read.data;
  if (schemaVersion !== undefined && schemaVersion !== SCHEMA_VERSION) {
    throw new UnreadableResult(
      `this has schemaVersion ${schemaVersion}, and this packetwalk judges version ${SCHEMA_VERSION} only`,
    );
  }
  const blocks = arms.map((arm) => arm.blocks);
  const hasEvidence = blocks.flat().every((block) => block.evidence !== undefined);
  const checked = hasEvidence
    ? blocks.map((own, arm) => own.map((block, at) => withEvidence(block, evidence, arm, at)))
    : blocks;
  const ofArm = (index: 0 | 1) => (checked[index] ?? []).map(blockOf);
  const { ratePerSecond } = load ?? {};
  return {
    arms: [
      { name: arms[0].name, role: "baseline", tunings: arms[0].tunings, blocks: ofArm(0) },
      { name: arms[1].name, role: "tuned", tunings: arms[1].tunings, blocks: ofArm(1) },
    ],
    tunings,
    scheduledPerBlock:
      load?.model === "open" && ratePerSecond != null ? Math.round((ratePerSecond * load.durationMs) / 1000) : null,
    workers: load?.workers ?? null,
    spent: looks.at(-1)?.spends ?? 1,
    duet,
    twoClusters: targets !== undefined,
    ...(against === undefined ? {} : { nights: against.nights }),
    hasEvidence,
  };
}

function withEvidence(block: GivenBlock, { block: schema }: EvidenceSchema, arm: number, at: number): GivenBlock {
  const read = schema.safeParse(block.evidence);
  if (read.success) return { ...block, evidence: read.data };
  const [first] = read.error.issues;
  const path = ["arms", arm, "blocks", at, "evidence", ...(first?.path ?? [])].join(".");
  throw new UnreadableResult(`this can't be judged: ${path}: ${first?.message}`);
}

/** Not a number where it was not given: no metric is read from it. */
const UNKNOWN = { p50: Number.NaN, p99: Number.NaN, p999: Number.NaN, max: Number.NaN };

function blockOf(given: GivenBlock, index: number): Block {
  const ended = Object.values(given.outcomes).reduce((total, requests) => total + requests, 0);
  const scheduled = given.scheduled ?? ended;
  const measured: Measured = {
    round: given.round ?? index + 1,
    startedAt: new Date(0).toISOString(),
    scheduled,
    sent: given.sent ?? scheduled - (given.outcomes["not-sent"] ?? 0),
    outcomes: given.outcomes,
    latencyMs: { ...UNKNOWN, ...given.latencyMs },
    okLatencyMs: given.okLatencyMs ? { ...UNKNOWN, ...given.okLatencyMs } : null,
    // A lag that was not recorded is taken for none: it can only excuse a difference.
    scheduleLagMs: { p50: 0, p99: 0, max: 0, ...given.scheduleLagMs },
    histograms: { latency: "", connect: "", firstByte: "" },
    workers: given.workers ?? { wanted: 1, reported: 1, lost: [], startSpreadMs: 0 },
    saturated: given.saturated,
    generatorCpu: { seconds: 0, shareOfMachine: 0 },
    probeCpu: { seconds: 0 },
    stealShare: given.stealShare ?? null,
    ...(given.withoutAgents === undefined ? {} : { withoutAgents: given.withoutAgents }),
    counters: given.counters,
    ...(given.placement ? { placement: given.placement } : {}),
    drain: { method: "", conntrackBefore: {}, timeWaitBefore: 0, seconds: 0 },
    cliff: given.cliff ?? null,
    kernelLog: [],
    series: given.series,
    conntrack: given.conntrack,
  };
  const { evidence } = given;
  const [first, ...others] = given.invalidBecause;
  if (given.valid) return { ...measured, evidence, valid: true, spoiltBy: given.spoiltBy };
  return {
    ...measured,
    evidence,
    valid: false,
    invalidBecause: [first ?? { kind: "no-report", of: "the block" }, ...others],
  };
}
