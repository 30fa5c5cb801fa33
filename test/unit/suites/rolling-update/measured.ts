/** What every block of this suite's tests measured: a quiet one on one node, with whatever the test says about it changed. */
import type { LoadSlice, Measured } from "../../../../runner/result/block.ts";
import type { Outcomes } from "../../../../runner/result/outcomes.ts";

export interface MeasuredFacts {
  readonly round: number;
  readonly scheduled: number;
  /** All of it. */
  readonly outcomes: Outcomes;
  readonly startedAt?: string;
  readonly series?: readonly LoadSlice[];
}

const SLICES = 20;
const SLICE_MS = 250;
const QUIET = { p50: 1.9, p99: 6.4, p999: 14.2, max: 31 };

export function measured({ round, scheduled, outcomes, startedAt, series }: MeasuredFacts): Measured {
  return {
    round,
    startedAt: startedAt ?? "2026-01-01T00:00:00.000Z",
    scheduled,
    sent: scheduled,
    outcomes,
    latencyMs: QUIET,
    okLatencyMs: QUIET,
    scheduleLagMs: { p50: 0.1, p99: 1, max: 4 },
    histograms: { latency: "", connect: "", firstByte: "" },
    workers: { wanted: 1, reported: 1, lost: [], startSpreadMs: 0 },
    saturated: [],
    generatorCpu: { seconds: 1, shareOfMachine: 0.1 },
    probeCpu: { seconds: 0.1 },
    stealShare: 0,
    counters: [],
    drain: { method: "flush", conntrackBefore: { "node-1": 100 }, timeWaitBefore: 0, seconds: 1 },
    cliff: null,
    kernelLog: [],
    series: series === undefined ? evenSlices(scheduled, outcomes.ok) : [...series],
    conntrack: [{ atMs: 0, node: "node-1", entries: 4100, limit: 262_144, drops: 0 }],
  };
}

function evenSlices(scheduled: number, ok: number): LoadSlice[] {
  return Array.from({ length: SLICES }, (_, index) => {
    const part = (total: number) => Math.floor((total * (index + 1)) / SLICES) - Math.floor((total * index) / SLICES);
    return {
      atMs: index * SLICE_MS,
      scheduled: part(scheduled),
      ok: part(ok),
      failed: part(scheduled) - part(ok),
      p50Ms: 1,
      p99Ms: 5,
    };
  });
}
