import { inflateSync } from "node:zlib";
import { build, encodeIntoCompressedBase64, type Histogram } from "hdr-histogram-js";
import { describe, expect, it } from "vitest";
import { HistogramSum, quantilesMs } from "../../../runner/analysis/histogram.ts";
import { seededUniform } from "../../../runner/analysis/random.ts";

function histogramOf(valuesUs: readonly number[], highestTrackableValue = 60_000_000): Histogram {
  const histogram = build({ highestTrackableValue, numberOfSignificantValueDigits: 3 });
  for (const value of valuesUs) histogram.recordValue(value);
  return histogram;
}

const encoded = (valuesUs: readonly number[], highest?: number) =>
  encodeIntoCompressedBase64(histogramOf(valuesUs, highest));

function sumOf(texts: readonly string[]): HistogramSum {
  const sum = new HistogramSum();
  for (const text of texts) sum.add(text);
  return sum;
}

/** Heavy-tailed, from 1 µs to 100 s: values in every part of the layout. */
function values(count: number, seed: number): number[] {
  const uniform = seededUniform(seed);
  return Array.from({ length: count }, () => Math.min(Math.ceil(40 / uniform() ** 1.3), 100_000_000));
}

/** The same histogram without its zlib stream, as workers write those of time slices. */
const plain = (compressed: string) => inflateSync(Buffer.from(compressed, "base64").subarray(8)).toString("base64");

describe("HistogramSum", () => {
  it("adds: the p99 of the sum is that of all values, not the mean of the workers' p99s", () => {
    const fast = encoded(Array.from({ length: 900 }, () => 1_000));
    const slow = encoded(Array.from({ length: 100 }, () => 3_000_000));
    const sum = sumOf([fast, slow]);
    expect(sum.count).toBe(1_000);
    expect(sum.quantileMs(0.5)).toBeCloseTo(1, 2);
    expect(sum.quantileMs(0.99)).toBeGreaterThan(2_990); // the mean would be about 1 500
    expect(sum.quantileMs(0.99)).toBeLessThan(3_010);
  });

  it("equals the library's histogram of all values, whatever the ranges of the parts", () => {
    const parts = [values(5_000, 1), values(3_000, 2), [1, 2, 2047, 2048, 2049, 4095, 4096], values(10, 3)];
    const sum = sumOf(parts.map((part, index) => encoded(part, index === 2 ? 10_000 : 134_217_727)));
    const whole = histogramOf(parts.flat(), 134_217_727);
    expect(sum.count).toBe(whole.totalCount);
    expect(sum.encode()).toBe(encodeIntoCompressedBase64(whole));
    for (const percent of [1, 50, 90, 99, 99.9, 100]) {
      expect(sum.quantileMs(percent / 100)).toBe(whole.getValueAtPercentile(percent) / 1000);
    }
  });

  it("reads those that are not compressed as well", () => {
    const part = encoded(values(2_000, 5));
    expect(sumOf([plain(part)]).encode()).toBe(sumOf([part]).encode());
  });

  it("survives being encoded again", () => {
    const sum = sumOf([encoded([1_500, 2_500, 10_000]), encoded([70_000])]);
    expect(quantilesMs(sumOf([sum.encode()]))).toEqual(quantilesMs(sum));
  });

  it("counts on after it was read", () => {
    const sum = sumOf([encoded([1_000])]);
    expect(sum.count).toBe(1);
    sum.add(encoded([2_000, 3_000]));
    expect(sum.count).toBe(3);
  });

  it("has no quantiles of nothing, rather than 0 ms", () => {
    expect(quantilesMs(sumOf([]))).toBeNull();
    expect(quantilesMs(sumOf(["", encoded([])]))).toBeNull();
  });

  it("refuses what is damaged or of another layout", () => {
    expect(() => sumOf(["not a histogram"])).toThrow("not an HDR histogram in the V2 format");
    const coarse = encodeIntoCompressedBase64(build({ numberOfSignificantValueDigits: 2 }));
    expect(() => sumOf([coarse])).toThrow("3 significant digits");
    expect(() => sumOf([plain(encoded(values(100, 4))).slice(0, 120)])).toThrow("cut short");
  });
});
