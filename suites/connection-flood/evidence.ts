import { z } from "zod";
import type { Block } from "../../runner/result/block.ts";
import { blockSchema } from "../../runner/result/block.ts";
import type { EvidenceSchema } from "../../runner/result/result.ts";

const count = z.number().int().nonnegative();

export const FloodBlockEvidence = z.object({
  prefill: z
    .object({ entries: count, node: z.string() })
    .nullable()
    .describe("entries that the client node's table was filled with before the load; null: it was not"),
});
export type FloodBlockEvidence = z.infer<typeof FloodBlockEvidence>;
export type FloodBlock = Block<FloodBlockEvidence>;

const Occupancy = z.object({
  arm: z.string(),
  limit: count,
  points: z.array(z.object({ atMs: z.number(), entries: z.number() })),
});

/** One more block, outside the comparison: does the cliff come back at a larger table's own limit? */
const LargerTable = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("not-asked").describe("no arm has a larger table, or none was prefilled") }),
  z.object({ kind: z.literal("ran"), block: blockSchema(FloodBlockEvidence) }),
  z.object({ kind: z.literal("failed"), because: z.string() }),
]);
export type LargerTable =
  | { readonly kind: "not-asked" }
  | { readonly kind: "ran"; readonly block: FloodBlock }
  | { readonly kind: "failed"; readonly because: string };

export interface FloodRunEvidence {
  /** Room that a prefilled table is left with; null: it is not prefilled. */
  readonly headroomEntries: number | null;
  readonly predictedOccupancy: readonly z.infer<typeof Occupancy>[];
  readonly largerTable: LargerTable;
}
const FloodRunEvidence = z.object({
  headroomEntries: count.nullable().describe("room that a prefilled table is left with; null: it is not prefilled"),
  predictedOccupancy: z
    .array(Occupancy)
    .describe("the capacity model's line for the fullest node's conntrack table, to draw beside the samples"),
  largerTable: LargerTable,
}) as z.ZodType<FloodRunEvidence>;

export interface FloodEvidence {
  readonly block: FloodBlockEvidence;
  readonly run: FloodRunEvidence;
}

export const FLOOD_EVIDENCE: EvidenceSchema<FloodEvidence> = { block: FloodBlockEvidence, run: FloodRunEvidence };
