/** What counters and gauges of each hop said of a stage. Pure. */
import { DROP_COUNTER } from "../../analysis/counters.ts";
import { readTraces } from "../../experiment/block/trace.ts";
import type { LoadEnd } from "../../load/load.ts";
import type { NodeTrace } from "../../probes/sampler.ts";
import type { CounterName } from "../../result/counters.ts";
import type { HopReading } from "../../result/rehearsal.ts";
import type { RehearsalGround } from "./ground.ts";
import type { TargetPods } from "./target-pods.ts";

interface Read {
  /** What pods are called, by their UIDs. */
  readonly pods: Pick<TargetPods, "nameOf">;
  readonly ends: readonly LoadEnd[];
  readonly traces: readonly NodeTrace[];
  readonly startOnNodesMs: number;
}

/** What the load pods have. */
export interface WorkersPorts {
  readonly perWorker: number;
  readonly workers: number;
}

/** @param have null: the load opens no connections */
export function readingsOf(
  ground: Pick<RehearsalGround, "nodes" | "targets">,
  { ends, traces, startOnNodesMs, pods }: Read,
  have: WorkersPorts | null,
): HopReading[] {
  const { nodes } = ground;
  const { counters } = readTraces(traces, startOnNodesMs, nodes.client, nodes.bootIds);
  const lost = counters.flatMap(({ where, hop, deltas }): HopReading[] =>
    (Object.entries(deltas) as [CounterName, number][])
      .filter(([name]) => LOSSES.has(name))
      .map(([counter, delta]) => ({ hop, where: named(pods, where), counter, lost: delta, used: null, limit: null })),
  );
  return [...lost, ...tables(traces, nodes.client), ...(have === null ? [] : ports(ground, ends, have))];
}

/** Ours, and of others' what we do not read ourselves: nothing is counted twice. */
export function withOthers(own: readonly HopReading[], others: readonly HopReading[]): HopReading[] {
  const isOurs = (each: HopReading) =>
    own.some(({ where, counter }) => where === each.where && counter === each.counter);
  return [...own, ...others.filter((each) => !isOurs(each))];
}

/** What says that something died. */
const LOSSES: ReadonlySet<CounterName> = new Set<CounterName>([
  ...Object.values(DROP_COUNTER),
  "conntrackInsertFailed",
  "listenOverflows",
  "reqQFullDrop",
]);

/** Probes know pods by their uids, and people by their names. */
function named(pods: Read["pods"], where: string): string {
  const uid = /^pod:(\S+)/.exec(where)?.[1];
  const name = uid === undefined ? undefined : pods.nameOf(uid);
  return name === undefined ? where : `pod ${name}`;
}

function tables(traces: readonly NodeTrace[], clientNode: string): HopReading[] {
  return traces.flatMap(({ node, ticks }): HopReading[] => {
    const samples = ticks.flatMap((tick) => tick.samples.find(({ where }) => where === "node")?.counters ?? []);
    const entries = samples.flatMap(({ conntrackEntries }) => conntrackEntries ?? []);
    const limits = samples.flatMap(({ conntrackLimit }) => conntrackLimit ?? []);
    const limit = limits.at(-1) ?? null;
    // Somebody may have changed it and put it back.
    const another = limits.find((each) => each !== limit);
    if (entries.length === 0) return [];
    const hop = node === clientNode ? "client-conntrack" : "service-dnat";
    return [
      {
        ...{ hop, where: `node ${node}`, counter: "conntrackEntries", lost: null, used: Math.max(...entries), limit },
        ...(another === undefined ? {} : { limitBefore: another }),
      },
    ];
  });
}

function workersWords(workers: number, target: string): string {
  return `${workers} load ${workers === 1 ? "worker" : "workers"} of ${target}`;
}

/** Ports that each load's workers held in TIME_WAIT when they ended, and had. */
function ports(
  { targets }: Pick<RehearsalGround, "targets">,
  ends: readonly LoadEnd[],
  have: WorkersPorts,
): HopReading[] {
  return ends.flatMap(({ merged }, index): HopReading[] => {
    const target = targets[index];
    if (target === undefined || target.aim.kind === "names") return [];
    return [
      {
        ...{
          hop: "client-ports",
          where: workersWords(have.workers, target.report.name),
          counter: "port-exhausted",
        },
        // Of workers of which none reported it is not known.
        lost: merged.workers === 0 ? null : (merged.outcomes["port-exhausted"] ?? 0),
        used: merged.tcp.timeWaitAfter ?? null,
        limit: have.perWorker * have.workers,
      },
    ];
  });
}
