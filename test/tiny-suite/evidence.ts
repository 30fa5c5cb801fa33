import { z } from "zod";
import type { EvidenceSchema } from "../../runner/result/result.ts";

const TinyBlock = z.object({ pods: z.number().int().describe("that could have answered") });
const TinyRun = z.object({ greeting: z.string() });

export type TinyEvidence = { readonly block: z.infer<typeof TinyBlock>; readonly run: z.infer<typeof TinyRun> };

export const TINY_EVIDENCE: EvidenceSchema<TinyEvidence> = { block: TinyBlock, run: TinyRun };
