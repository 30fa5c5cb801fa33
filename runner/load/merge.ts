import { HistogramSum, quantilesMs } from "../analysis/histogram.ts";
import { slicesBetween } from "../analysis/slices.ts";
import type { LoadSlice } from "../result/block.ts";
import type { Outcomes } from "../result/outcomes.ts";
import type { WorkerReport } from "./worker-report.ts";

type HistogramName = keyof WorkerReport["histograms"];

/** All workers' reports as one. */
export interface MergedLoad {
  readonly workers: number;
  readonly scheduled: number;
  readonly sent: number;
  readonly reused: number;
  readonly outcomes: Outcomes;
  readonly histograms: Readonly<Record<HistogramName, HistogramSum>>;
  readonly slices: readonly LoadSlice[];
  /** Latencies of what was due in a stretch of the load and ended well; to the nearest slice. */
  okLatencyBetween(fromMs: number, toMs: number): HistogramSum;
  /** Growth of the kernel's TCP counters in the workers' network namespaces. */
  readonly tcp: Readonly<Record<string, number>>;
  readonly cpuSeconds: number;
  readonly saturated: readonly string[];
  /** Workers that were told to end early, by whomever, and when, from the load's start: they sent nothing from then on. */
  readonly stopped: ReadonlyArray<{ readonly worker: number; readonly atMs: number }>;
  /** When the first and the last worker began; null without workers. */
  readonly startedAtUnixMs: { readonly first: number; readonly last: number } | null;
}

export interface Merge {
  add(report: WorkerReport): void;
  result(): MergedLoad;
}

interface SliceSum {
  readonly atMs: number;
  readonly okLatency: HistogramSum;
  scheduled: number;
  ok: number;
  failed: number;
}

/** Adds reports up as they arrive and keeps none of them: memory does not grow with the number of workers. */
export function createMerge(): Merge {
  const histograms: Record<HistogramName, HistogramSum> = {
    latency: new HistogramSum(),
    okLatency: new HistogramSum(),
    connect: new HistogramSum(),
    tls: new HistogramSum(),
    firstByte: new HistogramSum(),
    scheduleLag: new HistogramSum(),
  };
  const names = Object.keys(histograms) as HistogramName[];
  const slices: SliceSum[] = [];
  const outcomes: Outcomes = { ok: 0 };
  const tcp: Record<string, number> = {};
  const saturated: string[] = [];
  const stopped: { worker: number; atMs: number }[] = [];
  const sums = { workers: 0, scheduled: 0, sent: 0, reused: 0, cpuSeconds: 0 };
  let startedAtUnixMs: MergedLoad["startedAtUnixMs"] = null;

  return {
    add(report) {
      for (const name of names) histograms[name].add(report.histograms[name]);
      for (const [index, slice] of report.slices.entries()) {
        slices[index] ??= { atMs: slice.atMs, okLatency: new HistogramSum(), scheduled: 0, ok: 0, failed: 0 };
        addSlice(slices[index], slice);
      }
      addCounts(outcomes, onlyThatHappened(report.outcomes));
      // A counter that did not move was read all the same: without its zero it would look as if it could not be.
      addCounts(tcp, report.tcp);
      saturated.push(...report.saturated.map((reason) => `worker ${report.worker}: ${reason}`));
      if (report.stoppedAtMs !== undefined) stopped.push({ worker: report.worker, atMs: report.stoppedAtMs });
      sums.workers++;
      sums.scheduled += report.scheduled;
      sums.sent += report.sent;
      sums.reused += report.reused;
      sums.cpuSeconds += (report.cpu.userMs + report.cpu.systemMs) / 1000;
      const at = report.startedAtUnixMs;
      startedAtUnixMs = {
        first: Math.min(at, startedAtUnixMs?.first ?? at),
        last: Math.max(at, startedAtUnixMs?.last ?? at),
      };
    },
    result: () => ({
      ...sums,
      outcomes: { ...outcomes },
      histograms,
      slices: slices.map(finishSlice),
      okLatencyBetween: (fromMs, toMs) => okLatencyBetween(slices, fromMs, toMs),
      tcp: { ...tcp },
      saturated: [...saturated],
      stopped: [...stopped].sort((a, b) => a.worker - b.worker),
      startedAtUnixMs,
    }),
  };
}

function okLatencyBetween(slices: readonly SliceSum[], fromMs: number, toMs: number): HistogramSum {
  const sum = new HistogramSum();
  for (const { okLatency } of slicesBetween(slices, fromMs, toMs)) sum.merge(okLatency);
  return sum;
}

/** Adds counts of one kind up by their names. */
export function addCounts(into: Record<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(counts)) into[name] = (into[name] ?? 0) + value;
}

function onlyThatHappened(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, value]) => value !== 0));
}

function addSlice(into: SliceSum, slice: WorkerReport["slices"][number]): void {
  into.scheduled += slice.scheduled;
  into.ok += slice.ok;
  into.failed += slice.failed;
  into.okLatency.add(slice.okLatency);
}

function finishSlice({ atMs, okLatency, scheduled, ok, failed }: SliceSum): LoadSlice {
  const quantiles = quantilesMs(okLatency);
  return { atMs, scheduled, ok, failed, p50Ms: quantiles?.p50 ?? null, p99Ms: quantiles?.p99 ?? null };
}
