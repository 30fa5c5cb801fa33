/** result.json of `run`: what was measured of one arm of one suite. It compares nothing, so it has no effects and no verdict on any. */
import { z } from "zod";
import { type Block, blockSchema } from "./block.ts";
import { issueWords, UnreadableResult } from "./read.ts";
import { ComparabilityReason, PremiseReason, VoidReason, Warning } from "./reasons.ts";
import { type Evidence, type EvidenceSchema, SCHEMA_VERSION, WITHOUT_COMPARISON } from "./result.ts";
import { TuningReport } from "./tuning.ts";

const count = z.number().int().nonnegative();

/** Why what was measured is no evidence of anything. */
export const MeasurementReason = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("premise-not-met"), because: PremiseReason }),
  z.object({ kind: z.literal("too-few-blocks"), counted: count, voided: count, first: VoidReason.nullable() }),
  z.object({ kind: z.literal("not-as-planned"), because: ComparabilityReason }),
  z.object({ kind: z.literal("unmeasured"), metrics: z.array(z.string()).describe("primary ones") }),
]);
export type MeasurementReason = z.infer<typeof MeasurementReason>;

export const MeasuredValue = z.object({
  name: z.string(),
  unit: z.string(),
  primary: z.boolean(),
  felt: z.boolean(),
  better: z.enum(["lower", "higher"]),
  floor: z.number().describe("differences smaller than this are not worth acting on, in the metric's unit"),
  value: z.number().nullable().describe("over all blocks that tell it; null: none does"),
  noise: z.number().nullable().describe("by how much two blocks typically differ; null: not known"),
  blocks: count.describe("that tell it"),
});
export type MeasuredValue = z.infer<typeof MeasuredValue>;

export const MeasurementState = z.enum(["measured", "invalid"]);

const measurement = WITHOUT_COMPARISON.extend({
  kind: z.literal("measurement").describe("of one arm, compared with nothing"),
  finishedAt: z.iso.datetime(),
  state: MeasurementState,
  why: MeasurementReason.nullable().describe("why it is invalid; null: it is not"),
  values: z.array(MeasuredValue),
  tunings: z.array(TuningReport),
  warnings: z.array(Warning),
});

export interface MeasuredArm<BlockEvidence = unknown> {
  readonly name: string;
  readonly tunings: readonly string[];
  readonly blocks: readonly Block<BlockEvidence>[];
}

export type Measurement<E extends Evidence = Evidence> = z.infer<typeof measurement> & {
  readonly suite: string;
  readonly arm: MeasuredArm<E["block"]>;
};

export function measurementSchema(suite: string, evidence: EvidenceSchema) {
  return measurement.extend({
    suite: z.literal(suite),
    arm: z.object({ name: z.string(), tunings: z.array(z.string()), blocks: z.array(blockSchema(evidence.block)) }),
  });
}

const Head = z.object({ kind: z.literal("measurement"), schemaVersion: z.number().int(), suite: z.string() });

/** Whether it says of itself that it is one. */
export function isMeasurement(document: unknown): boolean {
  return z.object({ kind: z.literal("measurement") }).safeParse(document).success;
}

/**
 * @param suites those that there are
 * @throws UnreadableResult
 */
export function parseMeasurement(
  document: unknown,
  suites: readonly { readonly name: string; readonly evidence: EvidenceSchema }[],
): Measurement {
  const head = Head.safeParse(document);
  if (!head.success) throw new UnreadableResult(`this measurement is damaged: ${issueWords(head.error)}`);
  const { schemaVersion, suite: name } = head.data;
  if (schemaVersion !== SCHEMA_VERSION)
    throw new UnreadableResult(
      `this measurement has schemaVersion ${schemaVersion}, and this packetwalk reads version ${SCHEMA_VERSION} only: run it again`,
    );
  const suite = suites.find((each) => each.name === name);
  if (!suite)
    throw new UnreadableResult(`this is a measurement of suite "${name}", which this packetwalk does not have`);
  const read = measurementSchema(name, suite.evidence).safeParse(document);
  if (read.success) return read.data as Measurement;
  throw new UnreadableResult(`this measurement is damaged: ${issueWords(read.error)}`);
}
