/** Queries counted while nothing but one name's look-ups was under way, beside the prediction. */

import { number, plural } from "../../../runner/analysis/format.ts";
import { sum } from "../../../runner/analysis/samples.ts";
import type { CountedLookups, NameKind, QueryCounts, ResolverName } from "../evidence.ts";
import { queriesOf } from "./queries.ts";
import type { Lookup } from "./question.ts";
import { type ServerModel, worldOf } from "./server-model.ts";

/** So many look-ups of one name, one after another. */
export interface CountingRun {
  readonly resolver: ResolverName;
  readonly kind: NameKind;
  readonly name: string;
  readonly lookups: number;
  readonly outcomes: Readonly<Record<string, number>>;
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
    outcomes: { ok: 0, ...run.outcomes },
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
function difference({ run, lookup, predicted, counted, upstream }: Compared): string | null {
  const strangers = Object.keys(counted.queries).filter((type) => !(type in predicted.queries));
  const [was, wanted] = [sum(Object.values(counted.queries)), sum(Object.values(predicted.queries))];
  const size = `${number(was)} queries instead of ${number(wanted)}`;
  if (was !== wanted || strangers.length > 0 || !sameCounts(counted.queries, predicted.queries)) {
    if (run.restarted) return `${size}: a DNS server began to count anew meanwhile`;
    if (strangers.length > 0) {
      const others = strangers.map((type) => `${number(counted.queries[type] ?? 0)} ${type}`);
      return `${size}: somebody else's queries came meanwhile (${others.join(", ")})`;
    }
    const waited = run.outcomes["dns-timeout"] ?? 0;
    if (waited > 0) return `${size}: ${plural(waited, "look-up")} timed out, and a resolver asks again then`;
    const failed = run.outcomes["dns-servfail"] ?? 0;
    if (failed > 0) return `${size}: ${plural(failed, "look-up")} met a server that failed, and was asked again`;
    return was > wanted
      ? `${size}: answers that did not come in time were asked for again, or somebody else asked as well`
      : `${size}: some were answered, or lost, before they reached a server that counts`;
  }
  const otherwise = Object.entries(run.outcomes).find(([outcome, count]) => outcome !== lookup.end && count > 0);
  if (otherwise) return `${plural(otherwise[1], "look-up")} ended as ${otherwise[0]} instead of ${lookup.end}`;
  if (counted.nxdomain !== predicted.nxdomain) {
    return `${number(counted.nxdomain)} answers were NXDOMAIN instead of ${number(predicted.nxdomain)}: another set of names exists than the prediction takes for granted`;
  }
  const asked = sum(Object.values(upstream.counted));
  if (asked >= upstream.atLeast && asked <= upstream.atMost) return null;
  return `the upstream was asked ${plural(asked, "time")} instead of ${range(upstream)}: ${asked > upstream.atMost ? "answers ran out of a cache sooner, or were not kept" : "answers came out of a cache that the prediction does not know"}`;
}

function sameCounts(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): boolean {
  return Object.entries(b).every(([type, count]) => a[type] === count);
}

function range({ atLeast, atMost }: UpstreamRange): string {
  return atLeast === atMost ? number(atLeast) : `${number(atLeast)} to ${number(atMost)}`;
}

function withoutZeros(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
}
