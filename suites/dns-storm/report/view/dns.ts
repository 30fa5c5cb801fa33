/** What name resolution came to in each arm, over the blocks that count. */

import { type ArmView, sum } from "../../../../reports/view/arms.ts";
import { median } from "../../../../reports/view/series.ts";
import type { Counted } from "../../../../runner/result/block.ts";
import { type FailureCause, failuresIn, type Outcomes } from "../../../../runner/result/outcomes.ts";
import { type CauseTotal, causeTotals } from "../../analysis/cause-totals.ts";
import { chainLookups } from "../../analysis/chain.ts";
import type { CountedLookups, DnsEvidence, DnsServer, QueryCounts, RawRate } from "../../evidence.ts";
import type { CauseName } from "../../result/reasons.ts";
import { NAME_KINDS, type NameKind, RESOLVERS, type ResolverName } from "../../result/resolvers.ts";
import { words } from "../words.ts";
import { type Bucket, bucketsOf, meanMs, quantileMs, sumOf } from "./hdr.ts";

/** How a look-up can end for whoever wanted it. */
type LookupEnd = FailureCause | "ok";

/** One resolver's counted look-ups of one kind of name, all blocks together. */
export interface CountedCell {
  readonly kind: NameKind;
  readonly resolver: ResolverName;
  readonly name: string;
  /** Queries for one look-up, A and AAAA. */
  readonly predicted: number;
  readonly counted: number;
  readonly nxdomain: number;
  /** The most frequent end of its look-ups. */
  readonly end: LookupEnd;
  readonly agrees: boolean;
  readonly whyNot: readonly string[];
}

/** A resolver's look-ups under load. */
export interface LatencyView {
  readonly resolver: ResolverName;
  readonly lookups: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly buckets: readonly Bucket[];
  /** That waited for about a resolver's timeout. */
  readonly stalls: number;
}

export interface ServerView {
  readonly role: DnsServer["role"];
  readonly pods: number;
  readonly lookups: number;
  readonly queries: number;
  readonly nxdomain: number;
  readonly hits: number;
  readonly forwarded: number;
  readonly rejects: number;
  readonly cpuSeconds: number;
  readonly seconds: number;
  /** null where no limit could be read. */
  readonly throttledSeconds: number | null;
  readonly restarted: boolean;
}

/** Failures of one cause; unexplained ones have no outcomes of their own. */
export interface CauseView {
  readonly cause: CauseName | "unexplained";
  /** The most frequent first. */
  readonly outcomes: CauseTotal["outcomes"];
  readonly failures: number;
  /** How that is known, in a clause. */
  readonly why: string;
}

export interface HopView {
  readonly hop: number;
  readonly dnsMs: number;
  readonly ownMs: number;
}

export interface ChainView {
  readonly resolver: ResolverName;
  readonly depth: number;
  readonly requests: number;
  readonly failed: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly dnsShareP50: number;
  readonly dnsShareP99: number;
  readonly hops: readonly HopView[];
}

/** As many queries as the DNS answers, over the blocks in which that was its own rate. */
export interface RawView {
  readonly blocks: number;
  readonly queriesPerLookup: number;
  /** Medians of the blocks. */
  readonly answersPerSecond: number;
  readonly lookupsPerSecond: number;
  readonly cpuMsPer1000: number;
  readonly sent: number;
  readonly lost: number;
}

export interface ArmDns {
  readonly arm: ArmView<DnsEvidence>;
  readonly blocks: number;
  readonly counted: readonly CountedCell[];
  readonly latency: readonly LatencyView[];
  readonly servers: readonly ServerView[];
  readonly raw: RawView | null;
  readonly upstreamQueries: number;
  readonly failures: number;
  readonly causes: readonly CauseView[];
  readonly chain: ChainView | null;
  readonly unseen: readonly string[];
  /** What was broken on purpose, each once. */
  readonly faults: readonly string[];
}

/** A resolver's default timeout; a look-up that lost a packet waits for it. */
export const STALL_MS = 5_000;
/** Five to a decade, from 0.1 ms to 25 s; the bucket of 5 s stalls begins at 4 s. */
export const EDGES_MS: readonly number[] = Array.from({ length: 28 }, (_, i) => 10 ** (-1 + i / 5));

/** The arms that have blocks that count. */
export function armDns(arms: readonly ArmView<DnsEvidence>[]): readonly ArmDns[] {
  return arms.flatMap((arm) => (arm.measured.length === 0 ? [] : [armOf(arm)]));
}

function armOf(arm: ArmView<DnsEvidence>): ArmDns {
  const all = arm.measured.map(({ evidence }) => evidence);
  return {
    arm,
    blocks: all.length,
    counted: countedCells(all),
    latency: RESOLVERS.flatMap((resolver) => latencyOf(resolver, all)),
    servers: (["node-cache", "cluster"] as const).flatMap((role) => serverView(role, arm.measured)),
    raw: rawView(all),
    upstreamQueries: sum(all.flatMap(({ upstream }) => upstream.queries.map(({ queries }) => queries))),
    failures: sum(all.map(({ failures }) => failures)),
    causes: causesOf(all),
    chain: chainView(all),
    unseen: [...new Set(all.flatMap(({ unseen }) => unseen.map(words)))],
    faults: [...new Set(all.flatMap(({ faults }) => faults.map(({ what }) => words(what))))],
  };
}

function countedCells(all: readonly DnsEvidence[]): readonly CountedCell[] {
  const counted = all.flatMap((each) => each.counted);
  return NAME_KINDS.flatMap((kind) =>
    RESOLVERS.flatMap((resolver): CountedCell[] => {
      const own = counted.filter((each) => each.kind === kind && each.resolver === resolver);
      const [first] = own;
      if (!first) return [];
      const lookups = Math.max(1, sum(own.map((each) => each.lookups)));
      const queries = (of: (each: CountedLookups) => QueryCounts) =>
        sum(own.flatMap((each) => Object.values(of(each).queries))) / lookups;
      return [
        {
          kind,
          resolver,
          name: first.name,
          predicted: queries((each) => each.predicted),
          counted: queries((each) => each.counted),
          nxdomain: sum(own.map((each) => each.counted.nxdomain)) / lookups,
          end: mostFrequent(own.map(({ outcomes }) => outcomes)),
          agrees: own.every(({ agrees }) => agrees),
          whyNot: [...new Set(own.flatMap(({ whyNot }) => (whyNot === null ? [] : [words(whyNot)])))],
        },
      ];
    }),
  );
}

function mostFrequent(outcomes: readonly Outcomes[]): LookupEnd {
  const totals = new Map<LookupEnd, number>();
  for (const each of outcomes) {
    for (const [end, n] of [["ok", each.ok] as const, ...failuresIn(each)]) totals.set(end, (totals.get(end) ?? 0) + n);
  }
  return [...totals].sort(([, a], [, b]) => b - a)[0]?.[0] ?? "ok";
}

function latencyOf(resolver: ResolverName, all: readonly DnsEvidence[]): LatencyView[] {
  const lookups = all
    .flatMap((each) => each.resolvers.filter((report) => report.resolver === resolver))
    .flatMap((report) => report.lookups);
  if (lookups.length === 0) return [];
  const histogram = sumOf(lookups.map(({ latency }) => latency));
  return [
    {
      resolver,
      lookups: histogram.totalCount,
      p50Ms: quantileMs(histogram, 0.5),
      p99Ms: quantileMs(histogram, 0.99),
      buckets: bucketsOf(histogram, EDGES_MS),
      stalls: sum(lookups.map(({ over4900Ms }) => over4900Ms)),
    },
  ];
}

function serverView(role: DnsServer["role"], blocks: readonly Counted<DnsEvidence>[]): ServerView[] {
  const servers = blocks.flatMap(({ evidence }) => evidence.servers.filter((server) => server.role === role));
  if (servers.length === 0) return [];
  const total = (of: (server: DnsServer) => number) => sum(servers.map(of));
  const throttled = servers.flatMap(({ throttledSeconds }) => throttledSeconds ?? []);
  return [
    {
      role,
      pods: servers.length / blocks.length,
      lookups: sum(blocks.map(({ sent, evidence }) => sent + chainLookups(evidence.chain))),
      queries: total(({ queries }) => sum(Object.values(queries))),
      nxdomain: total(({ responses }) => responses.NXDOMAIN ?? 0),
      hits: total(({ cacheHits }) => cacheHits.success + cacheHits.denial),
      forwarded: total(({ forwarded }) => sum(Object.values(forwarded))),
      rejects: total(({ maxConcurrentRejects }) => maxConcurrentRejects),
      cpuSeconds: total(({ cpuSeconds }) => cpuSeconds),
      seconds: total(({ seconds }) => seconds),
      throttledSeconds: throttled.length === 0 ? null : sum(throttled),
      restarted: servers.some(({ restarted }) => restarted),
    },
  ];
}

function rawView(all: readonly DnsEvidence[]): RawView | null {
  const rates = all.flatMap(({ raw }) => (raw && raw.doubt === null ? [raw] : []));
  const [first] = rates;
  if (!first) return null;
  const middle = (of: (raw: RawRate) => number) => median(rates.map(of)) ?? 0;
  return {
    blocks: rates.length,
    queriesPerLookup: first.queriesPerLookup,
    answersPerSecond: middle((raw) => raw.answersPerSecond),
    lookupsPerSecond: middle((raw) => raw.lookupsPerSecond),
    cpuMsPer1000: middle(({ servers, answered }) => (1_000 * 1_000 * servers.cpuSeconds) / answered),
    sent: sum(rates.map(({ sent }) => sent)),
    lost: sum(rates.map(({ lost }) => lost)),
  };
}

/** Over the blocks; what no cause accounts for last. */
function causesOf(all: readonly DnsEvidence[]): CauseView[] {
  const explained = causeTotals(all.flatMap(({ causes }) => causes)).map(
    ({ cause, failures, outcomes, why, sameInAllBlocks }): CauseView => ({
      cause,
      failures,
      outcomes: [...outcomes].sort((a, b) => b.failures - a.failures),
      why: sameInAllBlocks ? words(why) : `in the first block with such failures, ${words(why)}`,
    }),
  );
  const unexplained = sum(all.map((each) => each.unexplained));
  return [
    ...explained.sort((a, b) => b.failures - a.failures),
    ...(unexplained === 0
      ? []
      : [
          {
            cause: "unexplained" as const,
            outcomes: [],
            failures: unexplained,
            why: "no server’s counter and no resolver’s rule accounts for them",
          },
        ]),
  ];
}

function chainView(all: readonly DnsEvidence[]): ChainView | null {
  const chains = all.flatMap(({ chain }) => chain ?? []);
  const [first] = chains;
  if (!first) return null;
  const depth = Math.max(...chains.map((chain) => chain.depth));
  const middle = (of: (chain: (typeof chains)[number]) => number) => median(chains.map(of)) ?? 0;
  return {
    resolver: first.resolver,
    depth,
    requests: sum(chains.map(({ scheduled }) => scheduled)),
    failed: sum(chains.map(({ scheduled, outcomes }) => scheduled - outcomes.ok)),
    p50Ms: middle(({ latencyMs }) => latencyMs.p50),
    p99Ms: middle(({ latencyMs }) => latencyMs.p99),
    dnsShareP50: middle(({ dnsShare }) => dnsShare.p50),
    dnsShareP99: middle(({ dnsShare }) => dnsShare.p99),
    hops: Array.from({ length: depth }, (_, i) => {
      const own = chains.flatMap(({ hops }) => hops.filter(({ hop }) => hop === i + 1));
      return {
        hop: i + 1,
        dnsMs: meanMs(sumOf(own.map(({ dns }) => dns))) ?? 0,
        ownMs: meanMs(sumOf(own.map((hop) => hop.own))) ?? 0,
      };
    }),
  };
}

/** Something that the tuned arm pays for what it gains. */
export interface Price {
  readonly what: "more-queries" | "no-longer-found";
  readonly cell: CountedCell;
  readonly before: CountedCell;
}

/** Names that cost more queries in the tuned arm, or that a resolver does not find there any more. */
export function pricesOf(all: readonly ArmDns[]): readonly Price[] {
  const baseline = all.find(({ arm }) => arm.role === "baseline");
  const tuned = all.find(({ arm }) => arm.role === "tuned");
  if (!baseline || !tuned) return [];
  return tuned.counted.flatMap((cell): Price[] => {
    const before = baseline.counted.find((each) => each.kind === cell.kind && each.resolver === cell.resolver);
    if (!before) return [];
    if (before.end === "ok" && cell.end !== "ok") return [{ what: "no-longer-found", cell, before }];
    return cell.counted > before.counted ? [{ what: "more-queries", cell, before }] : [];
  });
}
