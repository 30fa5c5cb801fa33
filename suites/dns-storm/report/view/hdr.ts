/** HDR histograms of a result (µs, V2, base64), read for drawing. */
import { build, decodeFromCompressedBase64, type Histogram } from "hdr-histogram-js";

export interface Bucket {
  readonly fromMs: number;
  readonly toMs: number;
  readonly count: number;
}

/** The sum of histograms; an empty text counts as none. */
export function sumOf(encoded: readonly string[]): Histogram {
  const sum = build({ bitBucketSize: 64, autoResize: true, numberOfSignificantValueDigits: 3 });
  for (const each of encoded) if (each !== "") sum.add(decodeFromCompressedBase64(each));
  return sum;
}

/** Mean in ms; null of nothing. */
export function meanMs(histogram: Histogram): number | null {
  return histogram.totalCount === 0 ? null : histogram.mean / 1000;
}

/** Value at a quantile in [0, 1], in ms; null of nothing. */
export function quantileMs(histogram: Histogram, quantile: number): number | null {
  return histogram.totalCount === 0 ? null : histogram.getValueAtPercentile(100 * quantile) / 1000;
}

/** How many values lie in each of the intervals between these edges; the first and the last take what lies beyond. */
export function bucketsOf(histogram: Histogram, edgesMs: readonly number[]): Bucket[] {
  const inner = edgesMs.slice(1, -1).map((edge) => countBelow(histogram, 1000 * edge));
  const cumulative = [0, ...inner, histogram.totalCount];
  return edgesMs.slice(1).map((toMs, i) => ({
    fromMs: edgesMs[i] ?? 0,
    toMs,
    count: (cumulative[i + 1] ?? 0) - (cumulative[i] ?? 0),
  }));
}

/** The largest rank whose value is below; the library tells values by rank, not ranks by value. */
function countBelow(histogram: Histogram, us: number): number {
  const total = histogram.totalCount;
  let [below, notBelow] = [0, total + 1];
  while (notBelow - below > 1) {
    const rank = Math.floor((below + notBelow) / 2);
    // Half a rank less, so that rounding of the percentage does not reach the next value.
    if (histogram.getValueAtPercentile((100 * (rank - 0.5)) / total) < us) below = rank;
    else notBelow = rank;
  }
  return below;
}
