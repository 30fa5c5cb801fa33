import type { Prediction } from "../../../runner/result/prediction.ts";
import type { PredictionNote } from "../result/reasons.ts";

/** One row of predictions. */
export function row(
  arm: string,
  name: string,
  unit: string,
  predicted: number,
  measured: number | null,
  notes: PredictionNote[],
): Prediction {
  const error = measured === null || predicted === 0 ? null : (measured - predicted) / predicted;
  return { name, arm, unit, predicted, measured, error, notes };
}
