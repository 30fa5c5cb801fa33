/** What is judged: how a metric is read from a block, what difference matters, and which counter must agree. */
import type { Block } from "../result/block.ts";
import type { CounterName } from "../result/counters.ts";
import type { FailureCause } from "../result/outcomes.ts";
import { counterTotal, kernelDrops } from "./counters.ts";
import { HistogramSum } from "./histogram.ts";
import { sum } from "./samples.ts";
import { isSentAgain } from "./syn-schedule.ts";

/** What a value is read from, and so what can spoil it: clocks, the requests' ends, or counters on the nodes. */
export type Reading = "timing" | "outcomes" | "counters";

/** Something that does harm (more is worse), and that must move with the metric before a help is believed. */
export interface Mechanism<E = unknown> {
  readonly name: string;
  readonly reading: Reading;
  /** Events are held against the requests that they can explain; an amount explains a change of about its own proportion. */
  readonly counts: "events" | "amount";
  /** Read from what only its suite's blocks bring with them. */
  readonly fromEvidence?: true;
  /** Over the block; null where this target does not have it. */
  of(block: Block<E>): number | null;
}

/** The smallest effect worth acting on: the larger of an absolute one and a share of what the baseline suffers. */
export interface Floor {
  /** In the metric's unit. */
  readonly absolute?: number;
  /** 0.1 = a tenth of the baseline's value; of a success share: a tenth of what it lacks to 100 %. */
  readonly relative?: number;
}

interface CommonSpec<E> {
  readonly name: string;
  readonly unit: string;
  readonly better: "lower" | "higher";
  /** Primary metrics decide the overall verdict. */
  readonly primary: boolean;
  /** Users feel it: where it got worse, that decides too, and needs no mechanism. */
  readonly felt: boolean;
  readonly reading: Reading;
  readonly floor: Floor;
  /** Read from what only its suite's blocks bring with them. */
  readonly fromEvidence?: true;
  /** None of them the metric itself. */
  readonly mechanisms: readonly Mechanism<E>[];
  /** The block's value; null where it could not be measured. */
  of(block: Block<E>): number | null;
}

export type MetricSpec<E = unknown> =
  | (CommonSpec<E> & { readonly kind: "rate" | "level" })
  /** Of latencies: the share of requests beyond it, 0–1, and the generator's lag that is part of it. */
  | (CommonSpec<E> & { readonly kind: "quantile"; readonly beyond: number; lagMs(block: Block<E>): number | null })
  /** Events in a block; judged for each request, and shown for as many as a block usually has. */
  | (CommonSpec<E> & { readonly kind: "count" })
  /** A share of the requests, in %, decided by events that are counted on their own. */
  | (CommonSpec<E> & { readonly kind: "share"; events(block: Block<E>): number });

/** What a suite chooses about a metric. */
export interface Choice {
  readonly primary: boolean;
  readonly floor: Floor;
}

export function counterMechanism(counter: CounterName): Mechanism {
  return { name: counter, reading: "counters", counts: "events", of: (block) => counterTotal(block, counter) };
}

/** A failure that the client's own kernel named by an errno is its own evidence. */
export function errnoMechanism(name: string, cause: FailureCause): Mechanism {
  return { name, reading: "outcomes", counts: "events", of: (block) => block.outcomes[cause] ?? 0 };
}

/** Requests that the generator sent: what it could not send says nothing of the target. */
export function requestsOf({ scheduled, outcomes }: Block): number {
  return scheduled - (outcomes["not-sent"] ?? 0);
}

/** Requests that were sent and did not end well. */
export function failuresOf(block: Block): number {
  return requestsOf(block) - block.outcomes.ok;
}

/**
 * Without agents on the nodes no hop's counters are read, and what was lost shows at the clients alone: connections that came
 * about when a SYN is sent again, and SYNs that the load pods' own kernels sent again.
 */
const AT_CLIENTS_ALONE: readonly Mechanism[] = [
  whereBlind({
    name: "connects at 1, 2, 3, 4, 5 or 7 s",
    reading: "timing",
    counts: "events",
    of({ histograms }) {
      if (histograms.connect === "") return null;
      const connects = new HistogramSum();
      connects.add(histograms.connect);
      return connects.countWhere(isSentAgain);
    },
  }),
  whereBlind({ ...counterMechanism("synRetrans"), name: "synRetrans of the load pods" }),
];

function whereBlind(mechanism: Mechanism): Mechanism {
  return { ...mechanism, of: (block) => (block.withoutAgents === undefined ? null : mechanism.of(block)) };
}

/** What can make a new connection fail or wait: loss at a hop, or no port to start from. */
const CONNECTION_LOSS: readonly Mechanism[] = [
  counterMechanism("conntrackDrop"),
  counterMechanism("listenDrops"),
  counterMechanism("softnetDropped"),
  errnoMechanism("EADDRNOTAVAIL", "port-exhausted"),
  ...AT_CLIENTS_ALONE,
];
/** A wait can also come from loss that no hop counted, or from a CPU that did not get round to its packets. */
const WAITING: readonly Mechanism[] = [
  ...CONNECTION_LOSS,
  counterMechanism("synRetrans"),
  counterMechanism("softnetTimeSqueeze"),
];

/** Requests that ended well, of all that were sent, in %. */
export function successRate(choice: Choice): MetricSpec {
  return {
    ...choice,
    name: "success-rate",
    unit: "%",
    better: "higher",
    felt: true,
    kind: "share",
    reading: "outcomes",
    mechanisms: CONNECTION_LOSS,
    of: (block) => (requestsOf(block) === 0 ? null : (100 * block.outcomes.ok) / requestsOf(block)),
    events: failuresOf,
  };
}

/** What the clients had of lost packets: a drop that nobody had to send again for cost nobody anything. */
const CLIENTS_LOST: readonly Mechanism[] = [
  counterMechanism("synRetrans"),
  { name: "requests that failed", reading: "outcomes", counts: "events", of: failuresOf },
];

/** Packets dropped by the kernel in a block, by its own count, over all hops that could be read. */
export function drops(choice: Choice): MetricSpec {
  return {
    ...choice,
    name: "drops",
    unit: "packets",
    better: "lower",
    felt: false,
    kind: "count",
    reading: "counters",
    mechanisms: CLIENTS_LOST,
    of: kernelDrops,
  };
}

const BEYOND = { p50: 0.5, p99: 0.01, p999: 0.001 } as const;
type Quantile = keyof typeof BEYOND;

/** Latency of every request that was sent, from its scheduled time; failures count with their full wait. */
export function latency(quantile: Quantile, choice: Choice): MetricSpec {
  return latencyMetric(`latency-${quantile}`, quantile, choice, (block) =>
    block.sent === 0 ? null : block.latencyMs[quantile],
  );
}

/** The same, of those that ended well: what failures with their full wait would hide. */
export function okLatency(quantile: Quantile, choice: Choice): MetricSpec {
  return latencyMetric(`ok-latency-${quantile}`, quantile, choice, (block) =>
    block.outcomes.ok === 0 ? null : (block.okLatencyMs?.[quantile] ?? null),
  );
}

function latencyMetric(
  name: string,
  quantile: Quantile,
  choice: Choice,
  of: (block: Block) => number | null,
): MetricSpec {
  return {
    ...choice,
    name,
    unit: "ms",
    better: "lower",
    // A handful of requests make the last thousandth: they are shown, and decide nothing.
    felt: quantile !== "p999",
    kind: "quantile",
    reading: "timing",
    beyond: BEYOND[quantile],
    lagMs: ({ scheduleLagMs }) => scheduleLagMs[quantile === "p999" ? "max" : quantile],
    mechanisms: WAITING,
    of,
  };
}

/** Requests that ended well, per second of load. */
export function connectionsPerSecond(choice: Choice): MetricSpec {
  return {
    ...choice,
    name: "connections-per-second",
    unit: "1/s",
    better: "higher",
    felt: false,
    kind: "rate",
    reading: "timing",
    mechanisms: CONNECTION_LOSS,
    of(block) {
      const seconds = loadSeconds(block);
      return seconds === null ? null : sum(block.series.map((slice) => slice.ok)) / seconds;
    },
  };
}

/** Connections that the client's kernel refused for want of a free port (EADDRNOTAVAIL). */
export function portExhausted(choice: Choice): MetricSpec {
  return {
    ...choice,
    name: "port-exhausted",
    unit: "requests",
    better: "lower",
    felt: false,
    kind: "count",
    reading: "outcomes",
    // The kernel names it by errno; that it cost requests is what another count has to say.
    mechanisms: [{ name: "requests that failed", reading: "outcomes", counts: "events", of: failuresOf }],
    of: (block) => block.outcomes["port-exhausted"] ?? 0,
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
    felt: false,
    kind: "level",
    reading: "counters",
    // Sockets that wait hurt where ports run out, and nowhere else.
    mechanisms: [errnoMechanism("EADDRNOTAVAIL", "port-exhausted")],
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
