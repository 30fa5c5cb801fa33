import { build, encodeIntoCompressedBase64, type Histogram } from "hdr-histogram-js";

/** 134 s at 3 significant digits from 1 µs: the layout of all workers' histograms (programs/agent/histogram). */
const LONGEST_US = 2 ** 27 - 1;
const SUB_BUCKETS = 2048;

export class LatencyHistogram {
  readonly #histogram: Histogram = build({
    bitBucketSize: 64,
    lowestDiscernibleValue: 1,
    highestTrackableValue: LONGEST_US,
    numberOfSignificantValueDigits: 3,
  });

  recordMs(ms: number): void {
    this.#histogram.recordValue(microseconds(ms));
  }

  add(compact: CompactHistogram): void {
    for (const [us, count] of compact) this.#histogram.recordValueWithCount(us, count);
  }

  /** Null of no values. */
  quantileMs(quantile: number): number | null {
    return this.#histogram.totalCount === 0 ? null : this.#histogram.getValueAtPercentile(100 * quantile) / 1000;
  }

  reset(): void {
    this.#histogram.reset();
  }

  /** V2 compressed, base64. */
  encode(): string {
    return encodeIntoCompressedBase64(this.#histogram);
  }
}

/** Counts by the lowest value of each bucket in use: for many histograms of few values each. */
export type CompactHistogram = Map<number, number>;

export function recordCompactMs(into: CompactHistogram, ms: number): void {
  const us = microseconds(ms);
  const width = us < SUB_BUCKETS ? 1 : 2 ** (Math.floor(Math.log2(us)) - 10);
  const bucket = us - (us % width);
  into.set(bucket, (into.get(bucket) ?? 0) + 1);
}

function microseconds(ms: number): number {
  return Math.min(Math.max(Math.round(ms * 1000), 0), LONGEST_US);
}
