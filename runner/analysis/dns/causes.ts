/**
 * Failed look-ups given to causes, as far as counters account for them: each cause takes only failures that it can have,
 * and no more of them than its counter covers. What is left stays unexplained.
 */
import type {
  DnsCause,
  DnsFault,
  DnsServer,
  DnsUpstream,
  NameKind,
  ResolverName,
  ResolverReport,
} from "../../../reports/dns-schema.ts";
import type { LoadSlice } from "../../../reports/schema.ts";
import { number, percent } from "../format.ts";
import { sum } from "../samples.ts";
import { judged } from "./names.ts";
import { type Lookup, queriesOf } from "./queries.ts";
import { readResolvConf } from "./resolv-conf.ts";
import { type ServerModel, worldOf } from "./server-model.ts";

export interface FailureInput {
  readonly resolvers: readonly ResolverReport[];
  readonly servers: readonly DnsServer[];
  readonly upstream: DnsUpstream;
  readonly faults: readonly DnsFault[];
  /** The load's time axis. */
  readonly series: readonly LoadSlice[];
  /** What the DNS answers when nothing is wrong with it. */
  readonly model: ServerModel;
}

export interface ExplainedFailures {
  readonly failures: number;
  readonly causes: DnsCause[];
  readonly unexplained: number;
}

/** Failures of one resolver's look-ups of one name that ended alike. */
interface Group {
  readonly resolver: ResolverName;
  readonly kind: NameKind;
  readonly name: string;
  readonly outcome: string;
  /** Without any fault. */
  readonly lookup: Lookup;
  readonly ndots: number;
  readonly attempts: number;
  /** Whether any of its names is the upstream's to answer. */
  readonly forwarded: boolean;
  left: number;
}

/** A cause that may account for failures. */
interface Claim {
  readonly cause: DnsCause["cause"];
  can(group: Group): boolean;
  /** How much of the budget one such failure takes. */
  price(group: Group): number;
  budget(): number;
  why(failures: number, groups: readonly Group[]): string;
}

export function explainFailures(input: FailureInput): ExplainedFailures {
  const groups = groupsOf(input);
  const failures = sum(groups.map(({ left }) => left));
  const causes = claims(input).flatMap((claim) => settle(claim, groups));
  return { failures, causes, unexplained: sum(groups.map(({ left }) => left)) };
}

function groupsOf({ resolvers, model }: FailureInput): Group[] {
  return resolvers.flatMap(({ resolver, resolvConf, lookups }) => {
    const conf = readResolvConf(resolvConf, resolver);
    return lookups.flatMap(({ kind, name, outcomes }) => {
      const lookup = queriesOf(resolvConf, name, resolver, worldOf(model));
      const { ok: _, "not-sent": _notSent, ...failed } = judged(kind, outcomes);
      return Object.entries(failed).map(([outcome, left]) => ({
        resolver,
        kind,
        name,
        outcome,
        lookup,
        ndots: conf.ndots,
        attempts: conf.attempts,
        forwarded: lookup.queries.some(({ fqdn, type }) => model(fqdn, type).forwards.length > 0),
        left,
      }));
    });
  });
}

/** Takes as many failures from the groups as the claim's budget covers; one entry for each outcome. */
function settle(claim: Claim, groups: readonly Group[]): DnsCause[] {
  let budget = claim.budget();
  const taken = new Map<string, { failures: number; groups: Group[] }>();
  for (const group of groups.filter((each) => each.left > 0 && claim.can(each))) {
    const failures = Math.min(group.left, Math.floor(budget / claim.price(group)));
    if (failures <= 0) continue;
    budget -= failures * claim.price(group);
    group.left -= failures;
    const entry = taken.get(group.outcome) ?? { failures: 0, groups: [] };
    entry.failures += failures;
    entry.groups.push(group);
    taken.set(group.outcome, entry);
  }
  return [...taken].map(([outcome, entry]) => ({
    cause: claim.cause,
    outcome,
    failures: entry.failures,
    why: claim.why(entry.failures, entry.groups),
  }));
}

/** In the order in which they take: what is certain first. */
function claims(input: FailureInput): Claim[] {
  const { servers, upstream, faults } = input;
  // What was rejected while nobody waited, an answer being refreshed, is no client's REFUSED.
  const rejects = sum(
    servers.map(({ maxConcurrentRejects, responses }) => Math.min(maxConcurrentRejects, responses.REFUSED ?? 0)),
  );
  const lost = sum(upstream.queries.map((query) => query.lost));
  const kills = faults.filter(({ kind }) => kind === "kill-pod");
  const slow = upstream.delayMs >= FORWARD_TIMEOUT_MS;
  return [
    NOT_SEARCHED,
    {
      cause: "max-concurrent",
      can: isBadAnswer,
      price: queriesToFail,
      budget: () => rejects,
      why: () =>
        `CoreDNS refused ${number(rejects)} queries because max_concurrent were being forwarded already; a look-up fails when every try of its name is refused`,
    },
    {
      cause: "upstream-lost",
      can: isBadAnswer,
      // forward asks again until its 5 s are over, so each failed query cost two answers at least.
      price: () => 2,
      budget: () => lost,
      why: () =>
        `the upstream left ${number(lost)} queries without an answer, and a look-up fails when its repetitions are lost as well`,
    },
    {
      cause: "pod-killed",
      can: isBroken,
      price: () => 1,
      budget: () => sum(kills.map((kill) => failedAround(kill, input))),
      why: (failures) =>
        `${number(failures)} of the failures belong to the time from the killing of ${kills.flatMap(({ pod }) => pod ?? []).join(" and ") || "a CoreDNS pod"} until a resolver's last try after it`,
    },
    ...throttling(servers),
    {
      cause: "upstream-slow",
      can: isBadAnswer,
      price: () => 1,
      budget: () => (slow ? Number.POSITIVE_INFINITY : 0),
      why: () =>
        `every answer of the upstream came ${number(upstream.delayMs)} ms late, and CoreDNS waits ${number(FORWARD_TIMEOUT_MS)} ms for one`,
    },
  ];
}

const BROKEN: ReadonlySet<string> = new Set(["dns-servfail", "dns-timeout"]);
/**
 * What an existing name looks like when one query of a look-up went wrong and another did not: the other family's answer,
 * or that of the next name of the search list, is taken for all there is.
 */
const HALF_BROKEN: ReadonlySet<string> = new Set(["dns-nodata", "dns-nxdomain"]);
/** plugin/forward: the read timeout of a query to an upstream. */
const FORWARD_TIMEOUT_MS = 2_000;

function isHalfBroken({ outcome, lookup }: Group): boolean {
  return HALF_BROKEN.has(outcome) && lookup.end === "ok";
}

function isBroken(group: Group): boolean {
  return BROKEN.has(group.outcome) || isHalfBroken(group);
}

/** SERVFAIL, REFUSED or nothing at all, of a name that the upstream has to do with. */
function isBadAnswer(group: Group): boolean {
  return group.forwarded && isBroken(group);
}

/** The fewest queries that must go wrong for the look-up to fail: glibc needs A and AAAA of each attempt, musl one of them. */
function queriesToFail(group: Group): number {
  const { resolver, attempts } = group;
  if (isHalfBroken(group)) return 1;
  if (resolver === "node-c-ares") return 2;
  return resolver === "musl" ? attempts : 2 * attempts;
}

/** A resolver's own rules: it never asks for the name under which the target exists. */
const NOT_SEARCHED: Claim = {
  cause: "not-searched",
  can: ({ kind, outcome, lookup }) => kind !== "missing" && lookup.end !== "ok" && lookup.end === outcome,
  price: () => 1,
  budget: () => Number.POSITIVE_INFINITY,
  why: (_, groups) =>
    groups
      .map(({ resolver, name, ndots }) =>
        resolver === "node-c-ares"
          ? `c-ares asks for ${name} as it is, and knows no search list`
          : `${resolver} asks for ${name} as it is, because it has ${number(ndots)} dots or more (ndots), and then does not search`,
      )
      .filter((sentence, index, all) => all.indexOf(sentence) === index)
      .join("; "),
};

/** Less than that of its time is what a busy server loses without anybody's noticing. */
const NOTABLE_THROTTLING = 0.25;

function throttling(servers: readonly DnsServer[]): Claim[] {
  const worst = servers
    .map(({ pod, throttledSeconds, seconds }) => ({ pod, share: (throttledSeconds ?? 0) / Math.max(1, seconds) }))
    .sort((a, b) => b.share - a.share)[0];
  if (!worst || worst.share < NOTABLE_THROTTLING) return [];
  return [
    {
      cause: "cpu-throttled",
      can: isBroken,
      price: () => 1,
      budget: () => Number.POSITIVE_INFINITY,
      why: () =>
        `its CPU limit kept ${worst.pod} from running for ${percent(worst.share)} of the time, with queries waiting`,
    },
  ];
}

/** Failures in the slices that a killed pod can have reached: by queries under way, and by a resolver's tries after it. */
function failedAround({ atMs }: DnsFault, { series, resolvers }: FailureInput): number {
  if (atMs === null) return 0;
  const patience = resolvers.map(({ resolver, resolvConf }) => {
    const { timeoutS, attempts } = readResolvConf(resolvConf, resolver);
    return 1_000 * timeoutS * attempts;
  });
  const patienceMs = Math.max(0, ...patience);
  const widthMs = (series[1]?.atMs ?? 0) - (series[0]?.atMs ?? 0);
  const around = series.filter((slice) => slice.atMs + widthMs > atMs - patienceMs && slice.atMs < atMs + patienceMs);
  return sum(around.map(({ failed }) => failed));
}
