/**
 * Latency histograms (HDR, 3 significant digits, in µs, V2, base64), as the load workers report them: large ones
 * compressed, those of time slices plain. Workers are merged by adding their histograms: a quantile of the whole is not
 * the mean of the workers' quantiles.
 *
 * The library (hdr-histogram-js) builds an object for each histogram that it decodes and then adds value by value. A
 * thousand workers report tens of thousands of histograms, so here counts are added as they are decoded (npm run
 * bench:merge); quantiles and encoding are the library's.
 */
import { inflateSync } from "node:zlib";
import { build, encodeIntoCompressedBase64, type Histogram } from "hdr-histogram-js";

/** The quantiles that a block reports, in ms. */
export interface QuantilesMs {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

// The format is EncodableHistogram V2 of HdrHistogram: a cookie and a length around a zlib stream, in which a header of
// 40 bytes is followed by counts in ZigZag LEB128, a negative one standing for so many empty buckets.
const COMPRESSED_COOKIE = 0x1c849304;
const COOKIE = 0x1c849303;
/** The rest of the low byte is a word size that V2 does not use. */
const COOKIE_MASK = 0xffffff0f | 0;
const HEADER_BYTES = 40;
/** 3 significant digits: 2 048 buckets of 1 µs, then 1 024 for each doubling of the range. */
const BUCKETS_PER_DOUBLING = 1024;
/** 134 s, more than the longest timeout: what a worker's histogram ends at. */
const LONGEST_US = 2 ** 27 - 1;
const MOST_BUCKETS = 18 * BUCKETS_PER_DOUBLING;

/** A sum of histograms. Its memory does not depend on how many there were. */
export class HistogramSum {
  private counts = new Float64Array(4 * BUCKETS_PER_DOUBLING);
  private read: Histogram | undefined;

  /**
   * Adds one histogram; an empty text counts as none.
   * @throws Error if the text is not a histogram of this layout
   */
  add(encoded: string): void {
    if (encoded === "") return;
    this.read = undefined;
    const data = decode(encoded);
    const end = HEADER_BYTES + data.readInt32BE(4);
    let index = 0;
    for (let at = HEADER_BYTES; at < end; ) {
      let byte = data[at++] ?? 0;
      let zigzag = byte & 0x7f;
      // In doubles, exact up to 2^53: far beyond any number of requests.
      for (let factor = 128; byte >= 0x80; factor *= 128) {
        byte = data[at++] ?? 0;
        zigzag += (byte & 0x7f) * factor;
      }
      if (zigzag % 2 === 1) {
        index += (zigzag + 1) / 2;
      } else {
        if (index >= this.counts.length) this.grow(index);
        this.counts[index] = (this.counts[index] ?? 0) + zigzag / 2;
        index++;
      }
    }
  }

  /** Adds all that another sum holds. */
  merge(other: HistogramSum): void {
    this.read = undefined;
    if (other.counts.length > this.counts.length) this.grow(other.counts.length - 1);
    // By index: for each of hundreds of workers a second, an iterator's objects cost more than the sums.
    for (let index = 0; index < other.counts.length; index++) {
      const count = other.counts[index] ?? 0;
      if (count > 0) this.counts[index] = (this.counts[index] ?? 0) + count;
    }
  }

  get count(): number {
    let total = 0;
    for (let index = 0; index < this.counts.length; index++) total += this.counts[index] ?? 0;
    return total;
  }

  /** Value at a quantile in [0, 1], in ms; null of no values. */
  quantileMs(quantile: number): number | null {
    const histogram = this.histogram();
    return histogram.totalCount === 0 ? null : histogram.getValueAtPercentile(100 * quantile) / 1000;
  }

  /** How many values, in ms, are so. */
  countWhere(isSo: (ms: number) => boolean): number {
    let total = 0;
    for (const [index, count] of this.counts.entries()) if (count > 0 && isSo(lowestUs(index) / 1000)) total += count;
    return total;
  }

  /** Each value that there is, in ms, lowest first, and how often. */
  *recorded(): Generator<{ readonly ms: number; readonly count: number }> {
    for (const [index, count] of this.counts.entries()) if (count > 0) yield { ms: lowestUs(index) / 1000, count };
  }

  /** Null of no values. */
  meanMs(): number | null {
    const histogram = this.histogram();
    return histogram.totalCount === 0 ? null : histogram.mean / 1000;
  }

  /** In the form that it was added from. */
  encode(): string {
    return encodeIntoCompressedBase64(this.histogram());
  }

  private histogram(): Histogram {
    this.read ??= this.asLibraryHistogram();
    return this.read;
  }

  private asLibraryHistogram(): Histogram {
    const sum = build({
      bitBucketSize: 64,
      lowestDiscernibleValue: 1,
      highestTrackableValue: LONGEST_US,
      numberOfSignificantValueDigits: 3,
    });
    for (const [index, count] of this.counts.entries()) if (count > 0) sum.recordValueWithCount(lowestUs(index), count);
    return sum;
  }

  private grow(index: number): void {
    if (index >= MOST_BUCKETS) throw new Error(`a value lies beyond ${LONGEST_US} µs`);
    const larger = new Float64Array(Math.min(Math.max(2 * this.counts.length, index + 1), MOST_BUCKETS));
    larger.set(this.counts);
    this.counts = larger;
  }
}

/** Null of an empty histogram: no latency is not a latency of 0. */
export function quantilesMs(histogram: HistogramSum): QuantilesMs | null {
  const p50 = histogram.quantileMs(0.5);
  const p99 = histogram.quantileMs(0.99);
  const p999 = histogram.quantileMs(0.999);
  const max = histogram.quantileMs(1);
  return p50 === null || p99 === null || p999 === null || max === null ? null : { p50, p99, p999, max };
}

function decode(encoded: string): Buffer {
  const outer = Buffer.from(encoded, "base64");
  const isCompressed = outer.length >= 8 && hasCookie(outer, COMPRESSED_COOKIE);
  const data = isCompressed ? inflateSync(outer.subarray(8, 8 + outer.readInt32BE(4))) : outer;
  if (data.length < HEADER_BYTES) throw new Error("this is not an HDR histogram in the V2 format");
  const ours = hasCookie(data, COOKIE) && data.readInt32BE(12) === 3 && data.readBigInt64BE(16) === 1n;
  if (!ours) throw new Error("this histogram does not have 3 significant digits from 1 µs");
  if (HEADER_BYTES + data.readInt32BE(4) > data.length) throw new Error("this histogram is cut short");
  return data;
}

function hasCookie(data: Buffer, cookie: number): boolean {
  return (data.readInt32BE(0) & COOKIE_MASK) === (cookie & COOKIE_MASK);
}

function lowestUs(index: number): number {
  const doubling = Math.max(Math.floor(index / BUCKETS_PER_DOUBLING) - 1, 0);
  return (index - doubling * BUCKETS_PER_DOUBLING) * 2 ** doubling;
}
