import type { DnsServer, DnsUpstream } from "../../../reports/dns-schema.ts";
import { dnsServers } from "../../analysis/dns/servers.ts";
import { EnvironmentError } from "../../errors.ts";
import { type CoreDnsReading, readCoreDns } from "../../probes/coredns.ts";
import { askedBetween, type UpstreamCount, type UpstreamFaults } from "../../workloads/dns/upstream.ts";
import type { ServerPod } from "./raise.ts";
import type { Stage } from "./stage.ts";
import { withoutUniqueParts } from "./zone.ts";

/** Every name server's counters at one instant. */
export interface Readings {
  readonly atUnixMs: number;
  readonly servers: readonly CoreDnsReading[];
  readonly upstream: readonly UpstreamCount[];
  /** Which server could not be read, one sentence each. */
  readonly unseen: readonly string[];
}

export async function readServers(stage: Stage, pods: readonly ServerPod[]): Promise<Readings> {
  const { cluster, agents, upstream } = stage;
  const unseen: string[] = [];
  const readOne = (pod: ServerPod) =>
    readCoreDns(cluster, agents, [pod]).catch((error: unknown) => {
      if (!(error instanceof EnvironmentError)) throw error;
      unseen.push(`the counters of ${pod.name} could not be read: ${error.message}`);
      return [];
    });
  const [servers, counts] = await Promise.all([Promise.all(pods.map(readOne)), upstream.counts()]);
  return { atUnixMs: Date.now(), servers: servers.flat(), upstream: counts, unseen };
}

export function serversBetween(pods: readonly ServerPod[], before: Readings, after: Readings): DnsServer[] {
  const places = pods.map(({ name, node, role }) => ({ pod: name, node, role }));
  return dnsServers(places, before.servers, after.servers, (after.atUnixMs - before.atUnixMs) / 1000);
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
