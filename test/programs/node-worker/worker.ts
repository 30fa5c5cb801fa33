import type { NodeWorkerReport } from "../../../programs/node-worker/report.ts";
import { runWorker } from "../../../programs/node-worker/run.ts";
import { parseSpec, type WorkerSpecInput } from "../../../programs/node-worker/spec.ts";
import { parseTimeline, type TimelineLine } from "../../../programs/node-worker/undici/timeline.ts";
import { HistogramSum } from "../../../runner/analysis/histogram.ts";
import { WorkerReport } from "../../../runner/load/worker-report.ts";

type UndiciInput = Extract<WorkerSpecInput, { engine: "undici" }>;
type AutocannonInput = Extract<WorkerSpecInput, { engine: "autocannon" }>;

export interface Traced {
  readonly report: NodeWorkerReport;
  readonly timelines: readonly TimelineLine[];
}

/** Open loop: 40 requests in 200 ms, unless told. */
export async function trace(address: string, options: Partial<UndiciInput> = {}): Promise<Traced> {
  return drive({
    engine: "undici",
    targets: [{ name: "web", address }],
    stages: [{ durationMs: 200, fromPerSecond: 200, toPerSecond: 200 }],
    timeoutMs: 10_000,
    maxInFlight: 1_000,
    ...options,
  });
}

/** Closed loop: 5 connections for 300 ms, unless told. */
export async function saturate(address: string, options: Partial<AutocannonInput> = {}): Promise<NodeWorkerReport> {
  const { report } = await drive({
    engine: "autocannon",
    target: { address },
    connections: 5,
    durationMs: 300,
    timeoutMs: 10_000,
    ...options,
  });
  return report;
}

/** As the worker's main does it; what holds for every report is checked of each. */
async function drive(input: WorkerSpecInput): Promise<Traced> {
  const spec = parseSpec(JSON.stringify(input));
  const { lines, report } = await runWorker(spec, 0, new AbortController().signal);
  checkReport(report);
  return { report, timelines: lines.flatMap((line) => parseTimeline(line) ?? []) };
}

/** @throws Error if a report's numbers do not add up */
export function checkReport(report: NodeWorkerReport): void {
  const { scheduled, outcomes, slices, histograms, sent } = WorkerReport.parse(report);
  const ended = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
  const sliced = slices.reduce((sum, slice) => sum + slice.scheduled, 0);
  const slicedEnds = slices.reduce((sum, slice) => sum + slice.ok + slice.failed, 0);
  const latencies = countOf([histograms.latency]);
  const okLatencies = countOf(slices.map((slice) => slice.okLatency));
  const all = { scheduled, ended, sliced, slicedEnds, latencies: latencies + scheduled - sent };
  if (new Set(Object.values(all)).size !== 1) throw new Error(`these differ: ${JSON.stringify(all)}`);
  if (okLatencies !== outcomes.ok) throw new Error(`${okLatencies} good latencies of ${outcomes.ok} good requests`);
}

function countOf(histograms: readonly string[]): number {
  const sum = new HistogramSum();
  for (const each of histograms) sum.add(each);
  return sum.count;
}
