import { z } from "zod";
import { Said } from "./said.ts";

export const Prediction = z.object({
  name: z.string(),
  arm: z.string(),
  unit: z.string(),
  predicted: z
    .number()
    .nullable()
    .describe("null: of an instant, never by the model; of an amount, not known, and the notes say why"),
  measured: z
    .number()
    .nullable()
    .describe("null: did not happen within the block, or could not be measured; the notes say which"),
  error: z.number().nullable().describe("(measured − predicted) / predicted"),
  notes: z.array(Said).describe("on what it rests, and how it was measured"),
});
export type Prediction = z.infer<typeof Prediction>;
