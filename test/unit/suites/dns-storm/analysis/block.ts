/** A block of a DNS storm in a made-up cluster: every count follows from what is said here, and nothing was measured. */

import type { Counted } from "../../../../../runner/result/block.ts";
import { failuresIn, type Outcomes } from "../../../../../runner/result/outcomes.ts";
import { type DnsInput, dnsEvidence } from "../../../../../suites/dns-storm/analysis/evidence.ts";
import { judged, namesToAsk, usableNames } from "../../../../../suites/dns-storm/analysis/names.ts";
import { queriesOf } from "../../../../../suites/dns-storm/analysis/queries.ts";
import { type ServerFacts, serverModel, worldOf } from "../../../../../suites/dns-storm/analysis/server-model.ts";
import type { DnsEvidence, DnsServer, ResolverReport } from "../../../../../suites/dns-storm/evidence.ts";
import type { NameKind, ResolverName } from "../../../../../suites/dns-storm/result/resolvers.ts";
import { countedBlock } from "./measured.ts";

export const FACTS: ServerFacts = {
  names: {
    services: ["web.packetwalk.svc.cluster.local", "kubernetes.default.svc.cluster.local"],
    servicesHave: "A",
    outside: { "api.shop.test": ["192.0.2.1", "2001:db8::1"], "shop.test": ["192.0.2.2"], "*.any.test": ["192.0.2.3"] },
  },
  autopath: null,
};
export const SEARCH = ["packetwalk.svc.cluster.local", "svc.cluster.local", "cluster.local"];

export function resolvConf(options = "ndots:5"): string {
  return `search ${SEARCH.join(" ")}\nnameserver 10.96.0.53\noptions ${options}\n`;
}

export function report(
  resolver: ResolverName,
  changes: {
    options?: string;
    outcomes?: Partial<Record<NameKind, Outcomes>>;
    each?: number;
    /** When failed look-ups were due, in turn, and how long they took. */
    failedAtMs?: readonly number[];
    tookMs?: number;
  } = {},
): ResolverReport {
  const { options = "ndots:5", outcomes = {}, each = 100, failedAtMs = [1_000], tookMs = 5 } = changes;
  return {
    worker: 0,
    resolver,
    startedAtUnixMs: 0,
    resolvConf: resolvConf(options),
    lookups: usableNames(resolver, namesToAsk("packetwalk", false)).map(({ kind, name }) => {
      const { end } = queriesOf(resolvConf(options), name, resolver, worldOf(serverModel(FACTS)));
      const ended = outcomes[kind] ?? { ok: 0, [end]: each };
      const failed = failuresIn(judged(kind, ended));
      return {
        kind,
        name,
        family: "both",
        scheduled: each,
        outcomes: ended,
        latency: "",
        over4900Ms: 0,
        failed: failed.flatMap(([outcome, count]) =>
          Array.from({ length: count }, (_, i) => ({ outcome, atMs: failedAtMs[i % failedAtMs.length] ?? 0, tookMs })),
        ),
      };
    }),
  };
}

export function server(changes: Partial<DnsServer> = {}): DnsServer {
  return {
    pod: "dns-1",
    node: "node-1",
    role: "cluster",
    seconds: 10,
    restarted: false,
    queries: { A: 2_000, AAAA: 2_000 },
    responses: { NOERROR: 1_000, NXDOMAIN: 3_000 },
    cacheHits: { success: 900, denial: 2_900 },
    cacheMisses: 200,
    forwarded: { NOERROR: 20 },
    maxConcurrentRejects: 0,
    cpuSeconds: 0.4,
    throttledSeconds: 0,
    ...changes,
  };
}

/** One stretch from the load's start. */
export function stretch(changes: Partial<DnsServer> = {}, lost = 0): DnsInput["stretches"][number] {
  return { fromMs: -500, toMs: 10_000, servers: [server(changes)], lost, okLatency: "" };
}

export function input(changes: Partial<DnsInput> = {}): DnsInput {
  return {
    resolvers: [report("glibc")],
    counting: [],
    servers: [server()],
    upstream: { delayMs: 0, loss: 0, queries: [] },
    chain: null,
    raw: null,
    faults: [],
    stretches: [stretch()],
    series: [],
    facts: FACTS,
    caching: { caches: 1, keptSeconds: 30, refreshes: false },
    unseen: [],
    ...changes,
  };
}

/** As the resolver's rules and the model say: a block in which everything agrees. */
export function counted(resolver: ResolverName, options = "ndots:5", lookups = 20): DnsInput["counting"] {
  const model = serverModel(FACTS);
  return namesToAsk("packetwalk", false).map(({ kind, name }) => {
    const { queries, end } = queriesOf(resolvConf(options), name, resolver, worldOf(model));
    const ofType = (type: string) => lookups * queries.filter((query) => query.type === type).length;
    const denied = queries.filter(({ fqdn, type }) => model(fqdn, type).answer === "nxdomain");
    return {
      resolver,
      kind,
      name,
      lookups,
      outcomes: { ok: 0, [end]: lookups },
      resolvConf: resolvConf(options),
      queries: { A: ofType("A"), AAAA: ofType("AAAA") },
      nxdomain: lookups * denied.length,
      upstream: {},
      restarted: false,
    };
  });
}

export function dnsBlock(round: number, changes: Partial<DnsInput> = {}): Counted<DnsEvidence> {
  return countedBlock(dnsEvidence(input(changes)), { round });
}
