import { risen } from "../../analysis/counters.ts";
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
    stealShare: traces.length === 0 ? null : Math.max(0, ...traces.map((trace) => stealShare(trace))),
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

type Watched = Measured["counters"][number];

/**
 * What counters of one namespace rose by, from reading to reading: past the end of a 32-bit counter, and on from zero where it
 * began anew, or where the namespace did. What happened between the last reading and a new beginning, or after a namespace was gone, is not known: the sum
 * is then the least that it can be.
 */
function watched(
  trace: NodeTrace,
  startUnixMs: number,
  { where, hop, names, as }: { where: string; hop: Watched["hop"]; names: readonly CounterName[]; as: string },
): Watched {
  const first = before(trace, startUnixMs);
  const ticks = trace.ticks.filter((tick) => !first || tick.atUnixMs >= first.atUnixMs);
  const samples = ticks.map((tick) => tick.samples.find((sample) => sample.where === where));
  const isNew = samples.some((sample) => sample?.began);
  const grown = names.flatMap((name) => {
    const values = samples.map((sample) => sample?.counters[name]);
    const seen = values.filter((value) => value !== undefined);
    const read = isNew && seen.length > 0 ? [0, ...seen] : seen;
    if (read.length < 2) return [];
    const { rise, anew } = growth(name, read);
    const isFromStart = isNew || values[0] !== undefined;
    return [{ name, rise, cut: anew || values.at(-1) === undefined || !isFromStart }];
  });
  const atLeast = grown.filter(({ cut }) => cut).map(({ name }) => name);
  return {
    where: as,
    hop,
    deltas: Object.fromEntries(grown.map(({ name, rise }) => [name, rise])),
    ...(atLeast.length > 0 ? { atLeast } : {}),
  };
}

function growth(name: CounterName, values: readonly number[]): { readonly rise: number; readonly anew: boolean } {
  let rise = 0;
  let anew = false;
  for (const [index, value] of values.entries()) {
    if (index === 0) continue;
    const step = risen(name, value - (values[index - 1] ?? value));
    if (step === null) anew = true;
    rise += step ?? value;
  }
  return { rise, anew };
}

function nodeCounters(trace: NodeTrace, startUnixMs: number, clientNode: string): Watched[] {
  const pods = new Set(
    trace.ticks.flatMap(({ samples }) => samples.map(({ where }) => where).filter((where) => where.startsWith("pod:"))),
  );
  const hop = trace.node === clientNode ? "client-conntrack" : "service-dnat";
  return [
    {
      ...watched(trace, startUnixMs, { where: "node", as: `node ${trace.node}`, hop, names: CONNTRACK }),
      conntrackFrom: trace.conntrackFrom,
    },
    ...[...pods].map((where) =>
      watched(trace, startUnixMs, { where, as: `${where} on ${trace.node}`, hop: "listen-queue", names: LISTEN }),
    ),
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

function softnetCounters(trace: NodeTrace, startUnixMs: number): Watched {
  return watched(trace, startUnixMs, { where: "node", as: `kernel of ${trace.node}`, hop: "softnet", names: SOFTNET });
}

function conntrackSamples(trace: NodeTrace, startUnixMs: number): ConntrackSample[] {
  const atStart = countersAt(before(trace, startUnixMs), "node").conntrackDrop;
  const dropsBy = (now: number | undefined) =>
    now === undefined || atStart === undefined ? null : (risen("conntrackDrop", now - atStart) ?? 0);
  return trace.ticks.flatMap((tick) => {
    const { conntrackEntries, conntrackLimit, conntrackDrop } = countersAt(tick, "node");
    if (conntrackEntries === undefined || conntrackLimit === undefined) return [];
    return [
      {
        atMs: tick.atUnixMs - startUnixMs,
        node: trace.node,
        entries: conntrackEntries,
        limit: conntrackLimit,
        drops: dropsBy(conntrackDrop),
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
    (trace) => conntrackSamples(trace, startUnixMs).find((sample) => (sample.drops ?? 0) > 0)?.atMs ?? [],
  );
  return firsts.length === 0 ? null : { atMs: Math.min(...firsts) };
}

function stealShare(trace: NodeTrace): number {
  const first = countersAt(trace.ticks[0], "node");
  const last = countersAt(trace.ticks.at(-1), "node");
  const total = (last.cpuTotalTicks ?? 0) - (first.cpuTotalTicks ?? 0);
  return total > 0 ? ((last.cpuStealTicks ?? 0) - (first.cpuStealTicks ?? 0)) / total : 0;
}
