import type { NodeTrace, Tick } from "../../probes/sampler.ts";
import type { ConntrackSample, Measured } from "../../result/block.ts";
import type { CounterName } from "../../result/counters.ts";

type Counters = Readonly<Partial<Record<CounterName, number>>>;

const CONNTRACK: readonly CounterName[] = [
  "conntrackDrop",
  "conntrackEarlyDrop",
  "conntrackInsertFailed",
  "conntrackClashResolve",
  "conntrackInvalid",
];
const SOFTNET: readonly CounterName[] = ["softnetDropped", "softnetTimeSqueeze"];
const LISTEN: readonly CounterName[] = [
  "listenOverflows",
  "listenDrops",
  "reqQFullDrop",
  "passiveOpens",
  "outResets",
  "tcpFastOpenPassive",
];

/** Pure reading of what the probes saw of one block. `startUnixMs` is the load's start on the workers' clock. */
export function readTraces(
  traces: readonly NodeTrace[],
  startUnixMs: number,
  clientNode: string,
  bootIds: Readonly<Record<string, string>>,
) {
  return {
    counters: [
      ...traces.flatMap((trace) => nodeCounters(trace, startUnixMs, clientNode)),
      ...oneANodeKernel(traces, bootIds).map((trace) => softnetCounters(trace, startUnixMs)),
    ],
    conntrack: fullestTable(traces, startUnixMs),
    cliff: cliffOf(traces, startUnixMs),
    kernelLog: traces.flatMap((trace) => trace.kernelLog),
    probeCpuSeconds: traces.reduce((sum, trace) => sum + trace.ownCpuMs, 0) / 1000,
    stealShare: Math.max(0, ...traces.map((trace) => stealShare(trace))),
    samplesAtMs: Object.fromEntries(
      traces.map((trace) => [trace.node, trace.ticks.map((tick) => tick.atUnixMs - startUnixMs)]),
    ),
    conntrackBefore: Object.fromEntries(
      traces.map((trace) => [trace.node, countersAt(before(trace, startUnixMs), "node").conntrackEntries ?? 0]),
    ),
  };
}

function before(trace: NodeTrace, startUnixMs: number): Tick | undefined {
  return trace.ticks.findLast((tick) => tick.atUnixMs <= startUnixMs) ?? trace.ticks[0];
}

function countersAt(tick: Tick | undefined, where: string): Counters {
  return tick?.samples.find((sample) => sample.where === where)?.counters ?? {};
}

function deltas(first: Counters, last: Counters, names: readonly CounterName[]): Counters {
  return Object.fromEntries(
    names.flatMap((name) => {
      const from = first[name];
      const to = last[name];
      return from === undefined || to === undefined ? [] : [[name, to - from]];
    }),
  );
}

function nodeCounters(trace: NodeTrace, startUnixMs: number, clientNode: string): Measured["counters"] {
  const first = before(trace, startUnixMs);
  const last = trace.ticks.at(-1);
  const node = [countersAt(first, "node"), countersAt(last, "node")] as const;
  const pods = (last?.samples ?? []).filter((sample) => sample.where.startsWith("pod:"));
  return [
    {
      where: `node ${trace.node}`,
      hop: trace.node === clientNode ? ("client-conntrack" as const) : ("service-dnat" as const),
      deltas: deltas(...node, CONNTRACK),
    },
    ...pods.map((pod) => ({
      where: `${pod.where} on ${trace.node}`,
      hop: "listen-queue" as const,
      deltas: deltas(countersAt(first, pod.where), pod.counters, LISTEN),
    })),
  ];
}

/** /proc/net/softnet_stat is one for the whole kernel: nodes that share a kernel (the lab's) would count it twice. */
function oneANodeKernel(traces: readonly NodeTrace[], bootIds: Readonly<Record<string, string>>): NodeTrace[] {
  const kernels = new Set<string>();
  return traces.filter((trace) => {
    const kernel = bootIds[trace.node] ?? trace.node;
    return kernels.has(kernel) ? false : kernels.add(kernel);
  });
}

function softnetCounters(trace: NodeTrace, startUnixMs: number): Measured["counters"][number] {
  const [first, last] = [before(trace, startUnixMs), trace.ticks.at(-1)];
  return {
    where: `kernel of ${trace.node}`,
    hop: "softnet",
    deltas: deltas(countersAt(first, "node"), countersAt(last, "node"), SOFTNET),
  };
}

function conntrackSamples(trace: NodeTrace, startUnixMs: number): ConntrackSample[] {
  const atStart = countersAt(before(trace, startUnixMs), "node").conntrackDrop ?? 0;
  return trace.ticks.flatMap((tick) => {
    const { conntrackEntries, conntrackLimit, conntrackDrop } = countersAt(tick, "node");
    if (conntrackEntries === undefined || conntrackLimit === undefined) return [];
    return [
      {
        atMs: tick.atUnixMs - startUnixMs,
        node: trace.node,
        entries: conntrackEntries,
        limit: conntrackLimit,
        drops: Math.max(0, (conntrackDrop ?? atStart) - atStart),
      },
    ];
  });
}

function fullestTable(traces: readonly NodeTrace[], startUnixMs: number): ConntrackSample[] {
  const peak = (samples: ConntrackSample[]) => Math.max(0, ...samples.map((sample) => sample.entries / sample.limit));
  return traces
    .map((trace) => conntrackSamples(trace, startUnixMs))
    .reduce((fullest, samples) => (peak(samples) > peak(fullest) ? samples : fullest), []);
}

/** The first conntrack drop on any node; the sampling interval is its resolution. */
function cliffOf(traces: readonly NodeTrace[], startUnixMs: number): Measured["cliff"] {
  const firsts = traces.flatMap(
    (trace) => conntrackSamples(trace, startUnixMs).find((sample) => sample.drops > 0)?.atMs ?? [],
  );
  return firsts.length === 0 ? null : { atMs: Math.min(...firsts) };
}

function stealShare(trace: NodeTrace): number {
  const first = countersAt(trace.ticks[0], "node");
  const last = countersAt(trace.ticks.at(-1), "node");
  const total = (last.cpuTotalTicks ?? 0) - (first.cpuTotalTicks ?? 0);
  return total > 0 ? ((last.cpuStealTicks ?? 0) - (first.cpuStealTicks ?? 0)) / total : 0;
}
