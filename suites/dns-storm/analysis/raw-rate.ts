/** The pure query rate: what is asked for it, and what it comes to. */

import { addedUp, sum } from "../../../runner/analysis/samples.ts";
import type { DnsServer, RawRate } from "../evidence.ts";
import type { QueryRate } from "../stage/dnsperf/statistics.ts";
import { queriesOf } from "./queries.ts";
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
export interface Asked {
  readonly rate: QueryRate;
  /** From right before to right after. */
  readonly servers: readonly Pick<DnsServer, "queries" | "cpuSeconds" | "throttledSeconds" | "restarted">[];
}

/** @param paced the list at the storm's rate; null where that is not known */
export function rawRateOf(mix: RawMix, outstanding: number, { rate, servers }: Asked, paced: Asked | null): RawRate {
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

function pacedRate({ rate, servers }: Asked): RawRate["atStormsRate"] {
  if (rate.completed === 0 || servers.some(({ restarted }) => restarted)) return null;
  return {
    perSecond: rate.perSecond,
    answered: rate.completed,
    cpuSeconds: sum(servers.map(({ cpuSeconds }) => cpuSeconds)),
  };
}

/** A lost query keeps its place among the outstanding ones for 5 s; with more of them gone, fewer were asking. */
const MOST_PLACES_LOST = 0.1;
/** In shares of all answers; the list's first and last round are not whole. */
const NXDOMAIN_OFF = 0.05;

function doubtOf(raw: Omit<RawRate, "doubt">): string | null {
  if (raw.answered === 0) return "no query was answered";
  if (raw.servers.restarted) return "a DNS server began to count anew meanwhile, or could not be read";
  if (raw.lost > MOST_PLACES_LOST * raw.outstanding) {
    return `${raw.lost} queries were lost, each of which kept one of ${raw.outstanding} places for 5 s`;
  }
  const denied = (raw.responses.NXDOMAIN ?? 0) / raw.answered;
  if (Math.abs(denied - raw.nxdomainShare) > NXDOMAIN_OFF) {
    return `${Math.round(100 * denied)} % of the answers were NXDOMAIN instead of ${Math.round(100 * raw.nxdomainShare)} %: clients get others`;
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
