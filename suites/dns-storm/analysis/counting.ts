/** Queries counted while nothing but one name's look-ups was under way, beside the prediction. */

import { sum } from "../../../runner/analysis/samples.ts";
import { type FailureCause, failuresIn, type Outcomes } from "../../../runner/result/outcomes.ts";
import type { CountedLookups, QueryCounts } from "../evidence.ts";
import type { CountDifference } from "../result/reasons.ts";
import type { NameKind, ResolverName } from "../result/resolvers.ts";
import { queriesOf } from "./queries.ts";
import type { Lookup } from "./question.ts";
import { type ServerModel, worldOf } from "./server-model.ts";

/** So many look-ups of one name, one after another. */
export interface CountingRun {
  readonly resolver: ResolverName;
  readonly kind: NameKind;
  readonly name: string;
  readonly lookups: number;
  readonly outcomes: Outcomes;
  /** As it was found in the pod. */
  readonly resolvConf: string;
  /** At the DNS that the pod asks, over all its servers. */
  readonly queries: Readonly<Record<string, number>>;
  readonly nxdomain: number;
  /** At the upstream, by query type. */
  readonly upstream: Readonly<Record<string, number>>;
  /** A server began to count anew meanwhile. */
  readonly restarted: boolean;
}

/** How the DNS keeps answers. */
export interface Caching {
  /** Caches between the pod and the upstream that answers may be in: servers times layers. */
  readonly caches: number;
  /** Shortest time for which any of them keeps an answer; 0: none does. */
  readonly keptSeconds: number;
  /** It asks anew before an answer runs out, or when it has. */
  readonly refreshes: boolean;
}

export function countedLookups(run: CountingRun, model: ServerModel, caching: Caching): CountedLookups {
  const lookup = queriesOf(run.resolvConf, run.name, run.resolver, worldOf(model));
  const predicted = countsOf(lookup, run.lookups, model);
  const counted: QueryCounts = { queries: withoutZeros(run.queries), nxdomain: run.nxdomain };
  const upstream = { counted: withoutZeros(run.upstream), ...upstreamOf(lookup, run, model, caching) };
  const whyNot = difference({ run, lookup, predicted, counted, upstream });
  return {
    resolver: run.resolver,
    kind: run.kind,
    name: run.name,
    lookups: run.lookups,
    outcomes: { ...run.outcomes },
    counted,
    predicted,
    upstream,
    agrees: whyNot === null,
    whyNot,
  };
}

/** A and AAAA together, for each look-up. */
export function perLookup({ queries }: QueryCounts, lookups: number): number {
  return sum(Object.values(queries)) / Math.max(1, lookups);
}

function countsOf({ queries }: Lookup, times: number, model: ServerModel): QueryCounts {
  const byType: Record<string, number> = {};
  for (const { type } of queries) byType[type] = (byType[type] ?? 0) + times;
  const denied = queries.filter(({ fqdn, type }) => model(fqdn, type).answer === "nxdomain");
  return { queries: byType, nxdomain: times * denied.length };
}

interface UpstreamRange {
  readonly atLeast: number;
  readonly atMost: number;
}

/**
 * What is new to every look-up (`x{n}`) reaches the upstream each time. What is repeated reaches it once for each cache, if
 * nobody asked for it just before, and again when it has run out.
 */
function upstreamOf(
  lookup: Lookup,
  { name, lookups }: CountingRun,
  model: ServerModel,
  caching: Caching,
): UpstreamRange {
  const forwards = lookup.queries.flatMap(({ fqdn, type }) => model(fqdn, type).forwards.map((to) => `${type} ${to}`));
  const all = forwards.length * lookups;
  if (all === 0) return { atLeast: 0, atMost: 0 };
  if (caching.caches === 0 || caching.keptSeconds === 0) return { atLeast: all, atMost: all };
  const different = new Set(forwards).size;
  if (name.includes("{n}")) return { atLeast: different * lookups, atMost: all };
  // Counting takes less time than an answer is kept, so that at most one runs out in between.
  const times = caching.caches * (caching.refreshes ? 3 : 2);
  return { atLeast: 0, atMost: Math.min(all, different * times) };
}

interface Compared {
  readonly run: CountingRun;
  readonly lookup: Lookup;
  readonly predicted: QueryCounts;
  readonly counted: QueryCounts;
  readonly upstream: CountedLookups["upstream"];
}

/** Why it does not agree, as far as the run itself says; null: it does. */
function difference(compared: Compared): CountDifference | null {
  const { run, lookup, predicted, counted, upstream } = compared;
  if (!sameCounts(counted.queries, predicted.queries)) return otherQueries(compared);
  const [otherwise] = endsIn(run.outcomes).filter(([outcome, count]) => outcome !== lookup.end && count > 0);
  if (otherwise) {
    return { kind: "ended-otherwise", lookups: otherwise[1], as: otherwise[0], insteadOf: lookup.end };
  }
  if (counted.nxdomain !== predicted.nxdomain) {
    return { kind: "other-denials", counted: counted.nxdomain, predicted: predicted.nxdomain };
  }
  const asked = sum(Object.values(upstream.counted));
  const { atLeast, atMost } = upstream;
  return asked >= atLeast && asked <= atMost ? null : { kind: "other-upstream-queries", asked, atLeast, atMost };
}

/** Why other queries were counted than predicted: what explains it best. */
function otherQueries({ run, predicted, counted }: Compared): CountDifference {
  const sizes = { counted: sum(Object.values(counted.queries)), predicted: sum(Object.values(predicted.queries)) };
  if (run.restarted) return { kind: "counts-began-anew", ...sizes };
  const others = Object.entries(counted.queries).filter(([type]) => !(type in predicted.queries));
  if (others.length > 0) return { kind: "strangers-queries", ...sizes, others: Object.fromEntries(others) };
  const timedOut = run.outcomes["dns-timeout"] ?? 0;
  if (timedOut > 0) return { kind: "repeated-after-timeout", ...sizes, lookups: timedOut };
  const failed = run.outcomes["dns-servfail"] ?? 0;
  if (failed > 0) return { kind: "repeated-after-failure", ...sizes, lookups: failed };
  return { kind: sizes.counted > sizes.predicted ? "too-many-queries" : "too-few-queries", ...sizes };
}

function endsIn(outcomes: Outcomes): [FailureCause | "ok", number][] {
  return [["ok", outcomes.ok], ...failuresIn(outcomes)];
}

/** By type, those included that only one of them has. */
function sameCounts(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): boolean {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((type) => a[type] === b[type]);
}

function withoutZeros(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
}
