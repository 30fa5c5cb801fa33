/** What the model says of an arm's name resolution, beside what its blocks measured. */

import { evidential } from "../../../runner/analysis/blocks.ts";
import { number, plural } from "../../../runner/analysis/format.ts";
import { mean, median, sum } from "../../../runner/analysis/samples.ts";
import type { Block } from "../../../runner/result/block.ts";
import type { Prediction } from "../../../runner/result/prediction.ts";
import { type DnsEvidence, NAME_KINDS, type NameKind } from "../evidence.ts";
import { dnsEntries, forwardsAtOnce, UDP_ENTRY_S } from "./capacity.ts";
import { chainLookups } from "./chain.ts";
import { type CacheFacts, chainDnsTime } from "./chain-prediction.ts";
import { perLookup } from "./counting.ts";
import { dnsCpu } from "./cpu-prediction.ts";
import { type DnsBlock, row } from "./prediction-rows.ts";
import { askedServers, queriesAt } from "./servers.ts";

/** What leaves the cluster is what the advice is about. */
const KINDS: readonly NameKind[] = ["external", ...NAME_KINDS.filter((kind) => kind !== "external")];

/** One row for each kind of name, and for what the storm as a whole should take. */
export function predictDns(arm: string, blocks: readonly Block[], cache: CacheFacts): Prediction[] {
  const measured = evidential(blocks).flatMap((block): DnsBlock[] => (block.dns ? [{ block, dns: block.dns }] : []));
  if (measured.length === 0) return [];
  return [
    ...KINDS.flatMap((kind) => countedKind(arm, kind, measured)),
    ...stormQueries(arm, measured),
    ...dnsCpu(arm, measured),
    ...chainDnsTime(arm, measured, cache),
    ...atOnce(arm, measured),
    ...entries(arm, measured),
  ];
}

/** Equation 7, put to the test where nothing else was under way. */
function countedKind(arm: string, kind: NameKind, measured: readonly DnsBlock[]): Prediction[] {
  const counted = measured.flatMap(({ dns }) => dns.counted.filter((each) => each.kind === kind));
  if (counted.length === 0) return [];
  const searching = counted.filter(({ resolver }) => resolver !== "node-c-ares");
  const predicted = mean(searching.map((each) => perLookup(each.predicted, each.lookups)));
  const found = mean(searching.map((each) => perLookup(each.counted, each.lookups)));
  const off = counted.filter(({ agrees }) => !agrees);
  const resolvers = new Set(searching.map(({ resolver }) => resolver)).size;
  const [first] = off;
  return [
    row(arm, `queries-per-lookup-${kind}`, "queries", predicted, found, [
      `${counted[0]?.name}; mean of ${plural(resolvers, "resolver")} that search, A and AAAA`,
      first
        ? `${off.length} of ${counted.length} counts do not agree, e.g. ${first.resolver}: ${first.whyNot}`
        : "each count agrees exactly",
    ]),
  ];
}

/** The storm's mix of names, and the chain's, each with the queries that its look-up should lead to. */
function stormQueries(arm: string, measured: readonly DnsBlock[]): Prediction[] {
  const pairs = measured.flatMap(({ dns }) => {
    const predicted = expectedQueries(dns);
    const asked = askedServers(dns);
    if (predicted === null || asked.some(({ restarted }) => restarted)) return [];
    return [{ predicted, found: queriesAt(asked) }];
  });
  if (pairs.length === 0) return [];
  return [
    row(
      arm,
      "queries-in-storm",
      "queries",
      mean(pairs.map(({ predicted }) => predicted)),
      mean(pairs.map(({ found }) => found)),
      ["a block; look-ups of each name, the chain’s included, × its queries, if none is lost or asked again"],
    ),
  ];
}

/** Null where the queries of a kind of name were not counted with its resolver. */
function expectedQueries(dns: DnsEvidence): number | null {
  const parts = [
    ...dns.resolvers.flatMap(({ resolver, lookups }) =>
      lookups.map(({ kind, scheduled, outcomes }) => ({
        resolver,
        kind,
        lookups: scheduled - (outcomes["not-sent"] ?? 0),
      })),
    ),
    // Hops have external names of two dots.
    ...(dns.chain
      ? [{ resolver: dns.chain.resolver, kind: "external", lookups: chainLookups(dns.chain) } as const]
      : []),
  ];
  const queries = parts.map(({ resolver, kind, lookups }) => {
    const known = dns.counted.find((each) => each.kind === kind && each.resolver === resolver);
    return known ? lookups * perLookup(known.predicted, known.lookups) : null;
  });
  return queries.some((each) => each === null) ? null : sum(queries.flatMap((each) => each ?? []));
}

/** Equation 8, second half: whether max_concurrent had to reject, and whether it did. */
function atOnce(arm: string, measured: readonly DnsBlock[]): Prediction[] {
  const slow = measured.filter(({ dns }) => dns.upstream.delayMs > 0);
  if (slow.length === 0) return [];
  const predicted = mean(
    slow.map(({ dns }) => {
      const seconds = Math.max(...dns.servers.map((server) => server.seconds), 1);
      const misses = sum(dns.upstream.queries.map(({ queries }) => queries));
      return forwardsAtOnce(misses / seconds, dns.upstream.delayMs / 1000);
    }),
  );
  const rejects = mean(slow.map(({ dns }) => sum(dns.servers.map(({ maxConcurrentRejects }) => maxConcurrentRejects))));
  return [
    row(arm, "forwards-at-once", "queries", predicted, null, [
      `on average, by the upstream's queries and its delay; max_concurrent has to be larger than their peaks, and rejected ${number(rejects)} queries a block`,
    ]),
  ];
}

/** Equation 5: what it would come to; these entries give way when the table is full. */
function entries(arm: string, measured: readonly DnsBlock[]): Prediction[] {
  const known = measured.flatMap(({ block, dns }) => {
    const queries = expectedQueries(dns);
    const seconds = Math.max(0, ...dns.servers.map((server) => server.seconds));
    if (queries === null || seconds === 0) return [];
    // A and AAAA of a name are one entry; in less than its time none goes.
    const predicted = dnsEntries(queries / 2 / seconds, 1, Math.min(UDP_ENTRY_S, seconds));
    return [{ predicted, found: block.conntrack.length === 0 ? null : growth(block) }];
  });
  if (known.length === 0) return [];
  const found = median(known.flatMap((each) => each.found ?? []));
  return [
    row(arm, "conntrack-entries-of-dns", "entries", mean(known.map(({ predicted }) => predicted)), found, [
      "one entry of 30 s for each name tried; not assured, so evicted without loss when the table is full; measured on the fullest node, others hold the rest",
    ]),
  ];
}

function growth({ conntrack }: Block): number {
  const before = conntrack.filter(({ atMs }) => atMs <= 0).at(-1)?.entries ?? conntrack[0]?.entries ?? 0;
  return Math.max(...conntrack.map(({ entries }) => entries)) - before;
}
