import { build, encodeIntoCompressedBase64 } from "hdr-histogram-js";
import { describe, expect, it } from "vitest";
import { mergeHistograms, quantilesMs } from "../../../runner/analysis/histogram.ts";

function encoded(valuesUs: number[]): string {
  const histogram = build({ highestTrackableValue: 60_000_000, numberOfSignificantValueDigits: 3 });
  for (const value of valuesUs) histogram.recordValue(value);
  return encodeIntoCompressedBase64(histogram);
}

describe("mergeHistograms", () => {
  it("adds: the merged p99 is that of all values, not the mean of the workers' p99s", () => {
    const fast = encoded(Array.from({ length: 900 }, () => 1_000));
    const slow = encoded(Array.from({ length: 100 }, () => 3_000_000));
    const merged = mergeHistograms([fast, slow]);
    expect(merged.count).toBe(1_000);
    expect(merged.quantileMs(0.5)).toBeCloseTo(1, 2);
    expect(merged.quantileMs(0.99)).toBeGreaterThan(2_990); // the mean would be about 1 500
    expect(merged.quantileMs(0.99)).toBeLessThan(3_010);
  });

  it("survives being encoded again", () => {
    const merged = mergeHistograms([encoded([1_500, 2_500, 10_000]), encoded([70_000])]);
    expect(quantilesMs(mergeHistograms([merged.encode()]))).toEqual(quantilesMs(merged));
  });

  it("has no quantiles of nothing, rather than 0 ms", () => {
    expect(quantilesMs(mergeHistograms([]))).toBeNull();
    expect(quantilesMs(mergeHistograms(["", encoded([])]))).toBeNull();
  });

  it("names the histogram that is damaged", () => {
    expect(() => mergeHistograms([encoded([1]), "not a histogram"])).toThrow("latency histogram 2 cannot be decoded");
  });
});
