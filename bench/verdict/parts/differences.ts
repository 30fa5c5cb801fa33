/** Differences that are to be found. */
import type { Block } from "../../../runner/result/block.ts";
import { failedOf, p99Of } from "../measure.ts";
import { failing, slower, type Weather } from "../weather.ts";

interface Different {
  readonly name: string;
  readonly differing: Weather;
  /** The same noise without the difference. */
  readonly alike: Weather;
  /** The block's value in which the difference is. */
  of(block: Block): number;
}

function slowerBy(name: string, factor: number, sigma: number): Different {
  return { name, differing: slower(factor, sigma), alike: slower(1, sigma), of: p99Of };
}

function failingFrom(name: string, baseline: number, tuned: number): Different {
  return { name, differing: failing(baseline, tuned, 2), alike: failing(baseline, baseline, 2), of: failedOf };
}

export const HIGHER = "p99 +10 %, 3 % noise";
export const LOWER = "p99 −10 %, 3 % noise";
export const DIFFERENT: readonly Different[] = [
  slowerBy(HIGHER, 1.1, 0.03),
  slowerBy(LOWER, 0.9, 0.03),
  slowerBy("p99 +10 %, 6 % noise", 1.1, 0.06),
  slowerBy("p99 +25 %, 12 % noise", 1.25, 0.12),
  failingFrom("failures 0.1 → 1 % in bursts (k = 2)", 6, 60),
  failingFrom("failures 1 → 0.1 % in bursts (k = 2)", 60, 6),
];
