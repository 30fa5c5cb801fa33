/** What is judged: how a metric is read from a block, what difference matters, and which kernel counter must agree. */
import type { Block } from "../result/block.ts";
import type { CounterName } from "../result/counters.ts";
import type { FailureCause } from "../result/outcomes.ts";
import { counterTotal, kernelDrops } from "./counters.ts";
import { sum } from "./samples.ts";

/** A counter of harm (more is worse) that must move with the metric before a difference is believed. */
export interface Mechanism<E = unknown> {
  readonly name: string;
  /** Over the block; null where this target does not have it. */
  of(block: Block<E>): number | null;
}

/** The smallest effect worth acting on: the larger of an absolute one and a share of what the baseline suffers. */
export interface Floor {
  /** In the metric's unit. */
  readonly absolute?: number;
  /** 0.1 = a tenth of the baseline's median; of a success share: a tenth of what it lacks to 100 %. */
  readonly relative?: number;
}

interface CommonSpec<E> {
  readonly name: string;
  readonly unit: string;
  readonly better: "lower" | "higher";
  /** Primary metrics decide the overall verdict. */
  readonly primary: boolean;
  readonly floor: Floor;
  readonly mechanisms: readonly Mechanism<E>[];
  /** The block's value; null where it could not be measured. */
  of(block: Block<E>): number | null;
}

export type MetricSpec<E = unknown> =
  | (CommonSpec<E> & { readonly kind: "quantile" | "rate" | "level" | "count" })
  /** A share of the scheduled requests, decided by rare events (failures) that are counted on their own. */
  | (CommonSpec<E> & { readonly kind: "share"; events(block: Block<E>): number });

/** What a suite chooses about a metric. */
export interface Choice {
  readonly primary: boolean;
  readonly floor: Floor;
}

export function counterMechanism(counter: CounterName): Mechanism {
  return { name: counter, of: (block) => counterTotal(block, counter) };
}

/** A failure that the client's own kernel named by an errno is its own evidence. */
export function errnoMechanism(name: string, cause: FailureCause): Mechanism {
  return { name, of: (block) => block.outcomes[cause] ?? 0 };
}

/** What can make a new connection fail or wait: loss at a hop, or no port to start from. */
const CONNECTION_LOSS: readonly Mechanism[] = [
  counterMechanism("conntrackDrop"),
  counterMechanism("listenDrops"),
  counterMechanism("softnetDropped"),
  errnoMechanism("EADDRNOTAVAIL", "port-exhausted"),
];
/** A wait can also come from loss that no hop counted, or from a CPU that did not get round to its packets. */
const WAITING: readonly Mechanism[] = [
  ...CONNECTION_LOSS,
  counterMechanism("synRetrans"),
  counterMechanism("softnetTimeSqueeze"),
];

/** Requests that ended well, of all scheduled, in %. */
export function successRate(choice: Choice): MetricSpec {
  return {
    ...choice,
    name: "success-rate",
    unit: "%",
    better: "higher",
    kind: "share",
    mechanisms: CONNECTION_LOSS,
    of: (block) => (block.scheduled === 0 ? null : (100 * block.outcomes.ok) / block.scheduled),
    events: (block) => block.scheduled - block.outcomes.ok,
  };
}

/** Packets dropped by the kernel in a block, by its own count, over all hops that could be read. */
export function drops(choice: Choice): MetricSpec {
  return {
    ...choice,
    name: "drops",
    unit: "packets",
    better: "lower",
    kind: "count",
    mechanisms: [{ name: "kernel drop counters", of: kernelDrops }],
    of: kernelDrops,
  };
}

/** Latency of every request that was sent, from its scheduled time; failures count with their full wait. */
export function latency(quantile: "p50" | "p99" | "p999", choice: Choice): MetricSpec {
  return {
    ...choice,
    name: `latency-${quantile}`,
    unit: "ms",
    better: "lower",
    kind: "quantile",
    mechanisms: WAITING,
    of: (block) => (block.sent === 0 ? null : block.latencyMs[quantile]),
  };
}

/** Requests that ended well, per second of load. */
export function connectionsPerSecond(choice: Choice): MetricSpec {
  return {
    ...choice,
    name: "connections-per-second",
    unit: "1/s",
    better: "higher",
    kind: "rate",
    mechanisms: CONNECTION_LOSS,
    of(block) {
      const seconds = loadSeconds(block);
      return seconds === null ? null : sum(block.series.map((slice) => slice.ok)) / seconds;
    },
  };
}

/** Connections that the client's kernel refused for want of a free port (EADDRNOTAVAIL). */
export function portExhausted(choice: Choice): MetricSpec {
  const evidence = errnoMechanism("EADDRNOTAVAIL", "port-exhausted");
  return {
    ...choice,
    name: "port-exhausted",
    unit: "requests",
    better: "lower",
    kind: "count",
    mechanisms: [evidence],
    of: evidence.of,
  };
}

/**
 * Sockets in TIME_WAIT that the block left in the clients' network namespaces, for each 100 connections that ended well:
 * an arm that lets more connections through leaves more of them, which is not harm of its own.
 */
export function timeWaitSockets(choice: Choice): MetricSpec {
  const inClients = (block: Block) => counterTotal(block, "timeWaitSockets", "client-ports");
  return {
    ...choice,
    name: "time-wait-sockets",
    unit: "per 100 connections",
    better: "lower",
    kind: "level",
    mechanisms: [{ name: "timeWaitSockets", of: inClients }],
    of(block) {
      const sockets = inClients(block);
      return sockets === null || block.outcomes.ok === 0 ? null : (100 * sockets) / block.outcomes.ok;
    },
  };
}

/** Length of the load by its own time axis; null with fewer than two slices. */
function loadSeconds(block: Block): number | null {
  const [first, second] = block.series;
  return first && second ? ((second.atMs - first.atMs) * block.series.length) / 1000 : null;
}
