import { blockValidity, MOST_LAG_P99_MS } from "../../analysis/block-validity.ts";
import { quantilesMs } from "../../analysis/histogram.ts";
import type { LoadEnd } from "../../load/load.ts";
import type { MergedLoad } from "../../load/merge.ts";
import { type LoadSpec, loadMs } from "../../load/spec.ts";
import type { NodeTrace } from "../../probes/sampler.ts";
import type { Measured } from "../../result/block.ts";
import type { VoidReason } from "../../result/reasons.ts";
import type { Drained } from "./drain.ts";
import type { ObjectChange } from "./object-changes.ts";
import { type KnownPods, settingChanges } from "./setting-changes.ts";
import { readTraces } from "./trace.ts";

/** All that one block left behind, before it is read. */
export interface BlockEvidence {
  readonly round: number;
  readonly load: LoadSpec;
  readonly startUnixMs: number;
  readonly end: LoadEnd;
  readonly traces: readonly NodeTrace[];
  /** Those whose processes set what is watched on nodes. */
  readonly writersPods: KnownPods;
  /** Fields on which an arm rests, changed by others. */
  readonly objectChanges: readonly ObjectChange[];
  readonly clientNode: string;
  /** Nodes on which load workers ran. */
  readonly loadNodes: readonly string[];
  /** Null: not readable. */
  readonly machineCpus: number | null;
  /** By node: nodes with the same one share a kernel. */
  readonly bootIds: Readonly<Record<string, string>>;
  readonly drained: Drained;
  /** Why nothing on the nodes was read; null: it was. */
  readonly withoutAgents: string | null;
}

const NO_LATENCY = { p50: 0, p99: 0, p999: 0, max: 0 };

/** Reads a block's evidence into the result's form, with what speaks against it. */
export function assembleBlock(evidence: BlockEvidence): {
  readonly measured: Measured;
  readonly reasons: readonly VoidReason[];
} {
  const { load, startUnixMs, machineCpus } = evidence;
  const { merged, lost } = evidence.end;
  const { histograms, outcomes, scheduled, sent, cpuSeconds, startedAtUnixMs: began } = merged;
  const lag = quantilesMs(histograms.scheduleLag) ?? NO_LATENCY;
  const seen = readTraces(evidence.traces, startUnixMs, evidence.clientNode, evidence.bootIds);
  const wallSeconds = (loadMs(load) + load.timeoutMs) / 1000;
  const workers: Measured["workers"] = {
    wanted: load.workers,
    reported: merged.workers,
    lost: [...lost],
    startSpreadMs: began ? began.last - began.first : 0,
  };
  const scheduleLagMs = { p50: lag.p50, p99: lag.p99, max: lag.max };
  const saturated = [...merged.saturated];
  const reasons = [
    ...blockValidity({
      scheduled,
      outcomes,
      scheduleLagMs,
      mostLagMs: (load.model === "open" ? load.mostLagMs : undefined) ?? MOST_LAG_P99_MS,
      workers,
      saturated,
      stealShare: seen.stealShare,
      loadMs: loadMs(load),
      samplesAtMs: seen.samplesAtMs,
    }),
    ...evidence.drained.problems,
    ...evidence.traces
      .flatMap((trace) => settingChanges(trace, evidence.writersPods))
      .map((change): VoidReason => ({ kind: "setting-changed", ...change })),
    ...evidence.objectChanges.map((change): VoidReason => ({ kind: "object-changed", ...change })),
  ];
  const measured: Measured = {
    round: evidence.round,
    startedAt: new Date(startUnixMs).toISOString(),
    scheduled,
    sent,
    outcomes,
    latencyMs: quantilesMs(histograms.latency) ?? NO_LATENCY,
    okLatencyMs: quantilesMs(histograms.okLatency),
    scheduleLagMs,
    histograms: {
      latency: histograms.latency.encode(),
      connect: histograms.connect.encode(),
      firstByte: histograms.firstByte.encode(),
    },
    workers,
    saturated,
    generatorCpu: {
      seconds: cpuSeconds,
      shareOfMachine: machineCpus === null ? null : cpuSeconds / (wallSeconds * machineCpus),
    },
    ...(evidence.withoutAgents === null ? {} : { withoutAgents: evidence.withoutAgents }),
    probeCpu: { seconds: seen.probeCpuSeconds },
    stealShare: seen.stealShare,
    counters: [...seen.counters, clientCounters(merged, evidence.loadNodes)],
    drain: {
      method: evidence.drained.method,
      conntrackBefore: seen.conntrackBefore,
      timeWaitBefore: 0, // the workers' pods are new in every block
      seconds: evidence.drained.seconds,
    },
    cliff: seen.cliff,
    kernelLog: [...seen.kernelLog],
    series: [...merged.slices],
    conntrack: seen.conntrack,
  };
  return { measured, reasons };
}

function clientCounters({ tcp }: MergedLoad, nodes: readonly string[]): Measured["counters"][number] {
  const { timeWaitAfter, ...deltas } = tcp;
  return {
    where: `load workers on ${nodes.join(" and ")}`,
    hop: "client-ports",
    deltas: timeWaitAfter === undefined ? deltas : { ...deltas, timeWaitSockets: timeWaitAfter },
  };
}
