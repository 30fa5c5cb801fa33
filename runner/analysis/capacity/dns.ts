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
