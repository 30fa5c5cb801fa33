/**
 * Made-up results for layout tests only: plausible numbers from a seeded generator, schema-valid, never measured.
 * Recorded results of real runs are in test/fixtures.
 */

import type { AttributionNote } from "../../../runner/analysis/attribution.ts";
import { targetsOf } from "../../../runner/analysis/target-differences.ts";
import type { ConntrackSample, Counted, LoadSlice, Voided } from "../../../runner/result/block.ts";
import type { OpenMetric, SettledMetric } from "../../../runner/result/metric.ts";
import type { Prediction } from "../../../runner/result/prediction.ts";
import type { Arm, Result, Role } from "../../../runner/result/result.ts";
import type { TuningReport } from "../../../runner/result/tuning.ts";
import type { FloodNote } from "../../../suites/connection-flood/analysis/predictions.ts";
import type { FloodBlockEvidence, FloodEvidence } from "../../../suites/connection-flood/evidence.ts";
import { voided } from "../analysis/blocks.ts";

type FloodResult = Result<FloodEvidence>;
type CountedFlood = Counted<FloodBlockEvidence>;
/** An arm whose blocks all count. */
interface WholeArm<R extends Role> extends Arm<FloodBlockEvidence, R> {
  readonly blocks: readonly CountedFlood[];
}

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

function blockOf(plan: BlockPlan, limit: number): CountedFlood {
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
    evidence: { prefill: null },
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
      {
        where: "node-1",
        hop: "client-conntrack",
        deltas: { conntrackDrop: drops, conntrackEarlyDrop: 0, conntrackInsertFailed: 0 },
      },
      { where: "web-7d9c", hop: "listen-queue", deltas: { listenOverflows: 0, listenDrops: 0 } },
    ],
    drain: {
      method: "flushed the conntrack tables, waited for TIME_WAIT",
      conntrackBefore: { "node-1": 912, "node-2": 640 },
      timeWaitBefore: 3,
      seconds: 4.2,
    },
    cliff: plan.cliffMs === null ? null : { atMs: plan.cliffMs },
    kernelLog: slow ? ["nf_conntrack: table full in netns 4026532301, dropping packet"] : [],
    series,
    conntrack,
  };
}

/** The warm-up, then five rounds. */
const ORDER = [
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

function armOf<R extends Role>(name: string, role: R, tunings: string[], full: boolean): WholeArm<R> {
  let round = 0;
  const blocks = ORDER.flatMap((arm, position) => {
    if (arm !== name) return [];
    const warmUp = position === 0;
    if (!warmUp) round += 1;
    return [
      blockOf({ round: warmUp ? 0 : round, position, cliffMs: full ? 17_000 + 500 * (position % 3) : null }, LIMIT),
    ];
  });
  return { name, role, tunings, blocks };
}

const DECIDED = { primary: true, better: "lower", state: "settled", roundsNeeded: null } as const;

const METRICS: readonly (OpenMetric | SettledMetric)[] = [
  {
    ...DECIDED,
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
    mechanism: "conntrackDrop",
    verdict: "improved",
    why: { kind: "moved-with", mechanism: "conntrackDrop" },
  },
  {
    ...DECIDED,
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
    mechanism: "kernel drop counters",
    verdict: "improved",
    why: { kind: "moved-with", mechanism: "kernel drop counters" },
  },
  {
    ...DECIDED,
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
    mechanism: "synRetrans",
    verdict: "improved",
    why: { kind: "moved-with", mechanism: "synRetrans" },
  },
  {
    ...DECIDED,
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
    state: "open",
    roundsNeeded: 4,
    mechanism: null,
    verdict: "inconclusive",
    why: { kind: "undecided" },
  },
  {
    ...DECIDED,
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
    mechanism: "synRetrans",
    verdict: "improved",
    why: { kind: "moved-with", mechanism: "synRetrans" },
  },
  {
    ...DECIDED,
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
    mechanism: "conntrackDrop",
    verdict: "improved",
    why: { kind: "moved-with", mechanism: "conntrackDrop" },
  },
  {
    ...DECIDED,
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
    mechanism: null,
    verdict: "equivalent",
    why: { kind: "nothing-happened", baselineOf: 120_000, tunedOf: 120_000, mostShare: 3 / 120_000 },
  },
];

type MadeUpPrediction = Pick<Prediction, "name" | "arm" | "unit"> &
  Partial<Pick<Prediction, "predicted" | "measured" | "error">> & { readonly notes: readonly FloodNote[] };

function prediction({ notes, ...values }: MadeUpPrediction): Prediction {
  return { predicted: null, measured: null, error: null, notes: [...notes], ...values };
}

const PREDICTIONS: Prediction[] = [
  prediction({
    name: "time-to-exhaustion",
    arm: "baseline",
    unit: "s",
    predicted: 17.6,
    measured: 17.5,
    error: -0.0057,
    notes: [{ kind: "in-blocks", blocks: 5, of: 5 }],
  }),
  prediction({ name: "time-to-exhaustion", arm: "recommended", unit: "s", notes: [{ kind: "never" }] }),
  prediction({
    name: "entries-per-second",
    arm: "baseline",
    unit: "entries/s",
    predicted: 1312,
    measured: 1340,
    error: 0.021,
    notes: [{ kind: "median-of", blocks: 5 }],
  }),
  prediction({
    name: "admitted-rate",
    arm: "baseline",
    unit: "connections/s",
    predicted: 300,
    measured: 312,
    error: 0.04,
    notes: [{ kind: "as-many-as-expire" }],
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
    failed: null,
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
    failed: null,
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
    failed: null,
    readBacks: [{ where: "pod flood-0", wanted: "1024 65535", got: "1024 65535" }],
  },
];

/** The usual case: a flood fills the table at baseline and does not with the tuning. */
export function fixture(overrides: Partial<FloodResult> = {}): FloodResult {
  return { ...whole(), ...overrides };
}

interface WholeResult extends FloodResult {
  readonly arms: readonly [WholeArm<"baseline">, WholeArm<"tuned">];
}

function whole(): WholeResult {
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
  const lostSyns: AttributionNote = {
    kind: "lost-syns",
    hop: "client-conntrack",
    cause: "connect-timeout",
    requests: failures - resets,
    synsPerTimeout: 1,
    syns: failures - resets,
    counter: "conntrackDrop",
    drops: 40_320,
  };
  const line = (slope: number, ceiling: number) =>
    Array.from({ length: 31 }, (_, s) => ({ atMs: s * 1000, entries: Math.min(ceiling, 900 + slope * s) }));
  return {
    schemaVersion: 2,
    packetwalk: "0.1.0",
    suite: "connection-flood",
    question:
      "Does a flood of short-lived connections fill the conntrack table, and does “recommended” keep requests from failing?",
    seed: 7,
    quick: true,
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
    why: {
      kind: "metrics-decide",
      metrics: ["success-rate", "drops", "latency-p99"],
      beside: { improved: [], regressed: [] },
    },
    advice: [
      { kind: "adopt", thenFullSize: true },
      { kind: "set-in-pods", sysctls: ["net.ipv4.tcp_fin_timeout"] },
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
        counters: { conntrackDrop: 40_320, conntrackEarlyDrop: 12, conntrackInsertFailed: 0 },
        drops: 40_320,
      },
      {
        name: "client-conntrack",
        arm: "recommended",
        counters: { conntrackDrop: 0, conntrackEarlyDrop: 0, conntrackInsertFailed: 0 },
        drops: 0,
      },
      { name: "service-dnat", arm: "baseline", counters: { conntrackDrop: 0 }, drops: 0 },
      { name: "service-dnat", arm: "recommended", counters: { conntrackDrop: 0 }, drops: 0 },
      { name: "softnet", arm: "baseline", counters: { softnetDropped: 0, softnetTimeSqueeze: 31 }, drops: 0 },
      { name: "softnet", arm: "recommended", counters: { softnetDropped: 0, softnetTimeSqueeze: 28 }, drops: 0 },
      { name: "listen-queue", arm: "baseline", counters: { listenOverflows: 0, listenDrops: 0 }, drops: 0 },
      { name: "listen-queue", arm: "recommended", counters: { listenOverflows: 0, listenDrops: 0 }, drops: 0 },
    ],
    attribution: {
      failures,
      attributed: failures - resets,
      unexplained: resets,
      byHop: { "client-conntrack": failures - resets },
      evidence: [lostSyns, { kind: "unexplained", cause: "reset", requests: resets } satisfies AttributionNote],
    },
    predictions: PREDICTIONS.map((entry) => ({ ...entry })),
    evidence: {
      headroomEntries: null,
      predictedOccupancy: [
        { arm: "baseline", limit: LIMIT, points: line(1312, LIMIT) },
        { arm: "recommended", limit: LIMIT, points: line(400, 11_500) },
      ],
      largerTable: { kind: "not-asked" },
    },
    warnings: [],
  };
}

/** No line of the model, no extra block. */
const NO_MODEL: FloodEvidence["run"] = {
  headroomEntries: null,
  predictedOccupancy: [],
  largerTable: { kind: "not-asked" },
};

/** As `--quick` runs it: short blocks against a table prefilled almost to its limit; the tuned arm's limit is doubled. */
export function prefilledResult(): FloodResult {
  const base = whole();
  const lift = (block: CountedFlood, limit: number, start: number): CountedFlood => ({
    ...block,
    evidence: { prefill: { entries: start, node: "node-1" } },
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
  const [baseline, tuned] = base.arms;
  const last = tuned.blocks.at(-1);
  if (!last) throw new Error("a block expected");
  const extra = { ...lift(last, 524_288, 520_688), cliff: { atMs: 3000 }, round: -1 };
  return {
    ...base,
    arms: [
      { ...baseline, blocks: baseline.blocks.map((block) => lift(block, 262_144, 258_544)) },
      { ...tuned, blocks: tuned.blocks.map((block) => lift(block, 524_288, 258_544)) },
    ],
    evidence: { headroomEntries: 3600, predictedOccupancy: [], largerTable: { kind: "ran", block: extra } },
    load: { ...base.load, durationMs: 6000 },
  };
}

/** Nothing could be measured: no valid block, no metric, no hop, no prediction. */
export function emptyResult(): FloodResult {
  const late = { kind: "generator-lag", p99Ms: 512, mostMs: 50 } as const;
  const [baseline, tuned] = whole().arms;
  return fixture({
    verdict: "invalid",
    why: { kind: "too-few-blocks", voided: 10, first: late, baseline: 0, tuned: 0 },
    advice: [{ kind: "mend-and-repeat" }],
    arms: [
      { ...baseline, blocks: baseline.blocks.map((block) => voided(block, late)) },
      { ...tuned, blocks: tuned.blocks.map((block) => voided(block, late)) },
    ],
    metrics: [],
    tunings: [],
    hops: [],
    attribution: { failures: 0, attributed: 0, unexplained: 0, byHop: {}, evidence: [] },
    predictions: [],
    evidence: NO_MODEL,
    warnings: [{ kind: "read-in-one-arm", arm: "baseline", where: ["node-1"] }],
  });
}

/** Metrics, predictions and series that are all null, and blocks without a single sample. */
export function nullResult(): FloodResult {
  const base = whole();
  const blind = (block: CountedFlood): CountedFlood => ({
    ...block,
    cliff: null,
    conntrack: [],
    series: block.series.map((slice) => ({ ...slice, p50Ms: null, p99Ms: null })),
  });
  const [baseline, tuned] = base.arms;
  const primaries = base.metrics.filter(({ primary }) => primary).map(({ name }) => name);
  return {
    ...base,
    verdict: "inconclusive",
    why: { kind: "not-enough-evidence", metrics: primaries, beside: { improved: [], regressed: [] } },
    advice: [],
    arms: [
      { ...baseline, blocks: baseline.blocks.map(blind) },
      { ...tuned, blocks: tuned.blocks.map(blind) },
    ],
    metrics: base.metrics.map(({ name, unit, primary, better, floor }) => ({
      ...{ name, unit, primary, better, floor },
      state: "unmeasured",
      verdict: "inconclusive",
      baseline: null,
      tuned: null,
      effect: null,
      ci: null,
      p: null,
      pAdjusted: null,
      smallestDetectable: null,
      noise: null,
      roundsNeeded: null,
      mechanism: null,
      why: { kind: "unmeasured", arms: ["baseline", "tuned"] },
    })),
    predictions: base.predictions.map(({ name, arm, unit }) =>
      prediction({ name, arm, unit, notes: [{ kind: "growth-not-seen" }] }),
    ),
    evidence: NO_MODEL,
  };
}

/** An A/A comparison: two arms of one name, no failure anywhere. */
export function aaResult(): FloodResult {
  const half = armOf("recommended", "tuned", [], false);
  const named = <R extends Role>(role: R): WholeArm<R> => ({
    ...half,
    name: "none",
    role,
    blocks: half.blocks.map((block) => ({ ...block })),
  });
  return fixture({
    verdict: "equivalent",
    why: {
      kind: "no-difference",
      metrics: ["success-rate", "drops", "latency-p99"],
      beside: { improved: [], regressed: [] },
    },
    advice: [{ kind: "leave-out" }],
    order: ["none", ...Array.from({ length: 10 }, () => "none")],
    arms: [named("baseline"), named("tuned")],
    metrics: METRICS.map((metric) => ({
      ...metric,
      state: "settled",
      baseline: metric.tuned,
      effect: 0,
      ci: [-metric.floor / 3, metric.floor / 2],
      p: 0.7,
      pAdjusted: 1,
      roundsNeeded: null,
      mechanism: null,
      verdict: "equivalent",
      why: { kind: "within-floor" },
    })),
    tunings: [],
    hops: fixture().hops.map((hop) => ({ ...hop, arm: "none", drops: 0, counters: {} })),
    attribution: { failures: 0, attributed: 0, unexplained: 0, byHop: {}, evidence: [] },
    predictions: [],
    evidence: NO_MODEL,
  });
}

const LONG = "a-name-that-nobody-should-have-chosen-because-it-goes-on-and-on-without-a-single-place-to-break-it";

/** Long names, huge numbers, many notes, markup and escape sequences in every text that a cluster could supply. */
export function hardResult(): FloodResult {
  const base = whole();
  const hostile = `<script>alert("x")</script> & \u001b[31mred\u001b[0m`;
  const rename = (name: string) => (name === "baseline" ? LONG : `${LONG}-tuned`);
  const [baseline, tuned] = base.arms;
  const last = baseline.blocks.at(-1);
  if (!last) throw new Error("a block expected");
  const bad: Voided<FloodBlockEvidence> = {
    ...last,
    valid: false,
    invalidBecause: [
      { kind: "step-failed", step: LONG, because: hostile },
      { kind: "generator-saturated", because: hostile },
      { kind: "probe-gap", node: LONG, ms: 9_876_543, mostMs: 1_000 },
      { kind: "not-drained", node: hostile, entries: 9_876_543_210, allowed: 200_000 },
      {
        kind: "workers-lost",
        wanted: 48,
        reported: 46,
        lost: [0, 1].map((worker) => ({ worker, node: LONG, because: hostile })),
        lostShare: 1 / 24,
      },
    ],
  };
  return {
    ...base,
    verdict: "regressed",
    question: `${base.question} ${hostile}`,
    why: {
      kind: "metrics-decide",
      metrics: base.metrics.map(({ name }) => `${name}-${LONG}`),
      beside: { improved: [], regressed: [hostile] },
    },
    order: base.order.map(rename),
    arms: [
      { ...baseline, name: rename(baseline.name), blocks: [...baseline.blocks.slice(0, -1), bad] },
      { ...tuned, name: rename(tuned.name) },
    ],
    hops: base.hops.map((hop) => ({ ...hop, arm: rename(hop.arm), drops: hop.drops * 1_000_000 })),
    predictions: base.predictions.map((entry) => ({ ...entry, arm: rename(entry.arm) })),
    evidence: {
      ...base.evidence,
      predictedOccupancy: base.evidence.predictedOccupancy.map((entry) => ({ ...entry, arm: rename(entry.arm) })),
      largerTable: { kind: "failed", because: hostile },
    },
    tunings: base.tunings.map((tuning) => ({
      ...tuning,
      setting: `${tuning.setting} ${LONG}`,
      note: hostile,
      failed: { where: LONG, because: hostile },
      arrival: "partly",
    })),
    metrics: METRICS.map((metric) => ({
      ...metric,
      state: "settled",
      name: `${metric.name}-${LONG}`,
      baseline: 9_876_543_210_123,
      tuned: 0.000012,
      effect: -9_876_543_210_123,
      ci: [-1e13, -9e12],
      roundsNeeded: null,
      verdict: "regressed",
      why: { kind: "moved-with", mechanism: hostile },
    })),
    target: { ...base.target, kind: "kubeconfig", context: LONG, cni: LONG },
  };
}

/** Every case, by name, for tests that must hold for any result. */
/** The same arm on two clusters. */
export function twoClustersResult(): FloodResult {
  const result = fixture();
  const [baseline, tuned] = result.arms;
  const name = `${baseline.name}-2`;
  const own = { ...result.target, kind: "kubeconfig", context: "old-provider", uid: "a" } as const;
  const other = { ...own, context: "new-provider", uid: "b", kernel: "6.12.1", cni: "cilium", proxyMode: "cilium" };
  const renamed = <T extends { readonly arm: string }>(entries: readonly T[]) =>
    entries.map((each) => (each.arm === tuned.name ? { ...each, arm: name } : each));
  return {
    ...result,
    target: own,
    targets: targetsOf(own, other),
    arms: [baseline, { ...tuned, name, tunings: [] }],
    order: result.order.map((each) => (each === tuned.name ? name : each)),
    tunings: [],
    hops: renamed(result.hops),
    predictions: renamed(result.predictions),
    evidence: { ...result.evidence, predictedOccupancy: renamed(result.evidence.predictedOccupancy) },
    warnings: [{ kind: "two-clusters" }, ...result.warnings],
    advice: [{ kind: "choose-cluster", cluster: "tuned", onlyFor: [], thenFullSize: true }],
  };
}

export function allCases(): Readonly<Record<string, FloodResult>> {
  return {
    usual: fixture(),
    prefilled: prefilledResult(),
    empty: emptyResult(),
    nulls: nullResult(),
    aa: aaResult(),
    hard: hardResult(),
    "two clusters": twoClustersResult(),
  };
}
