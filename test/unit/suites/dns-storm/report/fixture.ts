/**
 * Made-up name resolution for layout tests only: the counts follow from the resolvers' rules, the times come from a seeded
 * generator; nothing was measured. Recorded results of real runs are in test/fixtures.
 */
import { build, encodeIntoCompressedBase64 } from "hdr-histogram-js";
import { seededUniform } from "../../../../../runner/analysis/random.ts";
import { judge } from "../../../../../runner/analysis/verdict/judge.ts";
import { armPair } from "../../../../../runner/experiment/arms.ts";
import { tuningReports } from "../../../../../runner/experiment/tuning-reports.ts";
import { loadMs, ratePerSecond } from "../../../../../runner/load/spec.ts";
import type { Block, Counted, Measured } from "../../../../../runner/result/block.ts";
import { failuresIn, type Outcomes } from "../../../../../runner/result/outcomes.ts";
import { type Arm, type Result, type Role, SCHEMA_VERSION } from "../../../../../runner/result/result.ts";
import { attributeDns } from "../../../../../suites/dns-storm/analysis/attribution.ts";
import { type DnsInput, dnsEvidence } from "../../../../../suites/dns-storm/analysis/evidence.ts";
import { judged } from "../../../../../suites/dns-storm/analysis/names.ts";
import { predictDns } from "../../../../../suites/dns-storm/analysis/predictions.ts";
import type {
  DnsEvidence,
  DnsServer,
  ResolverReport,
  StormEvidence,
} from "../../../../../suites/dns-storm/evidence.ts";
import { stormJudging } from "../../../../../suites/dns-storm/judging.ts";
import type { ResolverName } from "../../../../../suites/dns-storm/result/resolvers.ts";
import { readBackResolvers } from "../../../../../suites/dns-storm/stage/tunings.ts";
import { LOAD_MS } from "../../../../../suites/dns-storm/storms.ts";
import { dnsStorm } from "../../../../../suites/dns-storm/suite.ts";
import { counted, input, report, server } from "../analysis/block.ts";
import { countedBlock } from "../analysis/measured.ts";
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
  const random = seededUniform(seed);
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
      { what: { kind: "slow-upstream", delayMs: 50 }, atMs: null, untilMs: 5_000, pod: null },
      { what: { kind: "lossy-upstream", loss: 0.1 }, atMs: 5_000, untilMs: null, pod: null },
    ],
    unseen: [
      { kind: "counters-unread", pod: "dns-5d8f7c-abcde", because: "GET /metrics of pod dns-5d8f7c-abcde: HTTP 503" },
    ],
  });
}

function idle(of: DnsServer): DnsServer {
  return { ...of, queries: {}, responses: {}, maxConcurrentRejects: 0, cpuSeconds: 0, throttledSeconds: null };
}

/** Blocks are apart by so much. */
const BLOCK_MS = 90_000;
const START = Date.parse("2026-03-02T09:00:00.000Z");

function blockOf(model: ArmModel, position: number, seed: number, made: DnsInput): Counted<DnsEvidence> {
  const lookups = made.resolvers.flatMap((each) => each.lookups);
  const scheduled = lookups.reduce((total, each) => total + each.scheduled, 0);
  const outcomes: Outcomes = { ok: 0 };
  for (const each of lookups) {
    const ended = judged(each.kind, each.outcomes);
    outcomes.ok += ended.ok;
    for (const [cause, n] of failuresIn(ended)) outcomes[cause] = (outcomes[cause] ?? 0) + n;
  }
  const latencyMs = { p50: 0.4 + 0.3 * model.tries, p99: 40 + 4 * model.tries + (seed % 7), p999: 58, max: 5_020 };
  const series = Array.from({ length: SLICES }, (_, i) => {
    const failed = i === 4 ? scheduled - outcomes.ok : 0;
    const due = scheduled / SLICES;
    return {
      atMs: i * 500,
      scheduled: due,
      ok: Math.max(0, due - failed),
      failed,
      p50Ms: latencyMs.p50,
      p99Ms: latencyMs.p99,
    };
  });
  const conntrack = Array.from({ length: SLICES + 1 }, (_, i) => {
    return { atMs: i * 500, node: "node-1", entries: 4_100, limit: 262_144, drops: 0 };
  });
  const measured: Partial<Measured> = {
    startedAt: new Date(START + position * BLOCK_MS).toISOString(),
    scheduled,
    sent: scheduled,
    outcomes,
    latencyMs,
    okLatencyMs: latencyMs,
    series,
    conntrack,
  };
  return countedBlock(dnsEvidence({ ...made, series }), { round: roundAt(position), ...measured });
}

const BASELINE: ArmModel = { options: "ndots:5", tries: 4, servfail: 6, stalls: 2 };
const ARTICLE: ArmModel = { options: "ndots:2 single-request-reopen", tries: 1, servfail: 0, stalls: 0 };
const ARMS = await armPair(dnsStorm, "baseline", "article");

/** The warm-up, then A B, B A, …, five rounds of it. */
const ORDER: readonly Role[] = [
  "baseline",
  ...[1, 2, 3, 4, 5].flatMap((round): Role[] => (round % 2 === 1 ? ["baseline", "tuned"] : ["tuned", "baseline"])),
];

function roundAt(position: number): number {
  return Math.ceil(position / 2);
}

function armOf<R extends Role>(role: R, change: (input: DnsInput) => DnsInput): Arm<DnsEvidence, R> {
  const model = role === "baseline" ? BASELINE : ARTICLE;
  const positions = ORDER.flatMap((each, position) => (each === role ? [position] : []));
  return {
    name: ARMS[role].name,
    role,
    tunings: ARMS[role].tunings.map(({ name }) => name),
    blocks: positions.map((position, i) => {
      const seed = 1 + i + (role === "baseline" ? 0 : 10);
      return blockOf(model, position, seed, change(inputOf(model, seed)));
    }),
  };
}

/** The usual case: the article's dnsConfig, with what it gains and what it costs. */
export function dnsResult(change: (input: DnsInput) => DnsInput = (made) => made): Result<StormEvidence> {
  const [baseline, tuned] = [armOf("baseline", (made) => made), armOf("tuned", change)] as const;
  return resultOf(baseline, tuned);
}

function resultOf(baseline: Arm<DnsEvidence, "baseline">, tuned: Arm<DnsEvidence, "tuned">): Result<StormEvidence> {
  const { plan, question } = dnsStorm;
  const found = RESOLVERS.map((resolver) => ({
    where: `pod lookups-${resolver}`,
    resolver,
    resolvConf: tuned.blocks[0]?.evidence.resolvers[0]?.resolvConf ?? "",
    names: [],
  }));
  const readBacks = readBackResolvers(ARMS.tuned.tunings, found);
  const arms = [baseline, tuned] as const;
  const { load } = plan("quick");
  const tunings = tuningReports(ARMS.tuned, { writes: [], readBacks });
  const asked = { scheduledPerBlock: null, workers: null };
  const { metrics } = judge({ suite: stormJudging, arms, tunings, plan: asked, spent: 1 });
  return {
    schemaVersion: SCHEMA_VERSION,
    packetwalk: "0.0.0-test",
    suite: dnsStorm.name,
    question,
    seed: 1,
    quick: true,
    startedAt: new Date(START).toISOString(),
    finishedAt: new Date(START + ORDER.length * BLOCK_MS).toISOString(),
    target: {
      kind: "lab",
      context: "packetwalk",
      kubernetes: "v1.34.1",
      cni: "bridge",
      proxyMode: "iptables",
      kernel: "6.18.0",
      nodes: 2,
      nodeFacts: ["node-1", "node-2"].map((name) => ({
        name,
        cpus: 2,
        memoryBytes: 8 * 2 ** 30,
        region: null,
        zone: null,
        containerRuntime: "containerd://2.1.4",
      })),
    },
    verdict: "regressed",
    why: {
      kind: "metrics-decide",
      metrics: ["lookup-failures"],
      beside: { improved: ["queries-per-lookup-external"], regressed: [] },
    },
    advice: [{ kind: "do-not-adopt" }],
    load: {
      engine: "lookups",
      model: "open",
      ratePerSecond: ratePerSecond(load),
      connections: null,
      arrivals: "constant",
      durationMs: loadMs(load),
      timeoutMs: load.timeoutMs,
      workers: load.workers,
      placement: load.placement,
    },
    order: ORDER.map((role) => ARMS[role].name),
    arms,
    metrics,
    tunings,
    ...attributeDns(arms),
    predictions: arms.flatMap(({ name, blocks }) => predictDns(name, blocks, { servesStale: false })),
    warnings: [],
    evidence: { fullLoadMs: LOAD_MS.full },
  };
}

/** Counts that are not as predicted, failures that nobody accounts for, a server that began anew, no chain and no raw rate. */
export function doubtfulDnsResult(): Result<StormEvidence> {
  return dnsResult((made) => ({
    ...made,
    chain: null,
    raw: null,
    unseen: [
      ...made.unseen,
      { kind: "raw-rate-unmeasured", because: "dnsperf gave no statistics: it printed nothing" },
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

/** The same result with nothing in it that counts. */
export function voidedDnsResult(): Result<StormEvidence> {
  const [baseline, tuned] = dnsResult().arms;
  return resultOf({ ...baseline, blocks: baseline.blocks.map(voided) }, { ...tuned, blocks: tuned.blocks.map(voided) });
}

export function voided(block: Block<DnsEvidence>): Block<DnsEvidence> {
  return { ...block, valid: false, invalidBecause: [{ kind: "steal", share: 0.3, mostShare: 0.05 }] };
}
