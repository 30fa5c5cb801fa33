/** The DNS servers' own counters over a storm. */

import { sum } from "../../../runner/analysis/samples.ts";
import type { DnsEvidence, DnsServer } from "../evidence.ts";
import { type CoreDnsCounters, type CoreDnsReading, grown } from "./coredns-counters.ts";

export interface ServerPlace {
  readonly pod: string;
  readonly node: string;
  readonly role: DnsServer["role"];
}

/**
 * What each server counted between two readings. One that is gone is listed with nothing, and one that came meanwhile with
 * all that it counted: both are told as restarted.
 * @param seconds between the readings
 */
export function dnsServers(
  places: readonly ServerPlace[],
  before: readonly CoreDnsReading[],
  after: readonly CoreDnsReading[],
  seconds: number,
): DnsServer[] {
  const growth = grown(before, after);
  return places.map((place): DnsServer => {
    const counted = growth.find(({ pod }) => pod === place.pod);
    if (counted) return { ...place, seconds, restarted: counted.restarted, ...countersOf(counted) };
    const alone = after.find(({ pod }) => pod === place.pod);
    return { ...place, seconds, restarted: true, ...(alone ? countersOf(alone) : NOTHING) };
  });
}

type Counters = Omit<DnsServer, keyof ServerPlace | "seconds" | "restarted">;

const NOTHING: Counters = {
  queries: {},
  responses: {},
  cacheHits: { success: 0, denial: 0 },
  cacheMisses: 0,
  forwarded: {},
  maxConcurrentRejects: 0,
  cpuSeconds: 0,
  throttledSeconds: null,
};

function countersOf(counters: CoreDnsCounters): Counters {
  const { success = 0, denial = 0 } = counters.cacheHits;
  return {
    queries: { ...counters.requests },
    responses: { ...counters.responses },
    cacheHits: { success, denial },
    cacheMisses: Math.max(0, counters.cacheRequests - success - denial),
    forwarded: { ...counters.forwarded },
    maxConcurrentRejects: counters.maxConcurrentRejects,
    cpuSeconds: counters.cpuSeconds,
    throttledSeconds: counters.throttling === null ? null : counters.throttling.throttledMs / 1000,
  };
}

/** The servers that clients ask themselves. */
export function askedServers({ servers }: Pick<DnsEvidence, "servers">): readonly DnsServer[] {
  const onNodes = servers.filter(({ role }) => role === "node-cache");
  return onNodes.length > 0 ? onNodes : servers;
}

/** Queries of all types that these servers got. */
export function queriesAt(servers: readonly Pick<DnsServer, "queries">[]): number {
  return sum(servers.flatMap(({ queries }) => Object.values(queries)));
}
