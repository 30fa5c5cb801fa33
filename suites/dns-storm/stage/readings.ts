import type { HistogramSum } from "../../../runner/analysis/histogram.ts";
import { addedUp, sum } from "../../../runner/analysis/samples.ts";
import { EnvironmentError } from "../../../runner/errors.ts";
import type { CoreDnsReading } from "../analysis/coredns-counters.ts";
import { dnsServers } from "../analysis/servers.ts";
import type { CountedStretch } from "../analysis/stretches.ts";
import type { DnsServer, DnsUpstream } from "../evidence.ts";
import type { Unseen } from "../result/reasons.ts";
import { askedBetween, type UpstreamCount, type UpstreamFaults } from "./dns/upstream.ts";
import { readCoreDns } from "./probes/coredns.ts";
import type { ServerPod } from "./raise.ts";
import type { StormStage } from "./storm-stage.ts";
import { withoutUniqueParts } from "./zone.ts";

/** Every name server's counters at one instant. */
export interface Readings {
  readonly atUnixMs: number;
  readonly servers: readonly CoreDnsReading[];
  readonly upstream: readonly UpstreamCount[];
  /** Which servers could not be read. */
  readonly unseen: readonly Unseen[];
}

export async function readServers(stage: StormStage, pods: readonly ServerPod[]): Promise<Readings> {
  const { cluster, agents, upstream } = stage;
  const unseen: Unseen[] = [];
  const readOne = (pod: ServerPod) =>
    readCoreDns(cluster, agents, [pod]).catch((error: unknown) => {
      if (!(error instanceof EnvironmentError)) throw error;
      unseen.push({ kind: "counters-unread", pod: pod.name, because: error.message });
      return [];
    });
  const [servers, counts] = await Promise.all([Promise.all(pods.map(readOne)), upstream.counts()]);
  return { atUnixMs: Date.now(), servers: servers.flat(), upstream: counts, unseen };
}

/** What each server counted between two readings. */
export function serversBetween(pods: readonly ServerPod[], before: Readings, after: Readings): DnsServer[] {
  const places = pods.map(({ name, node, role }) => ({ pod: name, node, role }));
  return dnsServers(places, before.servers, after.servers, (after.atUnixMs - before.atUnixMs) / 1000);
}

/** What all servers counted between one reading and the next. */
export function stretchesBetween(
  pods: readonly ServerPod[],
  readings: readonly Readings[],
  startUnixMs: number,
  okLatencyBetween: (fromMs: number, toMs: number) => HistogramSum,
): CountedStretch[] {
  return readings.slice(1).map((after, index) => {
    const before = readings[index] ?? after;
    const fromMs = before.atUnixMs - startUnixMs;
    const toMs = after.atUnixMs - startUnixMs;
    return {
      fromMs,
      toMs,
      servers: serversBetween(pods, before, after),
      lost: sum(askedBetween(before.upstream, after.upstream).map(({ lost }) => lost)),
      okLatency: okLatencyBetween(fromMs, toMs).encode(),
    };
  });
}

/** What each server counted over all of it. */
export function serversOver(stretches: readonly CountedStretch[]): DnsServer[] {
  return stretches
    .map(({ servers }) => [...servers])
    .reduce((total, next) => total.map((server, index) => addServer(server, next[index] ?? server)));
}

function addServer(a: DnsServer, b: DnsServer): DnsServer {
  return {
    ...a,
    seconds: a.seconds + b.seconds,
    restarted: a.restarted || b.restarted,
    queries: addedUp([a.queries, b.queries]),
    responses: addedUp([a.responses, b.responses]),
    cacheHits: {
      success: a.cacheHits.success + b.cacheHits.success,
      denial: a.cacheHits.denial + b.cacheHits.denial,
    },
    cacheMisses: a.cacheMisses + b.cacheMisses,
    forwarded: addedUp([a.forwarded, b.forwarded]),
    maxConcurrentRejects: a.maxConcurrentRejects + b.maxConcurrentRejects,
    cpuSeconds: a.cpuSeconds + b.cpuSeconds,
    throttledSeconds:
      a.throttledSeconds === null && b.throttledSeconds === null
        ? null
        : (a.throttledSeconds ?? 0) + (b.throttledSeconds ?? 0),
  };
}

/** @param worst the most that the upstream did to its answers */
export function upstreamBetween(before: Readings, after: Readings, worst: UpstreamFaults): DnsUpstream {
  const byQuestion = new Map<string, DnsUpstream["queries"][number]>();
  for (const { name, type, queries, lost } of askedBetween(before.upstream, after.upstream)) {
    const folded = withoutUniqueParts(name);
    const key = `${type} ${folded}`;
    const known = byQuestion.get(key) ?? { name: folded, type, queries: 0, lost: 0 };
    byQuestion.set(key, { ...known, queries: known.queries + queries, lost: known.lost + lost });
  }
  return { delayMs: worst.delayMs, loss: worst.loss, queries: [...byQuestion.values()] };
}
