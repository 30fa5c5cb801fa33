import type { V1PodSpec } from "@kubernetes/client-node";
import type { LoadEngine } from "../../../runner/load/engines/engine.ts";
import { demandOpen } from "../../../runner/load/engines/open-load.ts";
import { deployLoad, type Load, type LoadEnd } from "../../../runner/load/load.ts";
import { createMerge } from "../../../runner/load/merge.ts";
import { constant } from "../../../runner/load/schedule/profiles.ts";
import { shareOf } from "../../../runner/load/schedule/schedule.ts";
import { type LoadSpec, loadMs, type OpenLoad } from "../../../runner/load/spec.ts";
import { WorkerReport } from "../../../runner/load/worker-report.ts";
import { type ResolverName, ResolverReport } from "../evidence.ts";
import { chain } from "./load/chain.ts";
import { lookups } from "./load/lookups.ts";
import { ChainReport } from "./reports.ts";
import type { Stage } from "./stage.ts";
import { hopNames, stormNames } from "./zone.ts";

const SLICE_MS = 250;
/** Until all names are counted. */
const GATE_TIMEOUT_MS = 300_000;

export interface Client {
  readonly resolver: ResolverName;
  readonly pod: string;
  readonly node: string;
}

export interface StormEnd {
  /** All resolvers' look-ups as one load. */
  readonly end: LoadEnd;
  readonly resolvers: readonly ResolverReport[];
  /** Null where its driver was lost. */
  readonly chain: ChainReport | null;
}

/** Those who look names up, each waiting at its gate. */
export interface Clients {
  readonly resolvers: readonly Client[];
  readonly chainDriver: Client;
  start(atUnixMs: number): Promise<void>;
  end(): Promise<StormEnd>;
  remove(): Promise<void>;
}

export type PodDns = Pick<V1PodSpec, "dnsPolicy" | "dnsConfig">;

/** How a block's clients resolve names. */
export interface Resolving {
  readonly dns: PodDns;
  readonly fullNames: boolean;
}

/** Deploys a worker for each resolver, and the chain's driver. */
export async function deployClients(stage: Stage, resolving: Resolving, sequence: number): Promise<Clients> {
  const { storm } = stage;
  const load = demandOpen(stage.plan.load);
  const merge = createMerge();
  const reports: ResolverReport[] = [];
  let chainReport: ChainReport | null = null;
  const deploying = [
    ...storm.resolvers.map((resolver, worker) =>
      deployOne(stage, resolving.dns, {
        name: `load-${sequence}-${resolver}`,
        engine: lookups(resolver, stormNames(resolver, resolving.fullNames)),
        load: { ...load, workers: 1, schedule: shareOf(load.schedule, storm.resolvers.length) },
        onReport(whole) {
          merge.add({ ...WorkerReport.parse(whole), worker });
          reports.push({ ...ResolverReport.parse(whole), worker });
        },
      }),
    ),
    deployOne(stage, resolving.dns, {
      name: `load-${sequence}-chain`,
      engine: chainEngine(stage, resolving),
      load: chainLoad(stage),
      onReport(whole) {
        chainReport = ChainReport.parse(whole);
      },
    }),
  ];
  const loads = await allOrNone(deploying);
  const [driver, ...workers] = [...loads].reverse();
  if (!driver) throw new Error("the chain has no driver");
  workers.reverse();
  return {
    resolvers: storm.resolvers.map((resolver, index) => clientOf(resolver, workers[index])),
    chainDriver: clientOf("glibc", driver),
    start: async (atUnixMs) => {
      await Promise.all(loads.map((each) => each.start(atUnixMs)));
    },
    async end() {
      const ends = await Promise.all(loads.map((each) => each.end()));
      const lost = ends
        .slice(0, workers.length)
        .flatMap((end, worker) => end.lost.map((each) => ({ ...each, worker, share: each.share / workers.length })));
      reports.sort((a, b) => a.worker - b.worker);
      return { end: { merged: merge.result(), lost }, resolvers: reports, chain: chainReport };
    },
    remove: async () => {
      await Promise.all(loads.map((each) => each.remove()));
    },
  };
}

export function chainEngine({ storm }: Stage, { fullNames }: Resolving): LoadEngine {
  return chain(hopNames(fullNames), storm.chain.depth);
}

function chainLoad({ storm, plan }: Stage): OpenLoad {
  const { perSecond, timeoutMs } = storm.chain;
  return {
    model: "open",
    placement: plan.load.placement,
    schedule: constant(perSecond, loadMs(plan.load)),
    timeoutMs,
    workers: 1,
  };
}

interface One {
  readonly name: string;
  readonly engine: LoadEngine;
  readonly load: LoadSpec;
  onReport(whole: unknown): void;
}

function deployOne(stage: Stage, dns: PodDns, { name, engine, load, onReport }: One): Promise<Load> {
  const { stormImages, nodes } = stage;
  return deployLoad(stage.cluster, {
    name,
    engine,
    image: engine.image === "node-worker" ? stormImages.nodeWorker : stormImages.resolver,
    load,
    seed: stage.seed,
    targets: [{ name: "dns", address: `${stage.dnsIp}:53`, host: "dns", path: "" }],
    nodes: load.placement === "one-node" ? [nodes.client] : nodes.open,
    podSysctls: [],
    sliceMs: SLICE_MS,
    gateTimeoutMs: GATE_TIMEOUT_MS,
    dns,
    onReport: (_, whole) => onReport(whole),
    signal: stage.signal,
  });
}

/** If one can't be deployed, those that were are removed. */
async function allOrNone(deploying: readonly Promise<Load>[]): Promise<Load[]> {
  const settled = await Promise.allSettled(deploying);
  const loads = settled.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  const failed = settled.find((each) => each.status === "rejected");
  if (!failed) return loads;
  await Promise.allSettled(loads.map((each) => each.remove()));
  throw failed.reason;
}

function clientOf(resolver: ResolverName, load: Load | undefined): Client {
  const [worker] = load?.workers ?? [];
  if (!worker) throw new Error(`the load of ${resolver} has no worker`);
  return { resolver, pod: worker.pod, node: worker.node };
}
