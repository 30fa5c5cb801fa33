import { describe, expect, it } from "vitest";
import { lagsMs, quantile, scheduleStartMs } from "../../../bench/load/measure/lag.ts";

/** Arrivals at an even rate that begin at 7 ms, each late by what is given for it. */
function arrivals(ratePerSecond: number, lateMs: readonly number[]): Float64Array {
  return Float64Array.from(lateMs, (late, index) => 7 + (index * 1000) / ratePerSecond + late);
}

describe("schedule lag from arrivals", () => {
  it("finds where the schedule lies by the most punctual arrival", () => {
    expect(scheduleStartMs(arrivals(100, [3, 1, 0.5, 2]), 100)).toBeCloseTo(7.5);
  });

  it("is how late each arrival is", () => {
    const lags = lagsMs(arrivals(1000, [0, 0.25, 4, 3, 2, 0]), 1000);
    expect([...lags].map((lag) => Number(lag.toFixed(6)))).toEqual([0, 0.25, 4, 3, 2, 0]);
  });

  it("grows when the rate is not held", () => {
    // 900 a second where 1 000 were asked for.
    const slow = Float64Array.from({ length: 900 }, (_, index) => (index * 1000) / 900);
    const lags = lagsMs(slow, 1000);
    expect(lags.at(-1)).toBeCloseTo(899 / 0.9 - 899);
  });

  it("shows bursts: a whole second's quota in its first 100 ms", () => {
    // The first request of each burst is punctual, the others come before their time: the schedule that all of them
    // could have kept begins earlier.
    const bursts = Float64Array.from({ length: 300 }, (_, i) => Math.floor(i / 100) * 1000 + (i % 100));
    expect(quantile(lagsMs(bursts, 100), 0.99)).toBeGreaterThan(800);
  });
});

describe("quantile", () => {
  it("is the nearest rank", () => {
    const values = Float64Array.from({ length: 1000 }, (_, i) => 1000 - i);
    expect(quantile(values, 0.999)).toBe(999);
    expect(quantile(values, 0.5)).toBe(500);
    expect(quantile([5], 0.999)).toBe(5);
    expect(quantile([], 0.5)).toBeNull();
  });
});
