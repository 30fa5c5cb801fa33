import type { V1PodSpec } from "@kubernetes/client-node";
import type { LoadAtGate } from "../../../runner/experiment/block/life.ts";
import type { Scope } from "../../../runner/experiment/block/scope.ts";
import type { LoadEngine } from "../../../runner/load/engines/engine.ts";
import { demandOpen } from "../../../runner/load/engines/open-load.ts";
import { deployLoad, type Load } from "../../../runner/load/load.ts";
import { createMerge } from "../../../runner/load/merge.ts";
import { constant } from "../../../runner/load/schedule/profiles.ts";
import { shareOf } from "../../../runner/load/schedule/schedule.ts";
import { type LoadSpec, loadMs, type OpenLoad } from "../../../runner/load/spec.ts";
import type { WorkerReport } from "../../../runner/load/worker-report.ts";
import type { ChainRun } from "../analysis/chain.ts";
import type { ResolverReport } from "../evidence.ts";
import type { ResolverName } from "../result/resolvers.ts";
import { type ChainReport, type ChainTask, chain } from "./load/chain.ts";
import { lookups } from "./load/lookups.ts";
import type { StormStage } from "./storm-stage.ts";
import { hopNames, stormNames } from "./zone.ts";

const SLICE_MS = 250;
/** Until all names are counted. */
const GATE_TIMEOUT_MS = 300_000;

export interface Client {
  readonly resolver: ResolverName;
  readonly pod: string;
  readonly node: string;
}

/** What the clients said at their ends, beside what is merged into one load. */
export interface ClientReports {
  /** In the order of the storm's resolvers; one that was lost is missing. */
  readonly resolvers: readonly ResolverReport[];
  /** Null where its driver was lost. */
  readonly chain: ChainRun | null;
}

/** Those who look names up, each waiting at its gate: all resolvers' look-ups are the block's load. */
export interface Clients extends LoadAtGate {
  readonly workers: readonly Client[];
  readonly chainDriver: Client;
  /** Complete when the load has ended. */
  reports(): ClientReports;
}

export type PodDns = Pick<V1PodSpec, "dnsPolicy" | "dnsConfig">;

/** How a block's clients resolve names. */
export interface Resolving {
  readonly dns: PodDns;
  readonly fullNames: boolean;
}

/** Deploys a worker for each resolver, and the chain's driver; the scope removes them. */
export async function deployClients(
  stage: StormStage,
  resolving: Resolving,
  sequence: number,
  scope: Scope,
): Promise<Clients> {
  const { resolvers } = stage.storm;
  const load = demandOpen(stage.plan.load);
  const merge = createMerge();
  const reports: ResolverReport[] = [];
  let chainRun: ChainRun | null = null;
  const kept = async (deploying: Promise<Load>) => {
    const deployed = await deploying;
    scope.defer(() => deployed.remove());
    return deployed;
  };
  const workersDeploying = resolvers.map((resolver, worker) => {
    const engine = lookups(resolver);
    return kept(
      deployOne(stage, resolving.dns, {
        name: `load-${sequence}-${resolver}`,
        engine,
        task: { names: stormNames(stage.cluster.namespace, resolver, resolving.fullNames) },
        load: { ...load, workers: 1, schedule: shareOf(load.schedule, resolvers.length) },
        onReport(report) {
          merge.add({ ...report, worker });
          const { startedAtUnixMs, resolvConf, lookups } = report;
          reports.push({ worker, resolver: report.resolver, startedAtUnixMs, resolvConf, lookups });
        },
      }),
    );
  });
  const driverDeploying = kept(
    deployOne(stage, resolving.dns, {
      name: `load-${sequence}-chain`,
      engine: chain,
      task: chainTask(stage, resolving),
      load: chainLoad(stage),
      onReport(report) {
        chainRun = chainRunOf(report);
      },
    }),
  );
  // One that was still being deployed while another failed would not be removed.
  await Promise.allSettled([...workersDeploying, driverDeploying]);
  const workers = await Promise.all(workersDeploying);
  const driver = await driverDeploying;
  return {
    workers: resolvers.map((resolver, index) => clientOf(resolver, workers[index])),
    chainDriver: clientOf("glibc", driver),
    start: async (atUnixMs) => {
      await Promise.all([...workers, driver].map((each) => each.start(atUnixMs)));
    },
    async end() {
      const [ends] = await Promise.all([Promise.all(workers.map((each) => each.end())), driver.end()]);
      const lost = ends.flatMap((end, worker) =>
        end.lost.map((each) => ({ ...each, worker, share: each.share / workers.length })),
      );
      return { merged: merge.result(), lost };
    },
    reports: () => ({ resolvers: [...reports].sort((a, b) => a.worker - b.worker), chain: chainRun }),
  };
}

export function chainTask({ storm }: StormStage, { fullNames }: Resolving): ChainTask {
  return { names: hopNames(fullNames), depth: storm.chain.depth };
}

function chainLoad({ storm, plan }: StormStage): OpenLoad {
  const { perSecond, timeoutMs } = storm.chain;
  return {
    model: "open",
    placement: plan.load.placement,
    schedule: constant(perSecond, loadMs(plan.load)),
    timeoutMs,
    workers: 1,
  };
}

function chainRunOf({ resolver, depth, scheduled, ended, hops, requests }: ChainReport): ChainRun {
  return { resolver, depth, scheduled, outcomes: ended, hops, requests };
}

/** One client's part of a block's load. */
interface ClientLoad<Task, Report extends WorkerReport> {
  readonly name: string;
  readonly engine: LoadEngine<Task, Report>;
  readonly task: Task;
  readonly load: LoadSpec;
  onReport(report: Report): void;
}

function deployOne<Task, Report extends WorkerReport>(
  stage: StormStage,
  dns: PodDns,
  { name, engine, task, load, onReport }: ClientLoad<Task, Report>,
): Promise<Load> {
  const { stormImages, nodes } = stage;
  return deployLoad(stage.cluster, {
    name,
    engine,
    task,
    image: engine.image === "node" ? stormImages.node : stormImages.debian,
    delivery: stage.delivery,
    load,
    seed: stage.seed,
    nodes: load.placement === "one-node" ? [nodes.client] : nodes.open,
    podSysctls: [],
    sliceMs: SLICE_MS,
    gateTimeoutMs: GATE_TIMEOUT_MS,
    dns,
    onReport: (_, report) => onReport(report),
    signal: stage.signal,
  });
}

function clientOf(resolver: ResolverName, load: Load | undefined): Client {
  const [worker] = load?.workers ?? [];
  if (!worker) throw new Error(`the load of ${resolver} has no worker`);
  return { resolver, pod: worker.pod, node: worker.node };
}
