import { beforeAll, describe, expect, it } from "vitest";
import { lagOf, stallOf, throughputOf } from "../../../bench/load/measure/reading.ts";
import { type Programs, run } from "../../../bench/load/measure/run.ts";
import { compileC } from "../../../bench/load/programs/build.ts";
import { flood } from "../../../bench/load/tools/flood.ts";
import { floor } from "../../../bench/load/tools/floor.ts";
import type { Load } from "../../../bench/load/tools/tool.ts";

const quiet = () => {};
const DURATION_MS = 500;
let programs: Programs;

beforeAll(async () => {
  programs = {
    launcher: await compileC("launch", quiet),
    target: await compileC("target", quiet),
    witness: await compileC("witness", quiet),
  };
}, 60_000);

/** Real runs, short ones: what they say is checked against itself, how fast they are is not. */
describe.runIf(process.getuid?.() === 0)("a run of the bench", () => {
  it("of the floor agrees with its target", async () => {
    const ready = await floor.prepare(quiet);
    const { reported, seen, usage } = await run(programs, { durationMs: DURATION_MS, ...ready }, { inFlight: 8 });
    expect(reported.failed).toBe(0);
    expect(reported.done).toBeGreaterThan(100);
    // At its end it leaves what is in flight.
    expect(seen.responses - reported.done).toBeGreaterThanOrEqual(0);
    expect(seen.responses - reported.done).toBeLessThanOrEqual(8);
    expect(usage.cpuSeconds).toBeGreaterThan(0);
    expect(usage.cpuSeconds).toBeLessThan(2 * (DURATION_MS / 1000));
    expect(usage.maxRssBytes).toBeLessThan(20e6);
  });

  it("of the flood shows its schedule, and a stall in its p99", async () => {
    const ready = await flood.prepare(quiet);
    const ratePerSecond = 400;
    const bound = {
      durationMs: DURATION_MS,
      invoke: (load: Load) => ready.invoke({ ...load, ratePerSecond }),
      read: ready.read,
    };
    const stall = { lengthMs: 150, everyMs: 400 };
    const done = await run(programs, bound, { inFlight: 64, stall, watched: true });
    expect(done.reported).toMatchObject({ done: 200, failed: 0 });
    expect(done.seen.arrivalsMs).toHaveLength(200);
    // The stall holds up the target, not the schedule.
    expect(done.begunMs).toHaveLength(200);
    expect(lagOf({ ...done, begunMs: null }, ratePerSecond).p99Ms).toBeGreaterThan(100);
    expect(lagOf(done, ratePerSecond).p99Ms).toBeLessThan(100);
    expect(done.seen.stalls[0]?.fromMs).toBeGreaterThanOrEqual(200);
    expect(throughputOf(done).memoryBytes).toBeGreaterThan(1e6);
    expect(lagOf(done, ratePerSecond).p99Ms).toBeGreaterThan(0);
    const { truthMs, reportedMs } = stallOf(done, ratePerSecond);
    expect(truthMs).toBeGreaterThan(100);
    expect(reportedMs).toBeGreaterThan(100);
  }, 120_000);

  it("says why a client failed", async () => {
    const broken = { durationMs: 100, invoke: () => ({ file: "false", args: [] }), read: () => Promise.reject() };
    await expect(run(programs, broken, { inFlight: 1 })).rejects.toThrow("ended with 1");
  });
});
