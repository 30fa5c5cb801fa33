import type { Block, LoadSlice, Outcomes } from "../../reports/schema.ts";
import { blockValidity } from "../analysis/block-validity.ts";
import { mergeHistograms, quantilesMs } from "../analysis/histogram.ts";
import type { FloodReport } from "../load/flood-report.ts";
import type { LoadSpec } from "../load/spec.ts";
import type { NodeTrace } from "../probes/sampler.ts";
import { readTraces } from "./trace.ts";

/** All that one block left behind, before it is read. */
export interface BlockEvidence {
  readonly round: number;
  readonly load: LoadSpec;
  readonly startUnixMs: number;
  readonly reports: readonly FloodReport[];
  readonly traces: readonly NodeTrace[];
  readonly clientNode: string;
  readonly machineCpus: number;
  /** By node: nodes with the same one share a kernel. */
  readonly bootIds: Readonly<Record<string, string>>;
  readonly drain: { readonly method: string; readonly seconds: number; readonly problems: readonly string[] };
  readonly prefill: Block["prefill"];
}

const NO_LATENCY = { p50: 0, p99: 0, p999: 0, max: 0 };

/** Reads a block's evidence into the result's form: workers are added up, histograms merged, counters turned into deltas. */
export function assembleBlock(evidence: BlockEvidence): Block {
  const { reports, load, startUnixMs } = evidence;
  const merged = (pick: (report: FloodReport) => string) => mergeHistograms(reports.map(pick));
  const latency = merged((report) => report.histograms.latency);
  const lag = quantilesMs(merged((report) => report.histograms.scheduleLag)) ?? NO_LATENCY;
  const seen = readTraces(evidence.traces, startUnixMs, evidence.clientNode, evidence.bootIds);
  const outcomes = addOutcomes(reports);
  const scheduled = total(reports, (report) => report.scheduled);
  const cpuSeconds = total(reports, (report) => report.cpu.userMs + report.cpu.systemMs) / 1000;
  const wallSeconds = (load.durationMs + load.timeoutMs) / 1000;
  const workers = { wanted: load.workers, reported: reports.length };
  const scheduleLagMs = { p50: lag.p50, p99: lag.p99, max: lag.max };
  const invalidBecause = [
    ...blockValidity({
      scheduled,
      outcomes,
      scheduleLagMs,
      workers,
      stealShare: seen.stealShare,
      loadMs: load.durationMs,
      samplesAtMs: seen.samplesAtMs,
    }),
    ...evidence.drain.problems,
  ];
  return {
    round: evidence.round,
    valid: invalidBecause.length === 0,
    invalidBecause,
    startedAt: new Date(startUnixMs).toISOString(),
    scheduled,
    sent: total(reports, (report) => report.sent),
    outcomes,
    latencyMs: quantilesMs(latency) ?? NO_LATENCY,
    okLatencyMs: quantilesMs(merged((report) => report.histograms.okLatency)) ?? NO_LATENCY,
    scheduleLagMs,
    histograms: {
      latency: latency.encode(),
      connect: merged((report) => report.histograms.connect).encode(),
      firstByte: merged((report) => report.histograms.firstByte).encode(),
    },
    workers,
    generatorCpu: { seconds: cpuSeconds, shareOfMachine: cpuSeconds / (wallSeconds * evidence.machineCpus) },
    probeCpu: { seconds: seen.probeCpuSeconds },
    stealShare: seen.stealShare,
    counters: [...seen.counters, clientCounters(reports, evidence.clientNode)],
    drain: {
      method: evidence.drain.method,
      conntrackBefore: seen.conntrackBefore,
      timeWaitBefore: 0, // the workers' pods are new in every block
      seconds: evidence.drain.seconds,
    },
    prefill: evidence.prefill,
    cliff: seen.cliff,
    kernelLog: [...seen.kernelLog],
    series: mergeSlices(reports),
    conntrack: seen.conntrack,
  };
}

function total(reports: readonly FloodReport[], of: (report: FloodReport) => number): number {
  return reports.reduce((sum, report) => sum + of(report), 0);
}

function addOutcomes(reports: readonly FloodReport[]): Outcomes {
  const sum: Outcomes = { ok: 0 };
  for (const report of reports) {
    for (const [cause, count] of Object.entries(report.outcomes)) {
      if (count > 0) sum[cause] = (sum[cause] ?? 0) + count;
    }
  }
  return sum;
}

function clientCounters(reports: readonly FloodReport[], node: string): Block["counters"][number] {
  const deltas: Record<string, number> = {};
  for (const { tcp } of reports) {
    for (const [name, value] of Object.entries(tcp)) {
      const counter = name === "timeWaitAfter" ? "timeWaitSockets" : name;
      deltas[counter] = (deltas[counter] ?? 0) + value;
    }
  }
  return { where: `load workers on ${node}`, hop: "client-ports", deltas };
}

function mergeSlices(reports: readonly FloodReport[]): LoadSlice[] {
  const length = Math.max(0, ...reports.map((report) => report.slices.length));
  return Array.from({ length }, (_, index) => {
    const slices = reports.flatMap((report) => report.slices[index] ?? []);
    const ok = quantilesMs(mergeHistograms(slices.map((slice) => slice.okLatency)));
    return {
      atMs: slices[0]?.atMs ?? 0,
      scheduled: slices.reduce((sum, slice) => sum + slice.scheduled, 0),
      ok: slices.reduce((sum, slice) => sum + slice.ok, 0),
      failed: slices.reduce((sum, slice) => sum + slice.failed, 0),
      p50Ms: ok?.p50 ?? null,
      p99Ms: ok?.p99 ?? null,
    };
  });
}
