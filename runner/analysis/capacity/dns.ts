/** The capacity model's equations for name resolution (docs/physics.md). Pure; rates per second, times in seconds. */

/**
 * nf_conntrack_udp_timeout: a question and its answer leave an entry of the short kind, which a stream of packets would not
 * (UDP_CT_UNREPLIED and UDP_CT_REPLIED in the kernel's nf_conntrack_proto_udp.c).
 */
export const UDP_ENTRY_S = 30;

/**
 * Conntrack entries of look-ups (docs/physics.md, "Conntrack entries of DNS"). A and AAAA of one name share a socket and so an entry; a resolver opens a new
 * socket for each name that it tries. Entries that are not assured are evicted when the table is full: they drop nothing.
 * @param tries names that one look-up tries
 */
export function dnsEntries(lookupsPerSecond: number, tries: number, entryS: number = UDP_ENTRY_S): number {
  return lookupsPerSecond * tries * entryS;
}

/** Queries that one core of CoreDNS answers per second (Scaling_CoreDNS.md: 33,669 on two). */
export const QUERIES_PER_CORE = 16_800;

/** Cores of CoreDNS that look-ups take; with 1 query each, that queries take (docs/physics.md, "CPU of CoreDNS"). */
export function coreDnsCores(lookupsPerSecond: number, queriesPerLookup: number): number {
  return (lookupsPerSecond * queriesPerLookup) / QUERIES_PER_CORE;
}

/**
 * Queries being forwarded at once (Little's law); max_concurrent below that rejects (docs/physics.md, "Queries being
 * forwarded").
 */
export function forwardsAtOnce(missesPerSecond: number, upstreamDelayS: number): number {
  return missesPerSecond * upstreamDelayS;
}

/** The names of a pod's search list, "<namespace>.svc.cluster.local" and so on; a node's own domains come on top. */
export const CLUSTER_SEARCH = 3;

/** How long a resolver waits for an answer before it asks again (resolv.conf(5), timeout). */
export const RESOLVER_WAIT_S = 5;

/**
 * Queries of one look-up of a name outside: each name that is tried is asked for A and AAAA (docs/physics.md, "Packets of a
 * look-up").
 * @param dots in the name as the application has it
 */
export function externalQueries(dots: number, ndots: number, search: number = CLUSTER_SEARCH): number {
  return 2 * (dots >= ndots ? 1 : search + 1);
}

/** Most queries a second that are forwarded where so many may be under way (Little's law, the other way round). */
export function forwardsPerSecond(atOnce: number, upstreamDelayS: number): number {
  return atOnce / upstreamDelayS;
}

/**
 * Memory of one CoreDNS pod in MB, its full cache of 10,000 answers and 30,000 queries a second included (Scaling_CoreDNS.md): it
 * keeps all Services in mind, and with autopath all pods.
 */
export function coreDnsMegabytes(pods: number, services: number, autopath: boolean): number {
  return autopath ? (pods + services) * 0.0025 + 50.5 : (pods + services) * 0.000_858 + 49.1;
}
