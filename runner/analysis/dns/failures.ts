/** Each failed look-up, with all that tells what it can have died of. */
import type { NameKind, ResolverName, ResolverReport } from "../../../reports/dns-schema.ts";
import { queriesOf } from "./queries.ts";
import type { Lookup } from "./question.ts";
import { readResolvConf } from "./resolv-conf.ts";
import { type ServerModel, worldOf } from "./server-model.ts";

/** What failures of one name by one resolver have in common. */
export interface FailedName {
  readonly resolver: ResolverName;
  readonly kind: NameKind;
  readonly name: string;
  /** Without any fault. */
  readonly lookup: Lookup;
  readonly ndots: number;
  readonly attempts: number;
  /** Whether any of its names is the upstream's to answer. */
  readonly forwarded: boolean;
}

export interface Failure {
  readonly of: FailedName;
  readonly outcome: string;
  /** From the instant at which it was due to its end, in ms since the load's start. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** In order of time. */
export function failuresOf(resolvers: readonly ResolverReport[], model: ServerModel): Failure[] {
  const failures = resolvers.flatMap(({ resolver, resolvConf, lookups }) => {
    const { ndots, attempts } = readResolvConf(resolvConf, resolver);
    return lookups.flatMap(({ kind, name, failed }) => {
      if (failed.length === 0) return [];
      const lookup = queriesOf(resolvConf, name, resolver, worldOf(model));
      const forwarded = lookup.queries.some(({ fqdn, type }) => model(fqdn, type).forwards.length > 0);
      const of: FailedName = { resolver, kind, name, lookup, ndots, attempts, forwarded };
      return failed.map(({ outcome, atMs, tookMs }): Failure => ({ of, outcome, fromMs: atMs, toMs: atMs + tookMs }));
    });
  });
  return failures.sort((a, b) => a.fromMs - b.fromMs);
}

const BROKEN: ReadonlySet<string> = new Set(["dns-servfail", "dns-timeout"]);
/**
 * What an existing name looks like when one query of a look-up went wrong and another did not: the other family's answer,
 * or that of the next name of the search list, is taken for all there is.
 */
const HALF_BROKEN: ReadonlySet<string> = new Set(["dns-nodata", "dns-nxdomain"]);

export function isHalfBroken({ outcome, of }: Failure): boolean {
  return HALF_BROKEN.has(outcome) && of.lookup.end === "ok";
}

/** SERVFAIL, REFUSED, nothing at all, or half of an answer. */
export function isBroken(failure: Failure): boolean {
  return BROKEN.has(failure.outcome) || isHalfBroken(failure);
}

/** The fewest queries that must go wrong for it to fail: glibc needs A and AAAA of each attempt, musl one of them. */
export function queriesToFail(failure: Failure): number {
  const { resolver, attempts } = failure.of;
  if (isHalfBroken(failure)) return 1;
  if (resolver === "node-c-ares") return 2;
  return resolver === "musl" ? attempts : 2 * attempts;
}
