/** What counters and gauges of each hop said of a stage. Pure. */
import { DROP_COUNTER } from "../../analysis/counters.ts";
import { readTraces } from "../../experiment/block/trace.ts";
import type { LoadEnd } from "../../load/load.ts";
import type { NodeTrace } from "../../probes/sampler.ts";
import type { CounterName } from "../../result/counters.ts";
import type { HopReading } from "../../result/rehearsal.ts";
import type { RehearsalGround } from "./ground.ts";

interface Read {
  readonly ends: readonly LoadEnd[];
  readonly traces: readonly NodeTrace[];
  readonly startOnNodesMs: number;
}

export function readingsOf(ground: RehearsalGround, { ends, traces, startOnNodesMs }: Read): HopReading[] {
  const { nodes } = ground;
  const { counters } = readTraces(traces, startOnNodesMs, nodes.client, nodes.bootIds);
  const lost = counters.flatMap(({ where, hop, deltas }): HopReading[] =>
    (Object.entries(deltas) as [CounterName, number][])
      .filter(([name]) => LOSSES.has(name))
      .map(([counter, delta]) => ({ hop, where: named(ground, where), counter, lost: delta, used: null, limit: null })),
  );
  return [...lost, ...tables(traces, nodes.client), ...ports(ends)];
}

/** What says that something died. */
const LOSSES: ReadonlySet<CounterName> = new Set<CounterName>([
  ...Object.values(DROP_COUNTER),
  "conntrackInsertFailed",
  "listenOverflows",
  "reqQFullDrop",
]);

/** Probes know pods by their uids, and people by their names. */
function named({ targets }: RehearsalGround, where: string): string {
  const uid = /^pod:(\S+)/.exec(where)?.[1];
  if (uid === undefined) return where;
  const found = targets.flatMap(({ pods }) => pods).find((pod) => pod.uid === uid);
  return found ? `pod ${found.name}` : where;
}

function tables(traces: readonly NodeTrace[], clientNode: string): HopReading[] {
  return traces.flatMap(({ node, ticks }): HopReading[] => {
    const samples = ticks.flatMap((tick) => tick.samples.find(({ where }) => where === "node")?.counters ?? []);
    const entries = samples.flatMap(({ conntrackEntries }) => conntrackEntries ?? []);
    const limit = samples.flatMap(({ conntrackLimit }) => conntrackLimit ?? []).at(-1) ?? null;
    if (entries.length === 0) return [];
    const hop = node === clientNode ? "client-conntrack" : "service-dnat";
    return [{ hop, where: `node ${node}`, counter: "conntrackEntries", lost: null, used: Math.max(...entries), limit }];
  });
}

/** Ports that the workers held in TIME_WAIT when they ended, of all of them together. */
function ports(ends: readonly LoadEnd[]): HopReading[] {
  return ends.map(({ merged }, index): HopReading => {
    const { timeWaitAfter } = merged.tcp;
    const lost = merged.outcomes["port-exhausted"] ?? 0;
    return {
      ...{ hop: "client-ports", where: `load workers ${index + 1}`, counter: "port-exhausted" },
      ...{ lost, used: timeWaitAfter ?? null, limit: null },
    };
  });
}
