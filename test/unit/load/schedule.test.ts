import { describe, expect, it } from "vitest";
import { instants } from "../../../runner/load/schedule/instants.ts";
import { constant, perMinute, poisson, ramp, spike } from "../../../runner/load/schedule/profiles.ts";
import {
  meanPerSecond,
  peakPerSecond,
  type Schedule,
  scheduledRequests,
  scheduleMs,
  shareOf,
} from "../../../runner/load/schedule/schedule.ts";
import { parsePerMinuteCsv } from "../../../suites/connection-flood/k6/per-minute-csv.ts";

const once = { seed: 7, worker: 0 };
const all = (schedule: Schedule, of = once) => [...instants(schedule, of)];
const between = (at: readonly number[], fromMs: number, toMs: number) =>
  at.filter((ms) => ms >= fromMs && ms < toMs).length;

describe("instants", () => {
  it("lie evenly at a constant rate, and there are as many as the rate says", () => {
    const at = all(constant(100, 5_000));
    expect(at).toHaveLength(500);
    const gaps = at.slice(1).map((ms, index) => ms - (at[index] ?? 0));
    expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThan(1e-6);
    expect(gaps[0]).toBeCloseTo(10, 6);
  });

  it("follow a ramp: the first half holds a quarter of them", () => {
    const at = all(ramp(0, 200, 10_000));
    expect(at).toHaveLength(1_000);
    expect(between(at, 0, 5_000)).toBeGreaterThanOrEqual(249);
    expect(between(at, 0, 5_000)).toBeLessThanOrEqual(251);
  });

  it("of a spike lie in its stages, also where it rises at once", () => {
    const of = {
      basePerSecond: 10,
      peakPerSecond: 300,
      beforeMs: 2_000,
      riseMs: 0,
      holdMs: 1_000,
      fallMs: 0,
      afterMs: 2_000,
    };
    const at = all(spike(of));
    expect(between(at, 0, 2_000)).toBeCloseTo(20, -0.5);
    expect(between(at, 2_000, 3_000)).toBeCloseTo(300, -0.5);
    expect(scheduleMs(spike(of))).toBe(5_000);
    expect(peakPerSecond(spike(of))).toBe(300);
  });

  it("are repeatable by seed, and differ between seeds and between workers", () => {
    const schedule = poisson(constant(50, 2_000));
    expect(all(schedule)).toEqual(all(schedule));
    expect(all(schedule)).not.toEqual(all(schedule, { seed: 8, worker: 0 }));
    expect(all(schedule)).not.toEqual(all(schedule, { seed: 7, worker: 1 }));
  });

  it("of a Poisson process have the variance of one: counts per slice vary as much as their mean", () => {
    const at = all(poisson(constant(400, 100_000)));
    const counts = Array.from({ length: 1_000 }, () => 0);
    for (const ms of at) counts[Math.floor(ms / 100)] = (counts[Math.floor(ms / 100)] ?? 0) + 1;
    const mean = at.length / 1_000;
    const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / 999;
    expect(mean).toBeGreaterThan(39);
    expect(mean).toBeLessThan(41);
    expect(variance / mean).toBeGreaterThan(0.85); // ±3.4 standard errors of 0.045
    expect(variance / mean).toBeLessThan(1.15);
  });

  it("of workers that share a load add up to it", () => {
    const whole = ramp(20, 100, 10_000);
    const shared = [0, 1, 2].flatMap((worker) => all(shareOf(whole, 3), { seed: 1, worker }));
    expect(Math.abs(shared.length - scheduledRequests(whole))).toBeLessThanOrEqual(3);
  });
});

describe("requests per minute", () => {
  const csv = "time,requests\n# the evening\n20:00,600\n20:01,1200\n\n20:02,0\n";

  it("come from a CSV and keep each minute's number exactly", () => {
    const schedule = perMinute(parsePerMinuteCsv(csv, "friday.csv"));
    const at = all(schedule);
    expect([between(at, 0, 60_000), between(at, 60_000, 120_000), between(at, 120_000, 180_000)]).toEqual([
      600, 1_200, 0,
    ]);
  });

  it("can be replayed faster and at a multiple", () => {
    const schedule = perMinute([600, 1_200], { speedUp: 60, scale: 2 });
    expect(scheduleMs(schedule)).toBe(2_000);
    expect(meanPerSecond(schedule)).toBeCloseTo(1_800, 6);
    expect(peakPerSecond(schedule)).toBeCloseTo(2_400, 6);
  });

  it.each([
    ["20:00,600\n20:01,many", 'friday.csv, line 2: "many" is not a number of requests'],
    ["20:00,-1", 'friday.csv, line 1: "-1" is not a number of requests'],
    ["time,requests\ntime,requests", 'friday.csv, line 2: "requests" is not'],
    ["20:00,\n", 'friday.csv, line 1: "" is not a number'],
    ["# nothing\n", "friday.csv: there is no row"],
  ])("are refused with the line and the reason: %j", (text, message) => {
    expect(() => parsePerMinuteCsv(text, "friday.csv")).toThrow(message);
  });
});
