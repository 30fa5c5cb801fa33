/** The pure query rate: what is asked for it, and what it comes to. */

import { addedUp, sum } from "../../../runner/analysis/samples.ts";
import type { DnsServer, RawRate } from "../evidence.ts";
import type { RawRateDoubt } from "../result/reasons.ts";
import { queriesOf } from "./queries.ts";
import type { QueryRate } from "./query-rate.ts";
import type { Query } from "./question.ts";
import { type ServerModel, worldOf } from "./server-model.ts";

/** The queries of one look-up of each of several names. */
export interface RawMix {
  readonly lookups: number;
  readonly queries: readonly Query[];
  /** Share of the answers that should be NXDOMAIN, 0–1. */
  readonly nxdomainShare: number;
}

/**
 * What glibc asks for these names. Names with a unique part ({n}) are left out: no cache has them, so they would show how
 * fast the upstream is.
 */
export function rawMix(resolvConf: string, names: readonly string[], model: ServerModel): RawMix {
  const kept = names.filter((name) => !name.includes("{n}"));
  const queries = kept.flatMap((name) => queriesOf(resolvConf, name, "glibc", worldOf(model)).queries);
  const denied = queries.filter(({ fqdn, type }) => model(fqdn, type).answer === "nxdomain").length;
  return { lookups: kept.length, queries, nxdomainShare: denied / Math.max(1, queries.length) };
}

/** What dnsperf and the asked servers counted together. */
export interface RateRun {
  readonly rate: QueryRate;
  /** From right before to right after. */
  readonly servers: readonly Pick<DnsServer, "queries" | "cpuSeconds" | "throttledSeconds" | "restarted">[];
}

/** @param paced the list at the storm's rate; null where that is not known */
export function rawRateOf(
  mix: RawMix,
  outstanding: number,
  { rate, servers }: RateRun,
  paced: RateRun | null,
): RawRate {
  const queriesPerLookup = mix.queries.length / Math.max(1, mix.lookups);
  const { NOERROR = 0, NXDOMAIN = 0 } = rate.responses;
  const goodPerSecond = rate.seconds === 0 ? 0 : (NOERROR + NXDOMAIN) / rate.seconds;
  const throttled = servers.flatMap(({ throttledSeconds }) => throttledSeconds ?? []);
  const found = {
    lookups: mix.lookups,
    queriesPerLookup,
    nxdomainShare: mix.nxdomainShare,
    outstanding,
    sent: rate.sent,
    answered: rate.completed,
    lost: rate.lost,
    responses: { ...rate.responses },
    seconds: rate.seconds,
    answersPerSecond: rate.perSecond,
    lookupsPerSecond: queriesPerLookup === 0 ? 0 : goodPerSecond / queriesPerLookup,
    meanLatencyMs: rate.latencyMs.mean,
    servers: {
      queries: addedUp(servers.map(({ queries }) => queries)),
      cpuSeconds: sum(servers.map(({ cpuSeconds }) => cpuSeconds)),
      throttledSeconds: throttled.length === 0 ? null : sum(throttled),
      restarted: servers.some(({ restarted }) => restarted),
    },
    atStormsRate: paced && pacedRate(paced),
  };
  return { ...found, doubt: doubtOf(found) };
}

function pacedRate({ rate, servers }: RateRun): RawRate["atStormsRate"] {
  if (rate.completed === 0 || servers.some(({ restarted }) => restarted)) return null;
  return {
    perSecond: rate.perSecond,
    answered: rate.completed,
    cpuSeconds: sum(servers.map(({ cpuSeconds }) => cpuSeconds)),
  };
}

/** dnsperf's own time limit of a query: a lost one keeps its place among the outstanding ones for that long. */
const LOST_AFTER_MS = 5_000;
/** With more places gone, fewer were asking. */
const MOST_PLACES_LOST = 0.1;
/** In shares of all answers; the list's first and last round are not whole. */
const NXDOMAIN_OFF = 0.05;

function doubtOf(raw: Omit<RawRate, "doubt">): RawRateDoubt | null {
  const { answered, lost, outstanding, responses, nxdomainShare: expectedShare } = raw;
  if (answered === 0) return { kind: "nothing-answered" };
  if (raw.servers.restarted) return { kind: "asked-server-began-anew" };
  if (lost > MOST_PLACES_LOST * outstanding) {
    return { kind: "places-lost", lost, places: outstanding, eachForMs: LOST_AFTER_MS };
  }
  const nxdomainShare = (responses.NXDOMAIN ?? 0) / answered;
  if (Math.abs(nxdomainShare - expectedShare) > NXDOMAIN_OFF) {
    return { kind: "other-answers", nxdomainShare, expectedShare };
  }
  return null;
}

/** CPU seconds of the asked servers for one answer. */
export interface AnswerCost {
  /** Asked as often as the storm does, so that it wakes up for most of them. */
  readonly idleS: number;
  /** Asked without a pause: it reads several at once. */
  readonly busyS: number;
}

/** Null where it is not known. */
export function answerCost(raw: RawRate | null): AnswerCost | null {
  if (!raw?.atStormsRate || raw.answered === 0 || raw.servers.restarted) return null;
  const { cpuSeconds, answered } = raw.atStormsRate;
  return { idleS: cpuSeconds / answered, busyS: raw.servers.cpuSeconds / raw.answered };
}
