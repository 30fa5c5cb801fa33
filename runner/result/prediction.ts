import { z } from "zod";

export const Prediction = z.object({
  name: z.string(),
  arm: z.string(),
  unit: z.string(),
  predicted: z.number().nullable().describe("null: never, by the model"),
  measured: z
    .number()
    .nullable()
    .describe("null: did not happen within the block, or could not be measured; the note says which"),
  error: z.number().nullable().describe("(measured − predicted) / predicted"),
  note: z.string(),
});
export type Prediction = z.infer<typeof Prediction>;
