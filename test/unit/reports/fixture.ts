/**
 * Made-up results for layout tests only: plausible numbers from a seeded generator, schema-valid, never measured.
 * Recorded results of real runs are in test/fixtures.
 */
import type { Block, ConntrackSample, LoadSlice } from "../../../runner/result/block.ts";
import type { Metric } from "../../../runner/result/metric.ts";
import type { Prediction } from "../../../runner/result/prediction.ts";
import type { Arm, Result } from "../../../runner/result/result.ts";
import type { TuningReport } from "../../../runner/result/tuning.ts";

const LIMIT = 24_000;
const RATE = 800;
const LOAD_MS = 30_000;
const SLICE_MS = 500;
const START = Date.parse("2026-03-02T09:00:00.000Z");

/** mulberry32: a small seeded generator, so that the page is the same in every run. */
export function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface BlockPlan {
  readonly round: number;
  readonly position: number;
  /** When the table is full, ms after the load began; null: never. */
  readonly cliffMs: number | null;
}

function slicesOf(plan: BlockPlan, random: () => number): LoadSlice[] {
  return Array.from({ length: LOAD_MS / SLICE_MS }, (_, i) => {
    const atMs = i * SLICE_MS;
    const scheduled = (RATE * SLICE_MS) / 1000;
    const full = plan.cliffMs !== null && atMs >= plan.cliffMs;
    const failed = full ? Math.round(scheduled * (0.5 + 0.2 * random())) : 0;
    const p50Ms = full ? 900 + 400 * random() : 0.9 + 0.3 * random();
    return {
      atMs,
      scheduled,
      ok: scheduled - failed,
      failed,
      p50Ms,
      p99Ms: full ? 2800 + 600 * random() : 4 + 5 * random(),
    };
  });
}

function samplesOf(plan: BlockPlan, limit: number, random: () => number): ConntrackSample[] {
  return Array.from({ length: LOAD_MS / 500 + 1 }, (_, i) => {
    const atMs = i * 500;
    const grown =
      plan.cliffMs === null ? 900 + 10_500 * (1 - Math.exp(-atMs / 9000)) : 900 + (limit - 900) * (atMs / plan.cliffMs);
    const drops = plan.cliffMs === null ? 0 : Math.max(0, Math.round(((atMs - plan.cliffMs) / 1000) * 640));
    return { atMs, node: "node-1", entries: Math.min(limit, Math.round(grown + 120 * random())), limit, drops };
  });
}

function blockOf(plan: BlockPlan, limit: number): Block {
  const random = generator(plan.position + 1);
  const series = slicesOf(plan, random);
  const conntrack = samplesOf(plan, limit, random);
  const scheduled = series.reduce((total, slice) => total + slice.scheduled, 0);
  const failed = series.reduce((total, slice) => total + slice.failed, 0);
  const resets = Math.round(failed * 0.012);
  const drops = conntrack.at(-1)?.drops ?? 0;
  const slow = plan.cliffMs !== null;
  return {
    round: plan.round,
    valid: true,
    invalidBecause: [],
    startedAt: new Date(START + plan.position * 40_000).toISOString(),
    scheduled,
    sent: scheduled,
    outcomes:
      failed > 0 ? { ok: scheduled - failed, "connect-timeout": failed - resets, reset: resets } : { ok: scheduled },
    latencyMs: slow ? { p50: 2.4, p99: 4002, p999: 4004, max: 4010 } : { p50: 1.05, p99: 8.4, p999: 19.2, max: 44.1 },
    okLatencyMs: slow ? { p50: 1.6, p99: 3080, p999: 3790, max: 3988 } : { p50: 1.05, p99: 8.4, p999: 19.2, max: 44.1 },
    scheduleLagMs: { p50: 0.05, p99: 0.9 + random(), max: 6.2 },
    histograms: { latency: "", connect: "", firstByte: "" },
    workers: { wanted: 4, reported: 4, lost: [], startSpreadMs: 0 },
    saturated: [],
    generatorCpu: { seconds: 6.1, shareOfMachine: 0.102 },
    probeCpu: { seconds: 0.21 },
    stealShare: 0.003,
    counters: [
      { where: "node-1", hop: "client-conntrack", deltas: { drop: drops, early_drop: 0, insert_failed: 0 } },
      { where: "web-7d9c", hop: "listen-queue", deltas: { ListenOverflows: 0, ListenDrops: 0 } },
    ],
    drain: {
      method: "flushed the conntrack tables, waited for TIME_WAIT",
      conntrackBefore: { "node-1": 912, "node-2": 640 },
      timeWaitBefore: 3,
      seconds: 4.2,
    },
    prefill: null,
    cliff: plan.cliffMs === null ? null : { atMs: plan.cliffMs },
    kernelLog: slow ? ["nf_conntrack: table full in netns 4026532301, dropping packet"] : [],
    series,
    conntrack,
  };
}

const ORDER = [
  "baseline",
  "baseline",
  "baseline",
  "recommended",
  "recommended",
  "baseline",
  "baseline",
  "recommended",
  "recommended",
  "baseline",
  "baseline",
  "recommended",
];

function armOf(name: string, role: Arm["role"], tunings: string[], full: boolean): Arm {
  let round = 0;
  const blocks = ORDER.flatMap((arm, position) => {
    if (arm !== name) return [];
    const aa = position < 2;
    if (!aa) round += 1;
    return [blockOf({ round: aa ? 0 : round, position, cliffMs: full ? 17_000 + 500 * (position % 3) : null }, LIMIT)];
  });
  return { name, role, tunings, blocks };
}

function metricOf(metric: Partial<Metric> & Pick<Metric, "name" | "unit" | "verdict">): Metric {
  return {
    primary: true,
    better: "lower",
    baseline: null,
    tuned: null,
    effect: null,
    ci: null,
    p: null,
    pAdjusted: null,
    smallestDetectable: null,
    floor: 1,
    noise: null,
    roundsNeeded: null,
    mechanism: null,
    why: "",
    ...metric,
  };
}

const METRICS: Metric[] = [
  metricOf({
    name: "success-rate",
    unit: "%",
    better: "higher",
    baseline: 74.1,
    tuned: 100,
    effect: 25.9,
    ci: [24.8, 27.2],
    p: 0.0079,
    pAdjusted: 0.032,
    smallestDetectable: 1.4,
    floor: 0.1,
    noise: 0.4,
    mechanism: "conntrack drop",
    verdict: "improved",
    why: "25.9 points more requests ended well; conntrack drops fell with it.",
  }),
  metricOf({
    name: "drops",
    unit: "packets",
    baseline: 8064,
    tuned: 0,
    effect: -8064,
    ci: [-8320, -7680],
    p: 0.0079,
    pAdjusted: 0.032,
    smallestDetectable: 410,
    floor: 10,
    noise: 96,
    mechanism: "conntrack drop",
    verdict: "improved",
    why: "the kernel dropped 8,064 packets a block less.",
  }),
  metricOf({
    name: "latency-p99",
    unit: "ms",
    baseline: 4002,
    tuned: 8.4,
    effect: -3993.6,
    ci: [-4001, -3985],
    p: 0.0079,
    pAdjusted: 0.032,
    smallestDetectable: 12,
    floor: 5,
    noise: 2.1,
    mechanism: "SYN retransmits",
    verdict: "improved",
    why: "SYN retransmit steps are gone.",
  }),
  metricOf({
    name: "latency-p50",
    unit: "ms",
    primary: false,
    baseline: 1.6,
    tuned: 1.05,
    effect: -0.55,
    ci: [-1.9, 0.4],
    p: 0.22,
    pAdjusted: 0.44,
    smallestDetectable: 1.2,
    floor: 1,
    noise: 0.3,
    roundsNeeded: 4,
    verdict: "inconclusive",
    why: "the interval reaches from a useful gain to no change.",
  }),
  metricOf({
    name: "latency-p999",
    unit: "ms",
    primary: false,
    baseline: 4004,
    tuned: 19.2,
    effect: -3984.8,
    ci: [-4000, -3962],
    p: 0.0079,
    pAdjusted: 0.04,
    smallestDetectable: 30,
    floor: 10,
    noise: 4,
    mechanism: "SYN retransmits",
    verdict: "improved",
    why: "as p99.",
  }),
  metricOf({
    name: "connections-per-second",
    unit: "/s",
    primary: false,
    better: "higher",
    baseline: 593,
    tuned: 800,
    effect: 207,
    ci: [196, 219],
    p: 0.0079,
    pAdjusted: 0.04,
    smallestDetectable: 14,
    floor: 8,
    noise: 3,
    mechanism: "conntrack drop",
    verdict: "improved",
    why: "all that was scheduled was served.",
  }),
  metricOf({
    name: "port-exhausted",
    unit: "requests",
    primary: false,
    baseline: 0,
    tuned: 0,
    effect: 0,
    ci: [0, 0],
    p: 1,
    pAdjusted: 1,
    smallestDetectable: 1,
    floor: 10,
    noise: 0,
    verdict: "equivalent",
    why: "0 of 240,000, so at most 3 in 240,000.",
  }),
];

function prediction(values: Partial<Prediction> & Pick<Prediction, "name" | "arm" | "unit">): Prediction {
  return { predicted: null, measured: null, error: null, note: "", ...values };
}

const PREDICTIONS: Prediction[] = [
  prediction({
    name: "time-to-exhaustion",
    arm: "baseline",
    unit: "s",
    predicted: 17.6,
    measured: 17.5,
    error: -0.0057,
    note: "(limit − start) ÷ rate",
  }),
  prediction({ name: "time-to-exhaustion", arm: "recommended", unit: "s", note: "not within the block, as predicted" }),
  prediction({
    name: "entries-per-second",
    arm: "baseline",
    unit: "entries/s",
    predicted: 1312,
    measured: 1340,
    error: 0.021,
  }),
  prediction({
    name: "admitted-rate",
    arm: "baseline",
    unit: "connections/s",
    predicted: 300,
    measured: 312,
    error: 0.04,
    note: "limit ÷ (timeout + gc lag)",
  }),
];

const TUNINGS: TuningReport[] = [
  {
    name: "conntrack-time-wait-30",
    arm: "recommended",
    setting: "net.netfilter.nf_conntrack_tcp_timeout_time_wait = 30",
    scope: "node",
    actsIn: "node network namespace",
    arrival: "arrived",
    note: "entries leave the table four times as fast",
    readBacks: [
      { where: "node-1", wanted: "30", got: "30" },
      { where: "node-2", wanted: "30", got: "30" },
    ],
  },
  {
    name: "tcp-fin-timeout",
    arm: "recommended",
    setting: "net.ipv4.tcp_fin_timeout = 15",
    scope: "node",
    actsIn: "pod network namespace",
    arrival: "never-arrived",
    note: "a new network namespace starts from the kernel’s constant, not from the node’s value",
    readBacks: [
      { where: "node-1", wanted: "15", got: "15" },
      { where: "pod web-7d9c", wanted: "15", got: "60" },
      { where: "pod flood-0", wanted: "15", got: "60" },
    ],
  },
  {
    name: "pod-port-range",
    arm: "recommended",
    setting: "net.ipv4.ip_local_port_range = 1024 65535",
    scope: "pod-spec",
    actsIn: "pod network namespace",
    arrival: "arrived",
    note: "",
    readBacks: [{ where: "pod flood-0", wanted: "1024 65535", got: "1024 65535" }],
  },
];

/** The usual case: a flood fills the table at baseline and does not with the tuning. */
export function fixture(overrides: Partial<Result> = {}): Result {
  const baseline = armOf("baseline", "baseline", [], true);
  const tuned = armOf(
    "recommended",
    "tuned",
    TUNINGS.map((tuning) => tuning.name),
    false,
  );
  const failures = baseline.blocks
    .filter((b) => b.round > 0)
    .reduce((n, b) => n + (b.outcomes["connect-timeout"] ?? 0) + (b.outcomes.reset ?? 0), 0);
  const resets = baseline.blocks.filter((b) => b.round > 0).reduce((n, b) => n + (b.outcomes.reset ?? 0), 0);
  const line = (slope: number, ceiling: number) =>
    Array.from({ length: 31 }, (_, s) => ({ atMs: s * 1000, entries: Math.min(ceiling, 900 + slope * s) }));
  return {
    schemaVersion: 1,
    packetwalk: "0.1.0",
    suite: "connection-flood",
    question:
      "Does a flood of short-lived connections fill the conntrack table, and does “recommended” keep requests from failing?",
    seed: 7,
    quick: true,
    scale: "The conntrack limit was lowered from 262,144 to 24,000 entries for this run and put back afterwards.",
    startedAt: new Date(START).toISOString(),
    finishedAt: new Date(START + ORDER.length * 40_000).toISOString(),
    target: {
      kind: "lab",
      context: "packetwalk-lab",
      kubernetes: "v1.34.1",
      cni: "direct",
      proxyMode: "iptables",
      kernel: "6.18.44",
      nodes: 2,
      nodeFacts: [
        {
          name: "node-1",
          cpus: 2,
          memoryBytes: 25_276_514_304,
          region: null,
          zone: null,
          containerRuntime: "containerd://1.6.20",
        },
        {
          name: "node-2",
          cpus: 2,
          memoryBytes: 25_276_514_304,
          region: null,
          zone: null,
          containerRuntime: "containerd://1.6.20",
        },
      ],
    },
    verdict: "improved",
    why: "At baseline the conntrack table was full after 17.5 s and the kernel dropped 8,064 packets a block; with “recommended” it never filled and nothing was dropped.",
    advice: [
      "Set nf_conntrack_tcp_timeout_time_wait to 30 s on every node.",
      "Drop the node-level tcp_fin_timeout: it never reached a pod.",
    ],
    load: {
      engine: "flood",
      model: "open",
      ratePerSecond: RATE,
      connections: null,
      arrivals: "constant",
      durationMs: LOAD_MS,
      timeoutMs: 4000,
      workers: 4,
      placement: "one-node",
    },
    order: [...ORDER],
    arms: [baseline, tuned],
    metrics: METRICS.map((metric) => ({ ...metric })),
    tunings: TUNINGS.map((tuning) => ({ ...tuning })),
    hops: [
      { name: "client-ports", arm: "baseline", counters: { EADDRNOTAVAIL: 0 }, drops: 0 },
      { name: "client-ports", arm: "recommended", counters: { EADDRNOTAVAIL: 0 }, drops: 0 },
      {
        name: "client-conntrack",
        arm: "baseline",
        counters: { drop: 40_320, early_drop: 12, insert_failed: 0 },
        drops: 40_320,
      },
      {
        name: "client-conntrack",
        arm: "recommended",
        counters: { drop: 0, early_drop: 0, insert_failed: 0 },
        drops: 0,
      },
      { name: "service-dnat", arm: "baseline", counters: { drop: 0 }, drops: 0 },
      { name: "service-dnat", arm: "recommended", counters: { drop: 0 }, drops: 0 },
      { name: "softnet", arm: "baseline", counters: { dropped: 0, time_squeeze: 31 }, drops: 0 },
      { name: "softnet", arm: "recommended", counters: { dropped: 0, time_squeeze: 28 }, drops: 0 },
      { name: "listen-queue", arm: "baseline", counters: { ListenOverflows: 0, ListenDrops: 0 }, drops: 0 },
      { name: "listen-queue", arm: "recommended", counters: { ListenOverflows: 0, ListenDrops: 0 }, drops: 0 },
    ],
    attribution: {
      failures,
      attributed: failures - resets,
      unexplained: resets,
      byHop: { "client-conntrack": failures - resets },
      evidence: ["client-conntrack: 40,320 dropped packets cover the 40,100 SYNs that timed-out clients lost."],
    },
    predictions: PREDICTIONS.map((entry) => ({ ...entry })),
    predictedOccupancy: [
      { arm: "baseline", limit: LIMIT, points: line(1312, LIMIT) },
      { arm: "recommended", limit: LIMIT, points: line(400, 11_500) },
    ],
    warnings: [],
    ...overrides,
  };
}

/** As `--quick` runs it: short blocks against a table prefilled almost to its limit; the tuned arm's limit is doubled. */
export function prefilledResult(): Result {
  const base = fixture();
  const lift = (block: Block, limit: number, start: number): Block => ({
    ...block,
    prefill: { entries: start, node: "node-1" },
    cliff: limit === 262_144 ? { atMs: 3000 } : null,
    series: block.series.slice(0, 12).map((slice, i) => ({ ...slice, failed: limit === 262_144 && i > 5 ? 90 : 0 })),
    conntrack: [
      { atMs: -2000, node: "node-1", entries: 900, limit, drops: 0 },
      ...Array.from({ length: 13 }, (_, i) => ({
        atMs: i * 500,
        node: "node-1",
        entries: Math.min(limit, start + i * 600),
        limit,
        drops: Math.max(0, start + i * 600 - limit),
      })),
    ],
  });
  const [baseline, tuned] = base.arms.map((arm) => ({
    ...arm,
    blocks: arm.blocks.map((block) => lift(block, arm.role === "tuned" ? 524_288 : 262_144, 258_544)),
  }));
  const extra = tuned?.blocks.at(-1);
  return {
    ...base,
    scale: "quick: before each block the client node's conntrack table is filled to 3600 below its limit",
    arms: baseline && tuned ? [baseline, tuned] : [],
    predictedOccupancy: [],
    load: { ...base.load, durationMs: 6000 },
    ...(extra
      ? {
          cliffCheck: {
            arm: "recommended",
            block: { ...lift(extra, 524_288, 520_688), cliff: { atMs: 3000 }, round: -1 },
          },
        }
      : {}),
  };
}

/** Nothing could be measured: no valid block, no metric, no hop, no prediction. */
export function emptyResult(): Result {
  return fixture({
    verdict: "invalid",
    why: "Every block was voided: the load generator could not keep up.",
    advice: ["Lower the rate, or run the load from more nodes."],
    scale: "",
    arms: fixture().arms.map((arm) => ({
      ...arm,
      blocks: arm.blocks.map((block) => ({
        ...block,
        valid: false,
        invalidBecause: ["the schedule lagged by 512 ms at p99; at most 50 ms is allowed"],
      })),
    })),
    metrics: [],
    tunings: [],
    hops: [],
    attribution: { failures: 0, attributed: 0, unexplained: 0, byHop: {}, evidence: [] },
    predictions: [],
    predictedOccupancy: [],
    warnings: [
      "a block of baseline (round 1) does not count: the schedule lagged by 512 ms at p99; at most 50 ms is allowed",
    ],
  });
}

/** Metrics, predictions and series that are all null, and blocks without a single sample. */
export function nullResult(): Result {
  const base = fixture();
  return {
    ...base,
    verdict: "inconclusive",
    why: "No metric had data in both arms.",
    advice: [],
    arms: base.arms.map((arm) => ({
      ...arm,
      blocks: arm.blocks.map((block) => ({
        ...block,
        cliff: null,
        conntrack: [],
        series: block.series.map((slice) => ({ ...slice, p50Ms: null, p99Ms: null })),
      })),
    })),
    metrics: base.metrics.map((metric) =>
      metricOf({ name: metric.name, unit: metric.unit, verdict: "inconclusive", why: "no data" }),
    ),
    predictions: base.predictions.map(({ name, arm, unit }) =>
      prediction({ name, arm, unit, note: "could not be measured" }),
    ),
    predictedOccupancy: [],
  };
}

/** An A/A comparison: two arms of one name, no failure anywhere. */
export function aaResult(): Result {
  const half = armOf("recommended", "tuned", [], false);
  const named = (role: Arm["role"]): Arm => ({
    ...half,
    name: "none",
    role,
    blocks: half.blocks.map((block) => ({ ...block })),
  });
  return fixture({
    verdict: "equivalent",
    why: "No metric differed by more than its floor.",
    advice: ["Nothing to do."],
    order: ["none", "none", ...Array.from({ length: 10 }, () => "none")],
    arms: [named("baseline"), named("tuned")],
    metrics: METRICS.map((metric) => ({
      ...metric,
      baseline: metric.tuned,
      effect: 0,
      ci: [-metric.floor / 3, metric.floor / 2],
      p: 0.7,
      pAdjusted: 1,
      mechanism: null,
      verdict: "equivalent",
    })),
    tunings: [],
    hops: fixture().hops.map((hop) => ({ ...hop, arm: "none", drops: 0, counters: {} })),
    attribution: { failures: 0, attributed: 0, unexplained: 0, byHop: {}, evidence: [] },
    predictions: [],
    predictedOccupancy: [],
  });
}

const LONG = "a-name-that-nobody-should-have-chosen-because-it-goes-on-and-on-without-a-single-place-to-break-it";

/** Long names, huge numbers, many warnings, markup and escape sequences in every text that a cluster could supply. */
export function hardResult(): Result {
  const base = fixture();
  const hostile = `<script>alert("x")</script> & \u001b[31mred\u001b[0m`;
  const rename = (name: string) => (name === "baseline" ? LONG : `${LONG}-tuned`);
  return {
    ...base,
    verdict: "regressed",
    question: `${base.question} ${hostile}`,
    why: `${hostile} ${base.why} ${base.why}`,
    order: base.order.map(rename),
    arms: base.arms.map((arm) => ({ ...arm, name: rename(arm.name) })),
    hops: base.hops.map((hop) => ({ ...hop, arm: rename(hop.arm), drops: hop.drops * 1_000_000 })),
    predictions: base.predictions.map((entry) => ({ ...entry, arm: rename(entry.arm), note: hostile })),
    predictedOccupancy: base.predictedOccupancy.map((entry) => ({ ...entry, arm: rename(entry.arm) })),
    tunings: base.tunings.map((tuning) => ({
      ...tuning,
      setting: `${tuning.setting} ${LONG}`,
      note: hostile,
      arrival: "partly",
    })),
    metrics: base.metrics.map((metric) => ({
      ...metric,
      name: `${metric.name}-${LONG}`,
      baseline: 9_876_543_210_123,
      tuned: 0.000012,
      effect: -9_876_543_210_123,
      ci: [-1e13, -9e12],
      verdict: "regressed",
      why: `${hostile} ${metric.why}`,
    })),
    warnings: [
      "A prefilled table: 200,000 established entries were written to node-1 before every block, because one client pod cannot fill a default table alone, and they were removed afterwards; times to exhaustion are therefore shorter than those of a real flood of this rate would be.",
      hostile,
      "The third warning.",
      "The fourth warning.",
    ],
    target: { ...base.target, kind: "kubeconfig", context: LONG, cni: LONG },
  };
}

/** Every case, by name, for tests that must hold for any result. */
export function allCases(): Readonly<Record<string, Result>> {
  return {
    usual: fixture(),
    prefilled: prefilledResult(),
    empty: emptyResult(),
    nulls: nullResult(),
    aa: aaResult(),
    hard: hardResult(),
  };
}
