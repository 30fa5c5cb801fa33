/** The metrics by which name resolution is judged: what a look-up costs, and what its user waits for. */

import {
  type Choice,
  type Mechanism,
  type MetricSpec,
  okLatency,
  successRate,
} from "../../../runner/analysis/metrics.ts";
import { mean, sum } from "../../../runner/analysis/samples.ts";
import type { Block } from "../../../runner/result/block.ts";
import type { CountedLookups, DnsEvidence, RawRate } from "../evidence.ts";
import type { NameKind } from "../result/resolvers.ts";
import { chainLookups } from "./chain.ts";
import { perLookup } from "./counting.ts";
import { deserves } from "./names.ts";
import { queriesAt } from "./servers.ts";

/** Counted at the DNS with nothing else under way; no timing is in it. */
const COUNTED_QUERIES: Mechanism<DnsEvidence> = {
  name: "queries counted for each look-up",
  reading: "outcomes",
  counts: "amount",
  fromEvidence: true,
  of: inDns(({ counted }) => meanPerLookup(counted)),
};
/** The storm's own queries, by the servers' counters. */
const STORM_QUERIES: Mechanism<DnsEvidence> = {
  name: "queries in the storm, by the servers' counters",
  reading: "counters",
  counts: "amount",
  fromEvidence: true,
  of: inDns(({ servers }) => queriesAt(servers)),
};
/** What caches on the nodes send on goes to the DNS under test, not to the upstream. */
const FORWARDED: Mechanism<DnsEvidence> = {
  name: "queries sent on to the upstream",
  reading: "counters",
  counts: "amount",
  fromEvidence: true,
  of: inDns(({ servers }) =>
    sum(servers.flatMap(({ role, forwarded }) => (role === "cluster" ? Object.values(forwarded) : []))),
  ),
};
const STALLS: Mechanism<DnsEvidence> = {
  name: "look-ups that waited for a resolver's timeout",
  reading: "outcomes",
  counts: "events",
  fromEvidence: true,
  of: inDns(stallsOf),
};
/** Failures that the servers' counters, or a resolver's own rules, account for. */
const ACCOUNTED: Mechanism<DnsEvidence> = {
  name: "failures that a counter accounts for",
  reading: "outcomes",
  counts: "events",
  fromEvidence: true,
  of: inDns(({ causes }) => sum(causes.map(({ failures }) => failures))),
};
const IN_CHAIN: Mechanism<DnsEvidence> = {
  name: "time in the chain's look-ups",
  reading: "timing",
  counts: "amount",
  fromEvidence: true,
  of: inDns(({ chain }) => chain?.dnsMs.p99 ?? null),
};
/** The servers' own CPU and not dnsperf's: what only slows the generator down does not move it. */
const CPU_AT_MOST: Mechanism<DnsEvidence> = {
  name: "CPU of a look-up when as many as possible are asked",
  reading: "timing",
  counts: "amount",
  fromEvidence: true,
  of: inRawRate(({ servers, lookupsPerSecond, seconds }) =>
    lookupsPerSecond > 0 ? servers.cpuSeconds / (lookupsPerSecond * seconds) : null,
  ),
};
const WAITING: readonly Mechanism<DnsEvidence>[] = [COUNTED_QUERIES, FORWARDED, STALLS, STORM_QUERIES];

/**
 * Queries of a look-up of one kind of name: the mean of the resolvers that find it, A and AAAA. One that gives up early is
 * not cheaper: it is among the failures.
 */
function queriesPerLookup(kind: NameKind, choice: Choice): MetricSpec<DnsEvidence> {
  const found = ({ counted }: DnsEvidence) => counted.filter((each) => each.kind === kind && endsWell(each));
  return {
    ...choice,
    name: `queries-per-lookup-${kind}`,
    unit: "queries",
    better: "lower",
    kind: "level",
    felt: false,
    reading: "outcomes",
    mechanisms: [predictedQueries("queries that resolv.conf leads to", found)],
    fromEvidence: true,
    of: inDns((evidence) => meanPerLookup(found(evidence))),
  };
}

/** Three primaries; what users feel beside them can make a run worse, and not better. */
export const DNS_METRICS: readonly [MetricSpec<DnsEvidence>, ...MetricSpec<DnsEvidence>[]] = [
  queriesPerLookup("external", { primary: true, floor: { absolute: 0.5 } }),
  {
    name: "lookup-failures",
    unit: "look-ups",
    better: "lower",
    kind: "count",
    felt: true,
    reading: "outcomes",
    primary: true,
    // A storm schedules thousands; less than that is one lost packet's doing.
    floor: { absolute: 5, relative: 0.1 },
    mechanisms: [ACCOUNTED],
    fromEvidence: true,
    of: inDns(({ failures }) => failures),
  },
  {
    name: "lookup-latency-p99",
    unit: "ms",
    better: "lower",
    kind: "quantile",
    felt: true,
    reading: "timing",
    beyond: 0.01,
    lagMs: ({ scheduleLagMs }) => scheduleLagMs.p99,
    primary: true,
    // What a busy two-core machine wobbles by.
    floor: { absolute: 5, relative: 0.2 },
    mechanisms: WAITING,
    of: ({ sent, latencyMs }) => (sent > 0 ? latencyMs.p99 : null),
  },
  // All look-ups of the storm, by the workers' own words.
  { ...successRate({ primary: false, floor: { absolute: 0.5, relative: 0.1 } }), mechanisms: [ACCOUNTED] },
  { ...okLatency("p99", { primary: false, floor: { absolute: 10, relative: 0.2 } }), mechanisms: WAITING },
  {
    name: "stalls-over-5s",
    unit: "look-ups",
    better: "lower",
    kind: "count",
    felt: false,
    reading: "outcomes",
    primary: false,
    floor: { absolute: 3, relative: 0.1 },
    mechanisms: [ACCOUNTED, COUNTED_QUERIES],
    fromEvidence: true,
    of: inDns(stallsOf),
  },
  {
    name: "coredns-cpu-per-lookup",
    unit: "ms",
    better: "lower",
    kind: "level",
    felt: false,
    reading: "timing",
    primary: false,
    floor: { relative: 0.15 },
    mechanisms: [STORM_QUERIES, COUNTED_QUERIES, FORWARDED],
    fromEvidence: true,
    of: cpuPerLookup,
  },
  queriesPerLookup("svc-ns-svc", { primary: false, floor: { absolute: 0.5 } }),
  {
    name: "upstream-queries",
    unit: "queries",
    better: "lower",
    kind: "level",
    felt: false,
    reading: "counters",
    primary: false,
    floor: { absolute: 20, relative: 0.1 },
    mechanisms: [predictedQueries("queries that resolv.conf leads to", ({ counted }) => counted), COUNTED_QUERIES],
    fromEvidence: true,
    of: FORWARDED.of,
  },
  {
    name: "chain-latency-p99",
    unit: "ms",
    better: "lower",
    kind: "quantile",
    felt: true,
    reading: "timing",
    beyond: 0.01,
    // Its driver is not the workers: what it is late by is not known.
    lagMs: () => null,
    primary: false,
    floor: { absolute: 10, relative: 0.1 },
    mechanisms: [IN_CHAIN, COUNTED_QUERIES],
    fromEvidence: true,
    of: inDns(({ chain }) => (chain && chain.outcomes.ok > 0 ? chain.latencyMs.p99 : null)),
  },
  {
    // Look-ups, not queries: who asks less often for each is served more often by a DNS that is as fast as before.
    name: "lookup-capacity",
    unit: "look-ups/s",
    better: "higher",
    kind: "rate",
    felt: false,
    reading: "timing",
    primary: false,
    // dnsperf and the DNS share the machine's cores, and whoever gets more of them decides a good part.
    floor: { relative: 0.15 },
    mechanisms: [COUNTED_QUERIES, CPU_AT_MOST],
    fromEvidence: true,
    of: inRawRate(({ lookupsPerSecond }) => lookupsPerSecond),
  },
];

/** c-ares asks for nothing but what it is told to, whatever the arm: it would only dilute the mean. */
function meanPerLookup(counted: DnsEvidence["counted"]): number | null {
  const searching = counted.filter(({ resolver, lookups }) => resolver !== "node-c-ares" && lookups > 0);
  return searching.length === 0 ? null : mean(searching.map((each) => perLookup(each.counted, each.lookups)));
}

/** What the pods' resolv.conf and the resolvers' rules lead to, whatever was counted. */
function predictedQueries(
  name: string,
  among: (evidence: DnsEvidence) => DnsEvidence["counted"],
): Mechanism<DnsEvidence> {
  return {
    name,
    reading: "outcomes",
    counts: "amount",
    fromEvidence: true,
    of: inDns((evidence) => meanPredicted(among(evidence))),
  };
}

function meanPredicted(counted: DnsEvidence["counted"]): number | null {
  const searching = counted.filter(({ resolver, lookups }) => resolver !== "node-c-ares" && lookups > 0);
  return searching.length === 0 ? null : mean(searching.map((each) => perLookup(each.predicted, each.lookups)));
}

function endsWell({ kind, outcomes, lookups }: CountedLookups): boolean {
  return outcomes[deserves(kind)] === lookups;
}

function stallsOf({ resolvers }: DnsEvidence): number {
  return sum(resolvers.flatMap(({ lookups }) => lookups.map(({ over4900Ms }) => over4900Ms)));
}

/** CPU of all DNS servers, those on the nodes included; null where one began anew, and its use is known in part only. */
function cpuPerLookup({ evidence: { servers, chain }, sent }: Block<DnsEvidence>): number | null {
  if (servers.length === 0 || servers.some(({ restarted }) => restarted)) return null;
  const lookups = sent + chainLookups(chain);
  return lookups === 0 ? null : (1_000 * sum(servers.map(({ cpuSeconds }) => cpuSeconds))) / lookups;
}

function inDns(of: (evidence: DnsEvidence) => number | null): (block: Block<DnsEvidence>) => number | null {
  return ({ evidence }) => of(evidence);
}

/** Null where the rate was not the DNS's own. */
function inRawRate(of: (raw: RawRate) => number | null): (block: Block<DnsEvidence>) => number | null {
  return inDns(({ raw }) => (raw && raw.doubt === null ? of(raw) : null));
}
