/** An arm's latency by percentile: each block's own, and what the blocks together say of the typical one. */
import { type MedianInterval, medianInterval } from "../../runner/analysis/median-interval.ts";
import { type ArmView, drawnBlocks } from "./arms.ts";
import { latenciesOf } from "./histogram.ts";
import { median } from "./series.ts";

/** What people ask for; 100 is the slowest. */
export const NAMED_PERCENTILES = [50, 90, 99, 99.9, 100] as const;
/** Between them, for a curve. */
const CURVE = [50, 60, 70, 80, 85, 90, 92.5, 95, 97, 98, 99, 99.3, 99.5, 99.8, 99.9, 100] as const;

export interface PercentilePoint {
  readonly percentile: number;
  /** The median of the blocks' own. */
  readonly ms: number;
  /** Of that median; null of one block alone. */
  readonly interval: MedianInterval | null;
}

export interface PercentileCurve {
  readonly arm: ArmView;
  /** Blocks that it is of. */
  readonly blocks: number;
  /** Blocks that kept no latencies that can be read. */
  readonly without: number;
  /** Requests in the block that has the fewest: what a block's highest percentiles stand on. */
  readonly fewestRequests: number;
  readonly points: readonly PercentilePoint[];
}

/** null where no block of the arm has latencies. */
export function percentileCurve(arm: ArmView): PercentileCurve | null {
  const drawn = drawnBlocks(arm);
  const blocks = drawn.flatMap((block) => latenciesOf(block) ?? []);
  if (blocks.length === 0) return null;
  return {
    arm,
    blocks: blocks.length,
    without: drawn.length - blocks.length,
    fewestRequests: Math.min(...blocks.map(({ count }) => count)),
    points: CURVE.flatMap((percentile) => {
      const own = blocks.flatMap((block) => block.quantileMs(percentile / 100) ?? []);
      const ms = median(own);
      return ms === null ? [] : [{ percentile, ms, interval: medianInterval(own) }];
    }),
  };
}

/** "p99.9"; the 100th is the slowest. */
export function percentileName(percentile: number): string {
  return percentile === 100 ? "max" : `p${percentile}`;
}
