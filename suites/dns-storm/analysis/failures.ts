/** Each failed look-up, with all that tells what it can have died of. */
import type { FailureCause } from "../../../runner/result/outcomes.ts";
import type { ResolverReport } from "../evidence.ts";
import type { NameKind, ResolverName } from "../result/resolvers.ts";
import { queriesOf } from "./queries.ts";
import { type Lookup, QUERY_TYPES, type QueryType, type World } from "./question.ts";
import { readResolvConf } from "./resolv-conf.ts";
import { type ServerModel, worldOf } from "./server-model.ts";

/** What failures of one name by one resolver have in common. */
interface FailedName {
  readonly resolver: ResolverName;
  readonly kind: NameKind;
  readonly name: string;
  /** Without any fault. */
  readonly lookup: Lookup;
  readonly ndots: number;
  /** Whether any of its names is the upstream's to answer. */
  readonly forwarded: boolean;
  /** The fewest refused queries by which it fails; null if refusals of what is sent on can't make it fail. */
  readonly refusalsToFail: number | null;
}

export interface Failure {
  readonly of: FailedName;
  readonly outcome: FailureCause;
  /** From the instant at which it was due to its end, in ms since the load's start. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** In order of time. */
export function failuresOf(resolvers: readonly ResolverReport[], model: ServerModel): Failure[] {
  const failures = resolvers.flatMap(({ resolver, resolvConf, lookups }) => {
    const { ndots } = readResolvConf(resolvConf, resolver);
    return lookups.flatMap(({ kind, name, failed }) => {
      if (failed.length === 0) return [];
      const lookup = queriesOf(resolvConf, name, resolver, worldOf(model));
      const forwarded = lookup.queries.some(({ fqdn, type }) => model(fqdn, type).forwards.length > 0);
      const refusals = refusalsToFail((world) => queriesOf(resolvConf, name, resolver, world), model);
      const of: FailedName = { resolver, kind, name, lookup, ndots, forwarded, refusalsToFail: refusals };
      return failed.map(({ outcome, atMs, tookMs }): Failure => ({ of, outcome, fromMs: atMs, toMs: atMs + tookMs }));
    });
  });
  return failures.sort((a, b) => a.fromMs - b.fromMs);
}

const BROKEN: ReadonlySet<FailureCause | "ok"> = new Set(["dns-servfail", "dns-timeout"]);
/**
 * What an existing name looks like when one query of a look-up went wrong and another did not: the other family's answer,
 * or that of the next name of the search list, is taken for all there is.
 */
const HALF_BROKEN: ReadonlySet<FailureCause> = new Set(["dns-nodata", "dns-nxdomain"]);

function isHalfBroken({ outcome, of }: Failure): boolean {
  return HALF_BROKEN.has(outcome) && of.lookup.end === "ok";
}

/** SERVFAIL, REFUSED, nothing at all, or half of an answer. */
export function isBroken(failure: Failure): boolean {
  return BROKEN.has(failure.outcome) || isHalfBroken(failure);
}

/** How many refused queries it took at least; null where refusals did not do it. */
export function refusalsOf(failure: Failure): number | null {
  return isHalfBroken(failure) ? 1 : failure.of.refusalsToFail;
}

/** By the resolver's own rules, where what the upstream has to be asked is refused: A, AAAA, or both, each time. */
function refusalsToFail(lookUp: (world: World) => Lookup, model: ServerModel): number | null {
  const usual = worldOf(model);
  const counts = WHAT_IS_REFUSED.flatMap((types) => {
    const isRefused = (fqdn: string, type: QueryType) => types.includes(type) && model(fqdn, type).forwards.length > 0;
    const { queries, end } = lookUp((fqdn, type) => (isRefused(fqdn, type) ? "refused" : usual(fqdn, type)));
    return BROKEN.has(end) ? [queries.filter(({ fqdn, type }) => isRefused(fqdn, type)).length] : [];
  });
  return counts.length === 0 ? null : Math.min(...counts);
}

const WHAT_IS_REFUSED: ReadonlyArray<readonly QueryType[]> = [["A"], ["AAAA"], QUERY_TYPES];
