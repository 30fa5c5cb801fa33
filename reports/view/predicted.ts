import type { Prediction } from "../../runner/result/prediction.ts";
import { formatWithUnit } from "./format.ts";

type Foretold = Pick<Prediction, "predicted" | "measured" | "unit">;

/** What does not happen at any time never happens; an amount that nobody foretold is only not known. */
function isOfTime({ unit }: Foretold): boolean {
  return unit === "s" || unit === "ms";
}

export function predictedText(foretold: Foretold): string {
  const { predicted, unit } = foretold;
  if (predicted !== null) return formatWithUnit(predicted, unit);
  return isOfTime(foretold) ? "never" : "not known";
}

export function measuredText(foretold: Foretold): string {
  const { predicted, measured, unit } = foretold;
  if (measured !== null) return formatWithUnit(measured, unit);
  return predicted === null && isOfTime(foretold) ? "did not happen" : "not seen";
}
