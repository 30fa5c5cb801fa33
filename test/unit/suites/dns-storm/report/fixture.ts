/**
 * Made-up name resolution for layout tests only: the counts follow from the resolvers' rules, the times come from a seeded
 * generator; nothing was measured. Recorded results of real runs are in test/fixtures.
 */
import { build, encodeIntoCompressedBase64 } from "hdr-histogram-js";
import { judge } from "../../../../../runner/analysis/verdict.ts";
import { tuningReports } from "../../../../../runner/experiment/tuning-reports.ts";
import type { Block } from "../../../../../runner/result/block.ts";
import type { Result } from "../../../../../runner/result/result.ts";
import { attributeDns } from "../../../../../suites/dns-storm/analysis/attribution.ts";
import { type DnsInput, dnsEvidence } from "../../../../../suites/dns-storm/analysis/evidence.ts";
import { DNS_METRICS } from "../../../../../suites/dns-storm/analysis/metrics.ts";
import { judged } from "../../../../../suites/dns-storm/analysis/names.ts";
import { predictDns } from "../../../../../suites/dns-storm/analysis/predictions.ts";
import { DNS_ARMS } from "../../../../../suites/dns-storm/arms.ts";
import type { DnsServer, ResolverName, ResolverReport } from "../../../../../suites/dns-storm/evidence.ts";
import { readBackResolvers } from "../../../../../suites/dns-storm/stage/tunings.ts";
import { fixture, generator } from "../../../reports/fixture.ts";
import { counted, input, report, server } from "../analysis/block.ts";
import { raw } from "../analysis/raw.ts";

const RESOLVERS: readonly ResolverName[] = ["glibc", "musl", "node", "node-c-ares"];
const EACH = 240;
const DEPTH = 20;
const SLICES = 20;

function histogramOf(valuesMs: readonly number[]): string {
  const histogram = build({ bitBucketSize: 64, autoResize: true, numberOfSignificantValueDigits: 3 });
  for (const value of valuesMs) histogram.recordValue(Math.max(1, Math.round(1_000 * value)));
  return encodeIntoCompressedBase64(histogram);
}

interface ArmModel {
  readonly options: string;
  /** Names tried one after another for an external name. */
  readonly tries: number;
  readonly servfail: number;
  readonly stalls: number;
}

function timed(reports: ResolverReport, model: ArmModel, random: () => number): ResolverReport {
  return {
    ...reports,
    lookups: reports.lookups.map((each) => {
      const outside = each.kind.startsWith("external") || each.kind === "missing";
      const stalls = outside && reports.resolver !== "node-c-ares" ? model.stalls : 0;
      const times = Array.from(
        { length: each.scheduled - stalls },
        () => 0.3 + model.tries * (0.2 + 0.8 * random() ** 6),
      );
      const slow = Array.from({ length: stalls }, () => 5_000 + 20 * random());
      const upstream = times.map((time) => time + (outside && random() < 0.08 ? 50 : 0));
      return { ...each, latency: histogramOf([...upstream, ...slow]), over4900Ms: stalls };
    }),
  };
}

function chainOf(model: ArmModel, random: () => number): NonNullable<DnsInput["chain"]> {
  const requests = Array.from({ length: 200 }, () =>
    Array.from({ length: DEPTH }, () => ({
      dns: model.tries * (0.3 + 0.3 * random()) + (random() < 0.01 * model.tries ? 50 : 0),
      own: 0.6 + random(),
    })),
  );
  return {
    resolver: "glibc",
    depth: DEPTH,
    scheduled: 203,
    outcomes: { ok: 200, "dns-servfail": 3 },
    hops: Array.from({ length: DEPTH }, (_, i) => ({
      hop: i + 1,
      outcomes: { ok: 200 },
      dns: histogramOf(requests.map((hops) => hops[i]?.dns ?? 0)),
      own: histogramOf(requests.map((hops) => hops[i]?.own ?? 0)),
    })),
    requests: requests.map((hops) => {
      const dnsMs = hops.reduce((total, { dns }) => total + dns, 0);
      return { dnsMs, totalMs: dnsMs + hops.reduce((total, { own }) => total + own, 0) };
    }),
  };
}

function inputOf(model: ArmModel, seed: number): DnsInput {
  const random = generator(seed);
  const failing = (resolver: ResolverName) =>
    resolver === "glibc" && model.servfail > 0
      ? { external: { ok: EACH - model.servfail, "dns-servfail": model.servfail } }
      : {};
  const resolvers = RESOLVERS.map((resolver) =>
    timed(report(resolver, { options: model.options, each: EACH, outcomes: failing(resolver) }), model, random),
  );
  const counting = RESOLVERS.flatMap((resolver) => [...counted(resolver, model.options)]);
  const queries = Math.round(RESOLVERS.length * EACH * 8 * model.tries * 0.7);
  const servers = ["dns-5d8f7c-abcde", "dns-5d8f7c-fghij"].map((pod, i) =>
    server({
      pod,
      node: `node-${i + 1}`,
      queries: { A: queries / 2 + seed, AAAA: queries / 2 },
      responses: { NOERROR: queries / 2, NXDOMAIN: queries / 2, REFUSED: 2 * model.servfail, SERVFAIL: seed },
      cacheHits: { success: Math.round(queries * 0.3), denial: Math.round(queries * 0.6) },
      maxConcurrentRejects: 2 * model.servfail,
      cpuSeconds: 0.0001 * queries * (1 + 0.05 * random()),
    }),
  );
  return input({
    resolvers,
    counting,
    servers,
    stretches: [
      { fromMs: -300, toMs: 5_040, servers, lost: 0, okLatency: histogramOf([0.4, 0.5, 6, 52]) },
      { fromMs: 5_040, toMs: 10_400, servers: servers.map(idle), lost: seed, okLatency: histogramOf([0.4, 2_003]) },
    ],
    upstream: {
      delayMs: 50,
      loss: 0,
      queries: [
        { name: "api.shop.test.", type: "A", queries: 60 + seed, lost: 0 },
        { name: "api.shop.test.", type: "AAAA", queries: 60 + seed, lost: 0 },
      ],
    },
    chain: chainOf(model, random),
    raw: raw(model.options, { perSecond: 12_000 + 10 * seed, cpuSeconds: 1.4 + 0.01 * seed }),
    faults: [
      { kind: "slow-upstream", what: "the upstream answers 50 ms late", atMs: null, untilMs: 5_000, pod: null },
      { kind: "lossy-upstream", what: "10 % of its answers lost", atMs: 5_000, untilMs: null, pod: null },
    ],
    unseen: ["throttling of dns-5d8f7c-abcde: its node gave no CPU counters"],
  });
}

function idle(of: DnsServer): DnsServer {
  return { ...of, queries: {}, responses: {}, maxConcurrentRejects: 0, cpuSeconds: 0, throttledSeconds: null };
}

function resolved(block: Block, model: ArmModel, seed: number, change?: (input: DnsInput) => DnsInput): Block {
  const own = inputOf(model, seed);
  const made = change ? change(own) : own;
  const lookups = made.resolvers.flatMap((each) => each.lookups);
  const scheduled = lookups.reduce((total, each) => total + each.scheduled, 0);
  const outcomes: Block["outcomes"] = { ok: 0 };
  for (const each of lookups)
    for (const [outcome, n] of Object.entries(judged(each.kind, each.outcomes))) {
      outcomes[outcome] = (outcomes[outcome] ?? 0) + n;
    }
  const latency = { p50: 0.4 + 0.3 * model.tries, p99: 40 + 4 * model.tries + (seed % 7), p999: 58, max: 5_020 };
  const series = Array.from({ length: SLICES }, (_, i) => {
    const failed = i === 4 ? scheduled - outcomes.ok : 0;
    const due = scheduled / SLICES;
    return {
      atMs: i * 500,
      scheduled: due,
      ok: Math.max(0, due - failed),
      failed,
      p50Ms: latency.p50,
      p99Ms: latency.p99,
    };
  });
  return {
    ...block,
    scheduled,
    sent: scheduled,
    outcomes,
    latencyMs: latency,
    okLatencyMs: latency,
    counters: [],
    cliff: null,
    prefill: null,
    kernelLog: [],
    conntrack: block.conntrack.map(({ atMs, node }) => ({ atMs, node, entries: 4_100, limit: 262_144, drops: 0 })),
    series,
    dns: dnsEvidence({ ...made, series }),
  };
}

const BASELINE: ArmModel = { options: "ndots:5", tries: 4, servfail: 6, stalls: 2 };
const ARTICLE: ArmModel = { options: "ndots:2 single-request-reopen", tries: 1, servfail: 0, stalls: 0 };

/** The usual case: the article's dnsConfig, with what it gains and what it costs. */
export function dnsResult(change?: (input: DnsInput) => DnsInput): Result {
  const base = fixture();
  const arms = base.arms.map((arm, index): Result["arms"][number] => ({
    ...arm,
    name: index === 0 ? "baseline" : "article",
    tunings: index === 0 ? [] : (DNS_ARMS.article ?? []).map(({ name }) => name),
    blocks: arm.blocks.map((block, i) =>
      resolved(block, index === 0 ? BASELINE : ARTICLE, 1 + i + 10 * index, index === 0 ? undefined : change),
    ),
  }));
  const [baseline, tuned] = arms;
  if (!baseline || !tuned) throw new Error("two arms expected");
  const aa = baseline.blocks.filter(({ round }) => round === 0);
  const pair = aa[0] && aa[1] ? ([aa[0], aa[1]] as const) : null;
  const tunings = DNS_ARMS.article ?? [];
  const found = RESOLVERS.map((resolver) => ({
    where: `pod lookups-${resolver}`,
    resolver,
    resolvConf: tuned.blocks[0]?.dns?.resolvers[0]?.resolvConf ?? "",
    names: [],
  }));
  const { hops, attribution } = attributeDns(arms);
  return {
    ...base,
    suite: "dns-storm",
    question:
      "How many queries, how much time and how much of CoreDNS does a look-up cost, and does the tuning lower it?",
    verdict: "regressed",
    why: "External names take 2 queries instead of 8, but musl does not find kubernetes.default.svc any more.",
    advice: ["Write names that leave the cluster with their final dot instead of lowering ndots."],
    order: base.order.map((name) => (name === "baseline" ? "baseline" : "article")),
    arms,
    metrics: judge(DNS_METRICS, baseline.blocks, tuned.blocks, pair),
    tunings: tuningReports({ name: "article", tunings }, { writes: [], readBacks: readBackResolvers(tunings, found) }),
    hops,
    attribution,
    predictions: arms.flatMap(({ name, blocks }) => predictDns(name, blocks, { servesStale: false })),
    predictedOccupancy: [],
    warnings: [],
  };
}

/** Counts that are not as predicted, failures that nobody accounts for, a server that began anew, no chain and no raw rate. */
export function doubtfulDnsResult(): Result {
  return dnsResult((made) => ({
    ...made,
    chain: null,
    raw: null,
    unseen: [
      ...made.unseen,
      "the pure query rate could not be measured: dnsperf gave no statistics: it printed nothing",
    ],
    counting: made.counting.map((run, i) => (i === 4 ? { ...run, queries: { A: 23, AAAA: 20, TXT: 1 } } : run)),
    resolvers: made.resolvers.map((each) => ({
      ...each,
      lookups: each.lookups.map((lookups) =>
        lookups.kind === "short"
          ? { ...lookups, outcomes: { ok: lookups.scheduled - 12, "dns-servfail": 12 } }
          : lookups,
      ),
    })),
    servers: made.servers.map((each, i) => ({ ...each, restarted: i === 0, throttledSeconds: null })),
  }));
}
