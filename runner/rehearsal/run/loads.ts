/** The loads of a stage: one for each target, with its share of the rate, that begin and end together. */
import type { HttpTask } from "../../load/engines/engine.ts";
import { flood } from "../../load/engines/flood.ts";
import { names } from "../../load/engines/names.ts";
import { type UserScriptTask, userScript } from "../../load/engines/user-script.ts";
import type { LiveSecond } from "../../load/live-merge.ts";
import { deployLoad, type Load, type LoadEnd } from "../../load/load.ts";
import { peakPerSecond, type Schedule, scaled } from "../../load/schedule/schedule.ts";
import type { OpenLoad } from "../../load/spec.ts";
import type { RehearsedStage } from "../../result/rehearsal.ts";
import { leftForDay } from "../plan/together.ts";
import { loadNodes, type ReadyTarget, type RehearsalGround } from "./ground.ts";

const SLICE_MS = 1_000;
/** On top of what it takes to open all gates. */
const GATE_SLACK_MS = 120_000;
const LEAST_LEAD_MS = 1_000;
/** Each worker is led and its gate opened by streams of its own. */
const LEAD_MS_EACH = 250;

/** From when on all workers are told of their start until they start together. */
export function leadMs(workers: number, targets: number): number {
  return Math.max(LEAST_LEAD_MS, LEAD_MS_EACH * workers * targets);
}

/** For which a worker waits at its gate: until the last one is told, and for what is done before. */
export function gateTimeoutMs(workers: number, targets: number): number {
  return leadMs(workers, targets) + GATE_SLACK_MS;
}

export interface StageLoads {
  readonly loads: readonly Load[];
  start(atUnixMs: number): Promise<void>;
  /** Sending has stopped when it returns; what is under way may end. */
  stop(): Promise<void>;
  end(): Promise<readonly LoadEnd[]>;
  /** Of a k6 script, that ended, when all have; null: no load is one. */
  iterations(): number | null;
  remove(): Promise<void>;
}

interface StageOptions {
  readonly kind: RehearsedStage["kind"];
  readonly schedule: Schedule;
  /** Of the stage: its workers' names go by it. */
  readonly number: number;
  /** Told which load each second is of. */
  readonly onSecond: (load: number, second: LiveSecond) => void;
}

export async function deployLoads(
  ground: RehearsalGround,
  { kind, schedule, number, onSecond }: StageOptions,
): Promise<StageLoads> {
  // Storms are the day's.
  const limits = kind === "day" ? leftForDay(ground.plan) : ground.plan.limits;
  let ended: number | null = null;
  const deployed = await Promise.allSettled(
    ground.targets.map((target, index) =>
      deploy(ground, target, {
        name: `load-${number}-${index}`,
        ...{ schedule, limits },
        onSecond: (second) => onSecond(index, second),
        onIterations(count) {
          ended = (ended ?? 0) + count;
        },
      }),
    ),
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
    start: async (atUnixMs) => {
      await Promise.all(loads.map((load) => load.start(atUnixMs)));
    },
    stop: async () => {
      await Promise.all(loads.map((load) => load.stop()));
    },
    end: () => Promise.all(loads.map((load) => load.end())),
    iterations: () => ended,
    remove,
  };
}

interface OneLoad {
  readonly name: string;
  readonly limits: UserScriptTask["limits"];
  readonly schedule: Schedule;
  readonly onSecond: (second: LiveSecond) => void;
  /** Told of each worker's, where the load is a k6 script. */
  readonly onIterations: (count: number) => void;
}

async function deploy(
  ground: RehearsalGround,
  target: ReadyTarget,
  { name, limits, schedule, onSecond, onIterations }: OneLoad,
): Promise<Load> {
  const { cluster, delivery, plan, signal, image } = ground;
  const { workers, timeoutMs, nodes } = plan.load;
  const load: OpenLoad = {
    model: "open",
    schedule: scaled(schedule, target.report.share),
    ...{ timeoutMs, workers },
    mostInFlight: limits.mostInFlight * target.report.share,
    placement: nodes === "one" ? "one-node" : "all-nodes",
  };
  const common = {
    ...{ name, delivery, load, signal, onSecond },
    seed: plan.seed,
    nodes: loadNodes(ground),
    podSysctls: [],
    sliceMs: SLICE_MS,
    liveMs: 1_000,
    gateTimeoutMs: gateTimeoutMs(workers, ground.targets.length),
  };
  const { aim } = target;
  if (aim.kind === "names")
    return deployLoad(cluster, {
      ...common,
      engine: names,
      task: { names: aim.names },
      image: await image(names.image),
    });
  if (aim.kind === "script")
    return deployLoad(cluster, {
      ...common,
      engine: userScript,
      task: iterations(ground, aim, load, limits),
      image: await image(userScript.image),
      onReport: (_worker, report) => onIterations(report.iterations),
    });
  return deployLoad(cluster, {
    ...common,
    engine: flood,
    task: requests(ground, target, aim),
    image: await image(flood.image),
  });
}

function iterations(
  { plan, allowExternal }: RehearsalGround,
  { planned, secrets }: Extract<ReadyTarget["aim"], { kind: "script" }>,
  { schedule, workers }: OpenLoad,
  limits: UserScriptTask["limits"],
): UserScriptTask {
  return {
    script: planned.script,
    hosts: planned.hosts,
    mayBePublic: allowExternal,
    env: {
      PACKETWALK_RATE: String(peakPerSecond(schedule)),
      PACKETWALK_WORKERS: String(workers),
      ...planned.env,
    },
    secretEnv: secrets,
    newConnections: plan.traffic.newConnections > 0,
    limits,
  };
}

function requests(
  { plan }: RehearsalGround,
  { report }: ReadyTarget,
  { address, host, tls, request, secrets }: Extract<ReadyTarget["aim"], { kind: "requests" }>,
): HttpTask {
  const { method, path, headers, body, expect } = request;
  return {
    targets: [{ name: report.name, address, host, path }],
    request: { method, headers: { ...headers, ...secrets }, body, expect },
    keepAliveRatio: 1 - plan.traffic.newConnections,
    // Whose certificate it is, is no question of load, and our pods know nobody's authorities.
    ...(tls ? { tls: { serverName: host, insecureSkipVerify: true } } : {}),
    secret: Object.keys(secrets).length > 0,
  };
}
