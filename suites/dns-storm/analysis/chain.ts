/** What name resolution adds to a chain of services. */

import { sorted, sum } from "../../../runner/analysis/samples.ts";
import type { ChainHop, ChainOutcomes, DnsChain } from "../evidence.ts";
import type { ResolverName } from "../result/resolvers.ts";

/** One worker's report, as programs/agent/chain prints it. */
export interface ChainRun {
  readonly resolver: ResolverName;
  readonly depth: number;
  readonly scheduled: number;
  readonly outcomes: ChainOutcomes;
  readonly hops: readonly ChainHop[];
  /** Those that ended well: the sum of a request's look-ups, and its time from the scheduled instant. */
  readonly requests: readonly ChainRequest[];
}

export interface ChainRequest {
  readonly dnsMs: number;
  readonly totalMs: number;
}

/** The middle tenth, and the slowest hundredth: whose share of DNS is told. */
const MIDDLE = [0.45, 0.55] as const;
const SLOWEST = [0.99, 1] as const;

export function chainOf(run: ChainRun): DnsChain {
  const byTotal = [...run.requests].sort((a, b) => a.totalMs - b.totalMs);
  return {
    resolver: run.resolver,
    depth: run.depth,
    scheduled: run.scheduled,
    outcomes: { ...run.outcomes },
    latencyMs: quantiles(run.requests.map(({ totalMs }) => totalMs)),
    dnsMs: quantiles(run.requests.map(({ dnsMs }) => dnsMs)),
    dnsShare: { p50: share(between(byTotal, MIDDLE)), p99: share(between(byTotal, SLOWEST)) },
    hops: run.hops.map((hop) => ({ ...hop })),
  };
}

/** DNS's part of the time of these requests together. */
function share(requests: readonly ChainRequest[]): number {
  const total = sum(requests.map(({ totalMs }) => totalMs));
  return total === 0 ? 0 : Math.min(1, sum(requests.map(({ dnsMs }) => dnsMs)) / total);
}

/** At least one, where there is any. */
function between<T>(items: readonly T[], [from, to]: readonly [number, number]): T[] {
  const first = Math.min(items.length - 1, Math.floor(from * items.length));
  return items.slice(Math.max(0, first), Math.max(first + 1, Math.ceil(to * items.length)));
}

function quantiles(values: readonly number[]): DnsChain["latencyMs"] {
  const ordered = sorted(values);
  const at = (share: number) => ordered[Math.min(ordered.length - 1, Math.ceil(share * ordered.length) - 1)] ?? 0;
  return { p50: at(0.5), p99: at(0.99), p999: at(0.999), max: ordered.at(-1) ?? 0 };
}

/** What one look-up in the chain consists of. */
export interface HopLookup {
  /** Names tried one after another: pairs of A and AAAA. */
  readonly tries: number;
  /** Of them, those that the upstream is asked when nothing is cached. */
  readonly forwarded: number;
}

/**
 * What DNS adds to one request, in ms: at each hop one round trip for each name that is tried, and for a share of those that
 * the upstream answers its delay on top. Hops wait for each other, so all of it adds up.
 * @param missShare of forwarded names, those that no cache has, 0–1
 */
export function chainDnsMs(
  depth: number,
  lookup: HopLookup,
  {
    roundTripMs,
    delayMs,
    missShare,
  }: { readonly roundTripMs: number; readonly delayMs: number; readonly missShare: number },
): number {
  return depth * (lookup.tries * roundTripMs + lookup.forwarded * missShare * delayMs);
}

/** How many names a chain's requests looked up, however that ended. */
export function chainLookups(chain: DnsChain | null): number {
  return sum((chain?.hops ?? []).flatMap(({ outcomes }) => Object.values(outcomes)));
}
