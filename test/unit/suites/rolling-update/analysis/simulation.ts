/**
 * A small cluster in which everything that happens is known: pods come and go, a Service's rules and a proxy's set of
 * endpoints follow late, and open-loop requests go through proxies that log what they did. Not the product's code: it
 * decides each request's fate by itself, and keeps the true cause beside it.
 */

import { seededUniform } from "../../../../../runner/analysis/random.ts";
import type {
  EndpointSync,
  PathLog,
  RolloutInput,
  TracedRequest,
} from "../../../../../suites/rolling-update/analysis/input.ts";
import type { Lead, ObservedPod } from "../../../../../suites/rolling-update/analysis/observed.ts";
import type { ProxyRecord, UpstreamTry } from "../../../../../suites/rolling-update/analysis/proxy-record.ts";
import type { RolloutKind } from "../../../../../suites/rolling-update/evidence.ts";

export const START_UNIX_MS = 1_800_000_000_000;
const NODE = "node-1";

/** Instants are ms of the load. */
export interface SimulatedPod {
  name: string;
  ip: string;
  readyAt: number;
  /** Takes no more connections. Infinity: survives. */
  deadAt: number;
  /** After a kill: listens again. */
  againAt?: number;
  /** When slices said so, and rules and the proxy's set followed; for a survivor never. */
  slicesAt?: number;
  rulesAt?: number;
  syncAt?: number;
  rollout?: number;
}

export interface SimulatedPath {
  name: string;
  leadsBy: PathLog["leadsBy"];
  tries: number;
  keeps?: boolean;
  /** Does not say when it takes endpoints. */
  silent?: boolean;
}

export interface World {
  seed: number;
  durationMs: number;
  /** Between two requests of one path. */
  everyMs: number;
  rollouts: { kind: RolloutKind; replicas: number; at: number }[];
  pods: SimulatedPod[];
  paths: SimulatedPath[];
  /** What the stated instants of proxies and pods are off the truth by. */
  offMs?: { proxy: number; pods: number; stated: number };
  /** Share of log lines that are lost. */
  lostLines?: number;
  /** A failure that nothing in the world accounts for, at this share of good requests. */
  causeless?: number;
  /** How long a pod works on a request, in ms; those under way when it ends are reset. */
  serviceMs?: number;
  /** The proxies themselves are gone in this stretch. */
  proxiesGone?: [number, number];
}

/** What really happened to a failed request. */
export type Truth =
  | { cause: "dead-pod"; pod: string; late: "slices" | "rules" | "proxy" }
  | { cause: "cut"; pod: string }
  | { cause: "no-endpoint" }
  | { cause: "nothing" }
  | { cause: "proxy-died" };

export interface Simulated {
  input: RolloutInput;
  /** By request id, for each that failed. */
  truth: Map<string, Truth>;
  hidden: Map<string, number>;
  failures: Map<string, number>;
}

export function simulate(world: World): Simulated {
  const uniform = seededUniform(world.seed);
  const off = world.offMs ?? { proxy: 0, pods: 0, stated: 1 };
  const truth = new Map<string, Truth>();
  const hidden = new Map(world.paths.map(({ name }) => [name, 0]));
  const failures = new Map(world.paths.map(({ name }) => [name, 0]));
  const requests: TracedRequest[] = [];
  const records = new Map<string, ProxyRecord[]>(world.paths.map(({ name }) => [name, []]));
  const turns = new Map(world.paths.map(({ name }) => [name, 0]));
  let n = 0;
  for (let turn = 0; turn * world.everyMs < world.durationMs; turn++) {
    for (const [index, path] of world.paths.entries()) {
      const at = turn * world.everyMs + (index * world.everyMs) / world.paths.length;
      const number = n++;
      const id = `${path.name}-0-${number}`;
      const fate = fateOf(world, path, at, turns, uniform);
      const record: ProxyRecord | null = fate.record && {
        requestId: id,
        endedAtUnixMs: Math.round(START_UNIX_MS + fate.endAt + off.proxy),
        status: fate.record.status,
        upstreams: fate.record.upstreams,
      };
      if (record && uniform() >= (world.lostLines ?? 0)) records.get(path.name)?.push(record);
      if (fate.truth) {
        truth.set(id, fate.truth);
        failures.set(path.name, (failures.get(path.name) ?? 0) + 1);
      } else if (record && record.upstreams.length > 1) hidden.set(path.name, (hidden.get(path.name) ?? 0) + 1);
      requests.push({
        worker: 0,
        n: number,
        to: path.name,
        m: turn % 2 === 0 ? "GET" : "POST",
        at,
        go: at,
        end: fate.endAt + 0.4,
        out: fate.out,
        ...(fate.pod === undefined ? {} : { pod: fate.pod }),
      });
    }
  }
  return {
    truth,
    hidden,
    failures,
    input: {
      startUnixMs: START_UNIX_MS,
      scheduled: n,
      requests,
      paths: world.paths.map((path) => pathLog(path, records.get(path.name) ?? [], world)),
      observed: {
        rollouts: world.rollouts.map(({ kind, replicas, at }, index) => ({
          kind,
          replicas,
          startedAtUnixMs: START_UNIX_MS + at,
          finishedAtUnixMs: START_UNIX_MS + at + 1_500,
          pods: world.pods.filter((pod) => pod.rollout === index).map((pod) => observedPod(pod, kind, off.pods)),
        })),
        leads: leadsOf(world.pods, off.pods),
        clocks: [{ clock: `node ${NODE}`, errorMs: off.stated }],
        unseen: [],
      },
    },
  };
}

interface Fate {
  endAt: number;
  out: TracedRequest["out"];
  record: { status: number; upstreams: UpstreamTry[] } | null;
  truth: Truth | null;
  pod?: string;
}

function fateOf(
  world: World,
  path: SimulatedPath,
  at: number,
  turns: Map<string, number>,
  uniform: () => number,
): Fate {
  const [goneFrom, goneUntil] = world.proxiesGone ?? [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  if (at >= goneFrom && at < goneUntil)
    return { endAt: at, out: "refused", record: null, truth: { cause: "proxy-died" } };
  const upstreams: UpstreamTry[] = [];
  let now = at + 0.5;
  let last: Truth | null = null;
  const tried = new Set<string>();
  for (let k = 0; k < path.tries; k++) {
    const led = world.pods.filter((pod) => isLed(pod, path, now));
    const fresh = path.leadsBy === "service" ? led : led.filter((pod) => !tried.has(pod.name));
    if (fresh.length === 0) {
      if (k > 0) break;
      upstreams.push(
        path.leadsBy === "service"
          ? { address: "10.96.0.1:80", status: null, connectMs: null, responseMs: 0, error: "connection refused" }
          : { address: "", status: null, connectMs: null, responseMs: null, error: "no endpoint" },
      );
      last = { cause: "no-endpoint" };
      break;
    }
    const pod = choose(fresh, path, turns, uniform);
    tried.add(pod.name);
    const address = path.leadsBy === "service" ? "10.96.0.1:80" : `${pod.ip}:80`;
    if (isDead(pod, now)) {
      upstreams.push({ address, status: null, connectMs: null, responseMs: 1, error: "connection refused" });
      const late = now < (pod.slicesAt ?? 0) ? "slices" : path.leadsBy === "service" ? "rules" : "proxy";
      last = { cause: "dead-pod", pod: pod.name, late };
      now += 1;
      continue;
    }
    const service = world.serviceMs ?? 1;
    if (pod.deadAt > now && pod.deadAt < now + service) {
      const worked = Math.round(pod.deadAt - now);
      upstreams.push({ address, status: null, connectMs: 0, responseMs: worked, error: "connection reset" });
      return ended(pod.deadAt, 502, upstreams, { cause: "cut", pod: pod.name });
    }
    if (uniform() < (world.causeless ?? 0)) {
      upstreams.push({ address, status: null, connectMs: 0, responseMs: 1, error: "connection reset" });
      return ended(now + 1, 502, upstreams, { cause: "nothing" });
    }
    upstreams.push({ address, status: 200, connectMs: 0, responseMs: Math.round(service), error: null });
    return { endAt: now + service, out: "ok", record: { status: 200, upstreams }, truth: null, pod: pod.name };
  }
  const status = last?.cause === "no-endpoint" && path.leadsBy === "endpoints" ? 503 : 502;
  return ended(now, status, upstreams, last);
}

function ended(endAt: number, status: 502 | 503, upstreams: UpstreamTry[], truth: Truth | null): Fate {
  return { endAt, out: `status-${status}`, record: { status, upstreams }, truth };
}

function choose(
  among: readonly SimulatedPod[],
  path: SimulatedPath,
  turns: Map<string, number>,
  uniform: () => number,
): SimulatedPod {
  const turn = turns.get(path.name) ?? 0;
  turns.set(path.name, turn + 1);
  const pod = path.leadsBy === "service" ? among[Math.floor(uniform() * among.length)] : among[turn % among.length];
  if (!pod) throw new Error("nobody to choose from");
  return pod;
}

function isLed(pod: SimulatedPod, path: SimulatedPath, at: number): boolean {
  const until = path.leadsBy === "service" ? pod.rulesAt : pod.syncAt;
  if (pod.againAt !== undefined && until !== undefined && at >= pod.againAt) return true;
  return at >= pod.readyAt && at < (until ?? Number.POSITIVE_INFINITY);
}

function isDead(pod: SimulatedPod, at: number): boolean {
  return at >= pod.deadAt && at < (pod.againAt ?? Number.POSITIVE_INFINITY);
}

function observedPod(pod: SimulatedPod, kind: RolloutKind, off: number): ObservedPod {
  const instant = (at: number | undefined) => (at === undefined ? null : START_UNIX_MS + at + off);
  const isKill = kind === "kill";
  return {
    pod: pod.name,
    uid: `uid-${pod.name}`,
    ip: pod.ip,
    node: NODE,
    readyAtUnixMs: START_UNIX_MS + pod.readyAt,
    deleteRequestedAtUnixMs: isKill ? null : START_UNIX_MS + pod.deadAt - 30,
    terminatingAtUnixMs: pod.slicesAt === undefined ? null : START_UNIX_MS + pod.slicesAt,
    endpointGoneAtUnixMs: isKill || pod.slicesAt === undefined ? null : START_UNIX_MS + pod.slicesAt + 20,
    proxyGoneAtUnixMs: { [NODE]: instant(pod.rulesAt) },
    signal: isKill ? null : { name: "SIGTERM", atUnixMs: START_UNIX_MS + pod.deadAt + off },
    exitedAtUnixMs: START_UNIX_MS + pod.deadAt + 1 + off,
    ignoresSigterm: false,
  };
}

/** The first led address is there before the load. */
function leadsOf(pods: readonly SimulatedPod[], off: number): Lead[] {
  return pods
    .flatMap((pod): Lead[] => {
      const lead = (at: number, led: boolean) => ({
        node: NODE,
        address: pod.ip,
        atUnixMs: START_UNIX_MS + at + off,
        led,
      });
      return [
        lead(pod.readyAt, true),
        ...(pod.rulesAt === undefined ? [] : [lead(pod.rulesAt, false)]),
        ...(pod.againAt === undefined || pod.rulesAt === undefined ? [] : [lead(pod.againAt, true)]),
      ];
    })
    .sort((a, b) => a.atUnixMs - b.atUnixMs);
}

function pathLog(path: SimulatedPath, records: ProxyRecord[], world: World): PathLog {
  return {
    name: path.name,
    proxy: `${path.name}, simulated`,
    leadsBy: path.leadsBy,
    keepsConnections: path.keeps ?? false,
    retries: path.tries > 1 ? { tries: path.tries, on: "error timeout" } : null,
    rhythmMs: path.leadsBy === "service" ? 1_000 : 2_000,
    nodes: [NODE],
    records,
    unseen: [],
    syncs: path.leadsBy === "service" || path.silent ? null : syncsOf(path, world),
  };
}

function syncsOf(path: SimulatedPath, { pods, offMs }: World): EndpointSync[] {
  const changes = pods.flatMap(({ readyAt, syncAt, againAt }) => [readyAt, syncAt, againAt]);
  const at = [...new Set(changes.flatMap((each) => each ?? []))].sort((a, b) => a - b);
  return at.map((instant) => ({
    atUnixMs: START_UNIX_MS + instant + (offMs?.proxy ?? 0),
    addresses: pods.filter((pod) => isLed(pod, path, instant)).map(({ ip }) => `${ip}:80`),
  }));
}
