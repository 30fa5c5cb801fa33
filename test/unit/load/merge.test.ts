import { build, encodeIntoCompressedBase64 } from "hdr-histogram-js";
import { describe, expect, it } from "vitest";
import { createMerge } from "../../../runner/load/merge.ts";
import type { WorkerReport } from "../../../runner/load/worker-report.ts";

const shape = { highestTrackableValue: 134_217_727, numberOfSignificantValueDigits: 3 } as const;

function encoded(valuesMs: readonly number[]): string {
  const histogram = build(shape);
  for (const value of valuesMs) histogram.recordValue(value * 1000);
  return encodeIntoCompressedBase64(histogram);
}

/** A worker all of whose requests took these times. */
function report(worker: number, latenciesMs: readonly number[], over: Partial<WorkerReport> = {}): WorkerReport {
  const latency = encoded(latenciesMs);
  const count = latenciesMs.length;
  return {
    engine: "flood",
    worker,
    startedAtUnixMs: 1_000,
    finishedAtUnixMs: 2_000,
    scheduled: count,
    sent: count,
    outcomes: { ok: count },
    reused: 0,
    histograms: { latency, okLatency: latency, connect: latency, tls: "", firstByte: latency, scheduleLag: latency },
    slices: [{ atMs: 0, scheduled: count, ok: count, failed: 0, okLatency: latency }],
    tcp: { synRetrans: 2, timeWaitAfter: count },
    cpu: { userMs: 400, systemMs: 600 },
    saturated: [],
    ...over,
  };
}

describe("createMerge", () => {
  it("adds up what workers counted, and nothing is lost", () => {
    const merge = createMerge();
    merge.add(report(0, [1, 2, 3]));
    merge.add(report(1, [4, 5], { scheduled: 4, sent: 3, outcomes: { ok: 2, refused: 1, "not-sent": 1 } }));
    expect(merge.result()).toMatchObject({
      workers: 2,
      scheduled: 7,
      sent: 6,
      outcomes: { ok: 5, refused: 1, "not-sent": 1 },
      tcp: { synRetrans: 4, timeWaitAfter: 5 },
      cpuSeconds: 2,
    });
  });

  it("takes quantiles of all requests together, not the mean of the workers' quantiles", () => {
    const merge = createMerge();
    merge.add(
      report(
        0,
        Array.from({ length: 990 }, () => 2),
      ),
    );
    merge.add(
      report(
        1,
        Array.from({ length: 10 }, () => 3_000),
      ),
    );
    const { latency } = merge.result().histograms;
    expect(latency.quantileMs(0.5)).toBeCloseTo(2, 1);
    expect(latency.quantileMs(0.985)).toBeCloseTo(2, 1); // the mean of the two p99s would be 1 501
    expect(latency.quantileMs(0.995)).toBeGreaterThan(2_990);
    const [slice] = merge.result().slices;
    expect(slice).toMatchObject({ atMs: 0, scheduled: 1_000, ok: 1_000, failed: 0 });
    expect(slice?.p50Ms).toBeCloseTo(2, 1);
  });

  it("names the worker that was saturated, and tells how far apart they began", () => {
    const merge = createMerge();
    merge.add(report(0, [1]));
    merge.add(report(1, [1], { startedAtUnixMs: 1_040, saturated: ["its thread was busy 99 % of a second"] }));
    expect(merge.result().saturated).toEqual(["worker 1: its thread was busy 99 % of a second"]);
    expect(merge.result().startedAtUnixMs).toEqual({ first: 1_000, last: 1_040 });
  });

  it("names the workers that were told to end early, and when", () => {
    const merge = createMerge();
    merge.add(report(2, [1], { stoppedAtMs: 700 }));
    merge.add(report(1, [1]));
    merge.add(report(0, [1], { stoppedAtMs: 0 }));
    expect(merge.result().stopped).toEqual([
      { worker: 0, atMs: 0 },
      { worker: 2, atMs: 700 },
    ]);
  });

  it("without workers has counted nothing", () => {
    expect(createMerge().result()).toMatchObject({
      workers: 0,
      scheduled: 0,
      outcomes: { ok: 0 },
      startedAtUnixMs: null,
    });
  });

  it("gives the latencies of a stretch of time, to the nearest slice", () => {
    const slice = (atMs: number, valueMs: number) => ({
      ...{ atMs, scheduled: 1, ok: 1, failed: 0 },
      okLatency: encoded([valueMs]),
    });
    const merge = createMerge();
    merge.add(report(0, [1], { slices: [slice(0, 1), slice(250, 5_000), slice(500, 3)] }));
    merge.add(report(1, [1], { slices: [slice(0, 1), slice(250, 7), slice(500, 9)] }));
    const { okLatencyBetween } = merge.result();
    const middle = okLatencyBetween(180, 520);
    expect([middle.count, middle.quantileMs(0.5), middle.quantileMs(1)]).toEqual([2, 7.003, 5_001.215]);
    expect(okLatencyBetween(-500, 10_000).count).toBe(6);
    expect(okLatencyBetween(750, 1_000).count).toBe(0);
  });
});
