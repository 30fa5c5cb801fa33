/**
 * Latency histograms (HDR, microseconds, V2 compressed, base64), as the load workers report them.
 * Workers are merged by adding their histograms: a quantile of the whole is not the mean of the workers' quantiles.
 */
import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64, type Histogram } from "hdr-histogram-js";

export interface LatencyHistogram {
  readonly count: number;
  /** Value at a quantile in [0, 1], in ms; null of no values. */
  quantileMs(quantile: number): number | null;
  maxMs(): number | null;
  /** V2 compressed, base64, in µs: the form that it was read from. */
  encode(): string;
}

/** The quantiles that a block reports, in ms. */
export interface QuantilesMs {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** Three digits: a tenth of a percent, far below any effect worth judging. 120 s: twice the longest timeout. */
const SHAPE = {
  bitBucketSize: 64,
  lowestDiscernibleValue: 1,
  highestTrackableValue: 120_000_000,
  numberOfSignificantValueDigits: 3,
  autoResize: true,
} as const;

/**
 * Adds up any number of encoded histograms; empty strings count as none.
 * @throws Error naming the position of a histogram that cannot be decoded
 */
export function mergeHistograms(encoded: readonly string[]): LatencyHistogram {
  const merged = build(SHAPE);
  for (const [index, text] of encoded.entries()) if (text !== "") merged.add(decode(text, index));
  return wrap(merged);
}

/** Null of an empty histogram: no latency is not a latency of 0. */
export function quantilesMs(histogram: LatencyHistogram): QuantilesMs | null {
  const p50 = histogram.quantileMs(0.5);
  const p99 = histogram.quantileMs(0.99);
  const p999 = histogram.quantileMs(0.999);
  const max = histogram.maxMs();
  return p50 === null || p99 === null || p999 === null || max === null ? null : { p50, p99, p999, max };
}

function decode(text: string, index: number): Histogram {
  try {
    return decodeFromCompressedBase64(text, 64, false);
  } catch (error) {
    throw new Error(`latency histogram ${index + 1} cannot be decoded`, { cause: error });
  }
}

function wrap(histogram: Histogram): LatencyHistogram {
  const inMs = (us: number) => (histogram.totalCount === 0 ? null : us / 1000);
  return {
    count: histogram.totalCount,
    quantileMs: (quantile) => inMs(histogram.getValueAtPercentile(100 * quantile)),
    maxMs: () => inMs(histogram.getValueAtPercentile(100)),
    encode: () => encodeIntoCompressedBase64(histogram),
  };
}
