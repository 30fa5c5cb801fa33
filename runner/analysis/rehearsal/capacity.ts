/** What the capacity model says of the hops on a rehearsal's way, in requests a second of the whole load. */
import {
  criticalRate,
  GC_LAG_S,
  portExhaustion,
  portsIn,
  steadyEntries,
  TIME_WAIT_S,
} from "../capacity/connections.ts";
import { forwardsPerSecond, QUERIES_PER_CORE } from "../capacity/dns.ts";

/** What is known of the cluster and of the load; what could not be read is left out of it. */
export interface Capacity {
  readonly expectedPeakPerSecond: number;
  /** Share of requests on a new connection: only those take an entry and a port. */
  readonly newConnections: number;
  readonly tables: readonly TableCapacity[];
  readonly ports: PortCapacity | null;
  readonly queues: readonly QueueCapacity[];
  readonly dns: DnsCapacity | null;
}

/** A node's connection table. */
export interface TableCapacity {
  readonly node: string;
  /** Whether the load comes from pods of this node, or only goes to some. */
  readonly hop: "client-conntrack" | "service-dnat";
  readonly limit: number;
  /** That are there without the load. */
  readonly standingEntries: number;
  /** nf_conntrack_tcp_timeout_time_wait: for which an entry outlives its connection. */
  readonly entryS: number;
  /** Share of the whole load's new connections that make an entry here. */
  readonly shareOfLoad: number;
}

/** The load pods' own ports: of each pod so many to each address and port that it talks to. */
export interface PortCapacity {
  readonly pods: number;
  readonly destinations: number;
  readonly portRange: readonly [number, number];
}

export interface QueueCapacity {
  /** As its readings have it. */
  readonly where: string;
  readonly backlog: number;
}

export interface DnsCapacity {
  readonly where: string;
  readonly lookupsPerRequest: number;
  readonly queriesPerLookup: number;
  /** That CoreDNS may use, over all its pods; null: not limited, or not known. */
  readonly cores: number | null;
  /** Null: nothing is forwarded, or not known how much. */
  readonly forwards: {
    /** max_concurrent of all pods together. */
    readonly atOnce: number;
    readonly upstreamDelayS: number;
    readonly missShare: number;
  } | null;
}

/** Rate above which the table fills in the end; null: never. */
export function tableTakes(table: TableCapacity, newConnections: number): number | null {
  const { limit, standingEntries, entryS, shareOfLoad } = table;
  const entriesPerRequest = newConnections * shareOfLoad;
  const critical = criticalRate(
    { limit, startEntries: standingEntries, prefillEntries: 0, prefillTimeoutS: 0 },
    { ratePerSecond: 0, timeoutS: entryS, gcLagS: GC_LAG_S },
  );
  return entriesPerRequest > 0 && critical.applies ? critical.perSecond / entriesPerRequest : null;
}

/** Rate above which a load pod finds no port; null: never. */
export function portsTake(ports: PortCapacity, newConnections: number): number | null {
  const exhausted = portExhaustion(1, ports);
  return newConnections > 0 && exhausted.applies ? exhausted.mostPerSecond / newConnections : null;
}

/** Null: nothing is known that would run out. */
export function dnsTakes(dns: DnsCapacity): number | null {
  const queriesPerRequest = dns.lookupsPerRequest * dns.queriesPerLookup;
  if (queriesPerRequest <= 0) return null;
  const rates = [
    ...(dns.cores === null ? [] : [dns.cores * QUERIES_PER_CORE]),
    ...(dns.forwards === null || dns.forwards.missShare <= 0
      ? []
      : [forwardsPerSecond(dns.forwards.atOnce, dns.forwards.upstreamDelayS) / dns.forwards.missShare]),
  ];
  return rates.length === 0 ? null : Math.min(...rates) / queriesPerRequest;
}

/** For a stage whose rate builds up nothing that comes near a limit. */
const PLAIN_S = 20;
/** For which a full state is looked at. */
const LOOK_S = 10;
/** From this share of what is free on it is worth the wait to see where it ends. */
const NEAR = 0.8;

/** How long a stage at this rate has to be, so that what it builds up stands. */
export function stateSeconds(capacity: Capacity, ratePerSecond: number): number {
  const buildUpS = buildUp(capacity, ratePerSecond);
  return buildUpS === 0 ? PLAIN_S : buildUpS + LOOK_S;
}

/** Whether what a stage builds up at this rate stood before it ended. */
export function isSteady(capacity: Capacity, ratePerSecond: number, durationS: number): boolean {
  const buildUpS = buildUp(capacity, ratePerSecond);
  return buildUpS === 0 || durationS >= buildUpS + LOOK_S;
}

/** A table ends where entries leave as fast as they come, ports after TIME_WAIT; 0: neither comes near its limit. */
function buildUp({ tables, ports, newConnections }: Capacity, ratePerSecond: number): number {
  const connectionsPerSecond = ratePerSecond * newConnections;
  const tablesS = tables.flatMap(({ limit, standingEntries, entryS, shareOfLoad }) => {
    const flow = { ratePerSecond: connectionsPerSecond * shareOfLoad, timeoutS: entryS, gcLagS: GC_LAG_S };
    const own = steadyEntries(flow);
    return own.applies && own.entries > 0 && own.entries >= NEAR * (limit - standingEntries) ? [entryS + GC_LAG_S] : [];
  });
  const busyPorts = connectionsPerSecond * TIME_WAIT_S;
  const allPorts = ports === null ? 0 : ports.pods * ports.destinations * portsIn(ports.portRange);
  const portsS = busyPorts > 0 && allPorts > 0 && busyPorts >= NEAR * allPorts ? [TIME_WAIT_S] : [];
  return Math.max(0, ...tablesS, ...portsS);
}
