/** Colours by meaning; without colour the same text remains. */
import picocolors from "picocolors";
import type { OverallVerdict } from "../../runner/result/result.ts";
import type { Arrival } from "../../runner/result/tuning.ts";

export type Paint = (text: string) => string;

export interface Palette {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly verdict: Readonly<Record<OverallVerdict, Paint>>;
  readonly arrival: Readonly<Record<Arrival, Paint>>;
}

export function paletteOf(colour: boolean): Palette {
  const { bold, dim, green, red, yellow, cyan, magenta } = picocolors.createColors(colour);
  return {
    bold,
    dim,
    verdict: { improved: green, regressed: red, equivalent: cyan, inconclusive: yellow, invalid: magenta },
    arrival: { arrived: green, partly: yellow, "never-arrived": red, refused: red, "not-applicable": dim },
  };
}
