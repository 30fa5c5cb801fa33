import { meanPerSecond, type Schedule, scheduleMs } from "./schedule/schedule.ts";

interface CommonLoad {
  /** A request that has not ended well by then has failed; counted from its scheduled instant where it has one. */
  readonly timeoutMs: number;
  /** Requests under way at once, over all workers together; what is needed for none to wait, if not given. */
  readonly mostInFlight?: number;
  /** Pods that share the load. */
  readonly workers: number;
  /** Where the workers run: on one node, so that one conntrack table sees every connection, or spread over all. */
  readonly placement: "one-node" | "all-nodes";
}

/** Requests at scheduled instants, each on a new connection: a slow target does not slow the load down. */
export interface OpenLoad extends CommonLoad {
  readonly model: "open";
  /** Of all workers together. */
  readonly schedule: Schedule;
  /** Later than this at p99 the generator voids its block; default: what lets latencies be told apart. */
  readonly mostLagMs?: number;
}

/** As many requests as are answered, each on a new connection: what can the target take? */
export interface ClosedLoad extends CommonLoad {
  readonly model: "closed";
  /** In flight all the time, over all workers together. */
  readonly connections: number;
  readonly durationMs: number;
}

/** What a block's load is, apart from the engine that makes it. */
export type LoadSpec = OpenLoad | ClosedLoad;

export interface LoadTarget {
  /** One word, by which timelines and request ids name it. */
  readonly name: string;
  /** IP:port */
  readonly address: string;
  readonly host: string;
  readonly path: string;
}

export function loadMs(load: LoadSpec): number {
  return load.model === "open" ? scheduleMs(load.schedule) : load.durationMs;
}

/** How long a worker may be there, from when it is made: its way to the gate, the wait there, the load, the last answers. */
export function longestMs(load: LoadSpec, gateTimeoutMs: number): number {
  return gateTimeoutMs + loadMs(load) + load.timeoutMs + 120_000;
}

/** Null where the target decides it. */
export function ratePerSecond(load: LoadSpec): number | null {
  return load.model === "open" ? meanPerSecond(load.schedule) : null;
}
