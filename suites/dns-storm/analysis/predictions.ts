/** What the model says of an arm's name resolution, beside what its blocks measured. */

import { evidential } from "../../../runner/analysis/blocks.ts";
import { dnsEntries, forwardsAtOnce, UDP_ENTRY_S } from "../../../runner/analysis/capacity/dns.ts";
import { mean, median, sum } from "../../../runner/analysis/samples.ts";
import type { Block, Counted } from "../../../runner/result/block.ts";
import type { Prediction } from "../../../runner/result/prediction.ts";
import type { DnsEvidence } from "../evidence.ts";
import { NAME_KINDS, type NameKind } from "../result/resolvers.ts";
import { chainLookups } from "./chain.ts";
import { type CacheFacts, chainDnsTime } from "./chain-prediction.ts";
import { perLookup } from "./counting.ts";
import { dnsCpu } from "./cpu-prediction.ts";
import { row } from "./prediction-row.ts";
import { askedServers, queriesAt } from "./servers.ts";

/** What leaves the cluster is what the advice is about. */
const KINDS: readonly NameKind[] = ["external", ...NAME_KINDS.filter((kind) => kind !== "external")];

/** One row for each kind of name, and for what the storm as a whole should take. */
export function predictDns(arm: string, blocks: readonly Block<DnsEvidence>[], cache: CacheFacts): Prediction[] {
  const measured = evidential(blocks);
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

/** Queries of a look-up (docs/physics.md), put to the test where nothing else was under way. */
function countedKind(arm: string, kind: NameKind, measured: readonly Counted<DnsEvidence>[]): Prediction[] {
  const counted = measured.flatMap(({ evidence }) => evidence.counted.filter((each) => each.kind === kind));
  const searching = counted.filter(({ resolver }) => resolver !== "node-c-ares");
  const predicted = mean(searching.map((each) => perLookup(each.predicted, each.lookups)));
  const found = mean(searching.map((each) => perLookup(each.counted, each.lookups)));
  const off = counted.flatMap(({ resolver, whyNot }) => (whyNot === null ? [] : [{ resolver, why: whyNot }]));
  const resolvers = new Set(searching.map(({ resolver }) => resolver)).size;
  const [example] = counted;
  if (!example) return [];
  const [first] = off;
  return [
    row(arm, `queries-per-lookup-${kind}`, "queries", predicted, found, [
      { kind: "counted-name", name: example.name, resolvers },
      first
        ? { kind: "counts-disagree", disagreeing: off.length, of: counted.length, first }
        : { kind: "all-counts-agree" },
    ]),
  ];
}

/** The storm's mix of names, and the chain's, each with the queries that its look-up should lead to. */
function stormQueries(arm: string, measured: readonly Counted<DnsEvidence>[]): Prediction[] {
  const pairs = measured.flatMap(({ evidence }) => {
    const predicted = expectedQueries(evidence);
    const asked = askedServers(evidence);
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
      [{ kind: "lookups-times-queries" }],
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

/** Queries being forwarded (docs/physics.md): whether max_concurrent had to reject, and whether it did. */
function atOnce(arm: string, measured: readonly Counted<DnsEvidence>[]): Prediction[] {
  const slow = measured.flatMap(({ evidence }) => (evidence.upstream.delayMs > 0 ? [evidence] : []));
  if (slow.length === 0) return [];
  const predicted = mean(
    slow.map(({ servers, upstream }) => {
      const seconds = Math.max(...servers.map((server) => server.seconds), 1);
      const misses = sum(upstream.queries.map(({ queries }) => queries));
      return forwardsAtOnce(misses / seconds, upstream.delayMs / 1000);
    }),
  );
  const rejects = mean(slow.map(({ servers }) => sum(servers.map(({ maxConcurrentRejects }) => maxConcurrentRejects))));
  return [
    row(arm, "forwards-at-once", "queries", predicted, null, [{ kind: "mean-of-delay", rejectedPerBlock: rejects }]),
  ];
}

/** Conntrack entries of DNS (docs/physics.md): what it would come to; these entries give way when the table is full. */
function entries(arm: string, measured: readonly Counted<DnsEvidence>[]): Prediction[] {
  const known = measured.flatMap((block) => {
    const queries = expectedQueries(block.evidence);
    const seconds = Math.max(0, ...block.evidence.servers.map((server) => server.seconds));
    if (queries === null || seconds === 0) return [];
    // A and AAAA of a name are one entry; in less than its time none goes.
    const predicted = dnsEntries(queries / 2 / seconds, 1, Math.min(UDP_ENTRY_S, seconds));
    return [{ predicted, found: block.conntrack.length === 0 ? null : growth(block) }];
  });
  if (known.length === 0) return [];
  const found = median(known.flatMap((each) => each.found ?? []));
  return [
    row(arm, "conntrack-entries-of-dns", "entries", mean(known.map(({ predicted }) => predicted)), found, [
      { kind: "entry-each-name", keptMs: 1_000 * UDP_ENTRY_S },
    ]),
  ];
}

function growth({ conntrack }: Block): number {
  const before = conntrack.filter(({ atMs }) => atMs <= 0).at(-1)?.entries ?? conntrack[0]?.entries ?? 0;
  return Math.max(...conntrack.map(({ entries }) => entries)) - before;
}
