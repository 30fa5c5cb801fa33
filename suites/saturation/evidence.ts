import { z } from "zod";
import type { EvidenceSchema } from "../../runner/result/result.ts";

/** Nothing beyond what every block measures. */
const Nothing = z.strictObject({});

export type SaturationEvidence = { readonly block: z.infer<typeof Nothing>; readonly run: z.infer<typeof Nothing> };

export const SATURATION_EVIDENCE: EvidenceSchema<SaturationEvidence> = { block: Nothing, run: Nothing };
