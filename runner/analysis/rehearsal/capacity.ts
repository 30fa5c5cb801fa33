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
  /** Pods of each target's load; `pods` is as many as would share the whole load evenly. */
  readonly workers: number;
  /** Whether they stand for the real clients: else their ports are the load's own, and no limit of what is rehearsed. */
  readonly asClients: boolean;
}

export interface QueueCapacity {
  /** As its readings have it. */
  readonly where: string;
  /** net.core.somaxconn of its pod: the program may have asked for less. */
  readonly most: number;
}

export interface DnsCapacity {
  readonly where: string;
  readonly lookupsPerRequest: number;
  readonly queriesPerLookup: number;
  /** That CoreDNS may use, over all its pods; null: not limited, or not known. */
  readonly cores: number | null;
  /** Null: nothing is forwarded, without a limit, or not known how much. */
  readonly forwards: Forwards | null;
  /** Why it is not known; null: it is. */
  readonly forwardsNotRead: string | null;
}

export interface Forwards {
  /** The block of the Corefile. */
  readonly zone: string;
  /** max_concurrent of all pods together. */
  readonly atOnce: number;
  /** Null: not known. */
  readonly upstreamDelayS: number | null;
  /** Of all queries, those that no cache knows and that are forwarded by this block. */
  readonly missShare: number;
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

/** By its CPU; null: nothing is known of it. */
export function coresTake(dns: DnsCapacity): number | null {
  const queriesPerRequest = dns.lookupsPerRequest * dns.queriesPerLookup;
  return dns.cores === null || queriesPerRequest <= 0 ? null : (dns.cores * QUERIES_PER_CORE) / queriesPerRequest;
}

/** By what may be forwarded at once; null: nothing is, or it is not known how long each takes. */
export function forwardsTake({ forwards, lookupsPerRequest, queriesPerLookup }: DnsCapacity): number | null {
  const forwardedPerRequest = lookupsPerRequest * queriesPerLookup * (forwards?.missShare ?? 0);
  if (forwards === null || forwards.upstreamDelayS === null || forwardedPerRequest <= 0) return null;
  return forwardsPerSecond(forwards.atOnce, forwards.upstreamDelayS) / forwardedPerRequest;
}

/** Null: nothing is known that would run out. */
export function dnsTakes(dns: DnsCapacity): number | null {
  const rates = [coresTake(dns), forwardsTake(dns)].filter((rate) => rate !== null);
  return rates.length === 0 ? null : Math.min(...rates);
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

/** The day's traffic, piece by piece: each in a straight line. */
export type DayProfile = ReadonlyArray<{
  readonly durationS: number;
  readonly fromPerSecond: number;
  readonly toPerSecond: number;
}>;

/** This near to its peak the day is at it: to what builds up, a little less is no less. */
const AT_PEAK = 0.95;

/** Whether what the day's peak builds up stood before it was over. */
export function isDaySteady(capacity: Capacity, day: DayProfile): boolean {
  const peak = Math.max(0, ...day.flatMap(({ fromPerSecond, toPerSecond }) => [fromPerSecond, toPerSecond]));
  return isSteady(capacity, peak, longestAbove(day, AT_PEAK * peak));
}

/** The longest that the rate stays at that or above. */
function longestAbove(day: DayProfile, perSecond: number): number {
  let [longestS, lastingS] = [0, 0];
  for (const { durationS, fromPerSecond: from, toPerSecond: to } of day) {
    const [low, high] = [Math.min(from, to), Math.max(from, to)];
    const share = low >= perSecond ? 1 : high < perSecond ? 0 : (high - perSecond) / (high - low);
    // A line that rises is above at its end, one that falls at its beginning.
    if (from < perSecond) lastingS = 0;
    lastingS += share * durationS;
    longestS = Math.max(longestS, lastingS);
    if (to < perSecond) lastingS = 0;
  }
  return longestS;
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
