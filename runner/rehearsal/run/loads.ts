/** The loads of a stage: one for each target, with its share of the rate, that begin and end together. */
import type { HttpTask } from "../../load/engines/engine.ts";
import { flood } from "../../load/engines/flood.ts";
import { names } from "../../load/engines/names.ts";
import { followLive, type LiveSecond } from "../../load/live.ts";
import { deployLoad, type Load, type LoadEnd } from "../../load/load.ts";
import { type Schedule, scaled } from "../../load/schedule/schedule.ts";
import type { OpenLoad } from "../../load/spec.ts";
import { loadNodes, type ReadyTarget, type RehearsalGround } from "./ground.ts";

const SLICE_MS = 1_000;
const GATE_TIMEOUT_MS = 120_000;

export interface StageLoads {
  readonly loads: readonly Load[];
  /** @param onSecond told which load it is of */
  start(atUnixMs: number, onSecond: (load: number, second: LiveSecond) => void): Promise<void>;
  /** Sending has stopped when it returns; what is under way may end. */
  stop(): Promise<void>;
  end(): Promise<readonly LoadEnd[]>;
  remove(): Promise<void>;
}

/** @param number of the stage: its workers' names go by it */
export async function deployLoads(ground: RehearsalGround, schedule: Schedule, number: number): Promise<StageLoads> {
  const deployed = await Promise.allSettled(
    ground.targets.map((target, index) => deploy(ground, target, schedule, `load-${number}-${index}`)),
  );
  const loads = deployed.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  const remove = async () => {
    await Promise.all(loads.map((load) => load.remove()));
  };
  const failed = deployed.find((each) => each.status === "rejected");
  if (failed) {
    await remove().catch(() => undefined); // what is left goes with the namespace; the first error is the one to tell
    throw failed.reason;
  }
  return {
    loads,
    async start(atUnixMs, onSecond) {
      for (const [index, load] of loads.entries()) followLive(load, (second) => onSecond(index, second));
      await Promise.all(loads.map((load) => load.start(atUnixMs)));
    },
    stop: async () => {
      await Promise.all(loads.map((load) => load.stop()));
    },
    end: () => Promise.all(loads.map((load) => load.end())),
    remove,
  };
}

async function deploy(ground: RehearsalGround, target: ReadyTarget, schedule: Schedule, name: string): Promise<Load> {
  const { cluster, delivery, plan, signal, image } = ground;
  const { workers, timeoutMs, nodes } = plan.load;
  const load: OpenLoad = {
    model: "open",
    schedule: scaled(schedule, target.report.share),
    ...{ timeoutMs, workers },
    placement: nodes === "one" ? "one-node" : "all-nodes",
  };
  const common = {
    ...{ name, delivery, load, signal },
    seed: plan.seed,
    nodes: loadNodes(ground),
    podSysctls: [],
    sliceMs: SLICE_MS,
    liveMs: 1_000,
    gateTimeoutMs: GATE_TIMEOUT_MS,
  };
  const { aim } = target;
  if (aim.kind === "names")
    return deployLoad(cluster, {
      ...common,
      engine: names,
      task: { names: aim.names },
      image: await image(names.image),
    });
  return deployLoad(cluster, {
    ...common,
    engine: flood,
    task: requests(ground, target, aim),
    image: await image(flood.image),
  });
}

function requests(
  { plan }: RehearsalGround,
  { report }: ReadyTarget,
  { address, host, tls, request, secrets }: Extract<ReadyTarget["aim"], { kind: "requests" }>,
): HttpTask {
  const { method, path, headers, body, expect } = request;
  return {
    targets: [{ name: report.name, address, host, path }],
    request: { method, headers: { ...headers, ...secrets }, body: body ?? "", expect },
    keepAliveRatio: 1 - plan.traffic.newConnections,
    tls,
    isSecret: Object.keys(secrets).length > 0,
  };
}
