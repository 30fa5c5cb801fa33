import { describe, expect, it } from "vitest";
import { scheduledP99Ms, stalledP99Ms } from "../../../bench/load/measure/truth.ts";

/** 200 ms in every second: 1 % of a second's users are left when 190 ms of waiting are passed. */
const stalls = [0, 1, 2, 3].map((second) => ({ fromMs: second * 1000 + 500, toMs: second * 1000 + 700 }));

describe("p99's truth from stalls", () => {
  it("is the wait that one user in a hundred exceeds", () => {
    expect(stalledP99Ms(stalls, 0, 4000)).toBeCloseTo(190, 0);
  });

  it("is nothing without stalls, and when fewer than one in a hundred meets one", () => {
    expect(stalledP99Ms([], 0, 1000)).toBe(0);
    expect(stalledP99Ms([{ fromMs: 100, toMs: 105 }], 0, 1000)).toBe(0);
  });

  it("counts only the part of a stall that lies in the run", () => {
    // Until the end at 1 000 nobody after 900 is served, the last user waits till 1 100.
    expect(stalledP99Ms([{ fromMs: 900, toMs: 1100 }], 0, 1000)).toBeCloseTo(190, 0);
  });

  it("is unknown for a run of no length", () => {
    expect(stalledP99Ms(stalls, 5, 5)).toBeNull();
  });
});

describe("p99's truth of a schedule", () => {
  const ratePerSecond = 1000;
  const intended = Array.from({ length: 4000 }, (_, index) => index);
  const answered = (atMs: number) => stalls.find(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs)?.toMs ?? atMs;

  it("agrees with the stalls when serving takes no time", () => {
    const served = Float64Array.from(intended, answered);
    expect(scheduledP99Ms(served, served, ratePerSecond)).toBeCloseTo(190, -0.5);
  });

  it("runs from the intended instant, not from the arrival", () => {
    // Each request comes 20 ms late and is answered at once, but for the first.
    const late = Float64Array.from(intended, (atMs) => (atMs === 0 ? 0 : atMs + 20));
    expect(scheduledP99Ms(late, late, ratePerSecond)).toBeCloseTo(20);
  });

  it("is unknown when a request was never answered", () => {
    expect(scheduledP99Ms(Float64Array.of(0, 1), Float64Array.of(0.1, Number.NaN), ratePerSecond)).toBeNull();
  });
});
