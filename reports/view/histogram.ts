import { HistogramSum } from "../../runner/analysis/histogram.ts";
import type { Block } from "../../runner/result/block.ts";

/** A block's latencies, failures with their full wait included; null where it kept none that can be read. */
export function latenciesOf({ histograms }: Pick<Block, "histograms">): HistogramSum | null {
  const sum = new HistogramSum();
  try {
    sum.add(histograms.latency);
  } catch {
    return null;
  }
  return sum.count > 0 ? sum : null;
}
