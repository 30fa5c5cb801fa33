/**
 * Made-up rolling updates for layout tests only: plausible instants and failures from a seeded generator, schema-valid,
 * never measured. Recorded results of real runs are in test/fixtures.
 */

import type { Block } from "../../../../../runner/result/block.ts";
import type { HopReport } from "../../../../../runner/result/hops.ts";
import type { Result } from "../../../../../runner/result/result.ts";
import type { TuningReport } from "../../../../../runner/result/tuning.ts";
import type {
  FailedRequest,
  PathReport,
  PodTimeline,
  Rollout,
  RolloutEvidence,
  RolloutKind,
  Window,
} from "../../../../../suites/rolling-update/evidence.ts";
import { fixture, generator } from "../../../reports/fixture.ts";

/** Between two requests of one path. */
const EVERY_MS = 20;
const LOAD_MS = 24_000;
const NODES = ["node-1", "node-2"] as const;

interface PathModel {
  readonly name: string;
  readonly proxy: string;
  readonly leadsBy: "service" | "endpoints";
  /** From a pod's deletion until the path leads to it no more. */
  readonly letsGoAfterMs: number;
  readonly tries: number;
}

const PATHS: readonly PathModel[] = [
  {
    name: "nginx",
    proxy: "nginx 1.22.1, reverse proxy to the Service",
    leadsBy: "service",
    letsGoAfterMs: 0,
    tries: 1,
  },
  {
    name: "nginx-keepalive",
    proxy: "nginx 1.22.1, reverse proxy to the Service, kept upstream connections",
    leadsBy: "service",
    letsGoAfterMs: 0,
    tries: 1,
  },
  {
    name: "nginx-endpoints",
    proxy: "nginx 1.22.1, upstreams from EndpointSlices, reloaded",
    leadsBy: "endpoints",
    letsGoAfterMs: 900,
    tries: 3,
  },
  {
    name: "envoy-sidecar",
    proxy: "Envoy 1.40.0 beside the caller",
    leadsBy: "endpoints",
    letsGoAfterMs: 130,
    tries: 1,
  },
  {
    name: "ingress-traefik",
    proxy: "Traefik 3.7.15, Ingress",
    leadsBy: "endpoints",
    letsGoAfterMs: 1900,
    tries: 1,
  },
  {
    name: "gateway-traefik",
    proxy: "Traefik 3.7.15, Gateway API",
    leadsBy: "endpoints",
    letsGoAfterMs: 1850,
    tries: 1,
  },
];

interface RolloutPlan {
  readonly kind: RolloutKind;
  readonly replicas: number;
  readonly atMs: number;
  /** When each pod that goes is deleted, from the rollout's start. */
  readonly deletions: readonly number[];
}

const PLAN: readonly RolloutPlan[] = [
  { kind: "restart", replicas: 1, atMs: 2000, deletions: [1350] },
  { kind: "restart", replicas: 4, atMs: 8500, deletions: [20, 24, 1480, 1620] },
];

interface ArmModel {
  /** Between a pod's deletion and its stop signal. */
  readonly sleepMs: number;
}

function podOf(
  plan: RolloutPlan,
  deletionMs: number,
  n: number,
  { sleepMs }: ArmModel,
  random: () => number,
): PodTimeline {
  const deleted = plan.atMs + deletionMs;
  const node = NODES[n % NODES.length] ?? "node-1";
  const signal = deleted + sleepMs + 28 + 20 * random();
  return {
    pod: `web-${plan.replicas === 1 ? "6f7d9c8b54" : "7c5b4f6d9d"}-${["x2x4k", "9pqvw", "b7lzt", "m4hsd"][n] ?? "zzzzz"}`,
    ip: `10.244.${(n % NODES.length) + 1}.${plan.replicas * 4 + n}`,
    node,
    readyAtMs: n === 0 ? -4200 : plan.atMs - 1900 + 140 * n,
    deleteRequestedAtMs: deleted,
    terminatingAtMs: deleted + 9 + 8 * random(),
    endpointGoneAtMs: signal + 60,
    proxyGoneAtMs: { "node-1": deleted + 240 + 500 * random(), "node-2": deleted + 200 + 700 * random() },
    ingressGoneAtMs: Object.fromEntries(
      PATHS.filter(({ leadsBy }) => leadsBy === "endpoints").map(({ name, letsGoAfterMs }) => [
        name,
        deleted + letsGoAfterMs * (0.6 + 0.4 * random()),
      ]),
    ),
    signal: { name: "SIGTERM", atMs: signal },
    exitedAtMs: signal + 4 + 6 * random(),
  };
}

/** Until when a path leads to a pod, ms since the load's start. */
function ledUntil(path: PathModel, pod: PodTimeline): number {
  return (path.leadsBy === "service" ? pod.proxyGoneAtMs["node-1"] : pod.ingressGoneAtMs[path.name]) ?? 0;
}

function windowsOf(rollouts: readonly Rollout[]): Window[] {
  return rollouts.flatMap(({ pods }, rollout) =>
    pods.flatMap((pod) =>
      PATHS.map((path): Window => {
        const ledMs = Math.max(0, ledUntil(path, pod) - (pod.signal?.atMs ?? 0));
        // An old worker retries requests that it began before the reload.
        const windowMs = ledMs > 0 && path.tries > 1 ? ledMs + 260 : ledMs;
        return { rollout, pod: pod.pod, path: path.name, windowMs, late: windowMs > 0 ? partyOf(path) : null };
      }),
    ),
  );
}

function partyOf(path: PathModel): string {
  return path.leadsBy === "service" ? "kube-proxy on node-1" : `the proxy of ${path.name}`;
}

interface Sent {
  readonly path: PathModel;
  readonly n: number;
  readonly atMs: number;
}

function failureAt(sent: Sent, rollouts: readonly Rollout[], random: () => number): FailedRequest | null {
  const { path, n, atMs } = sent;
  const stopped = rollouts.flatMap(({ pods, replicas }, rollout) =>
    pods.map((pod) => ({ pod, rollout, replicas, stopMs: pod.signal?.atMs ?? 0 })),
  );
  const led = stopped.filter(({ pod, stopMs }) => atMs >= stopMs && atMs < ledUntil(path, pod));
  const [first] = led;
  if (!first) return null;
  const endpoints = Math.max(first.replicas, led.length + 1);
  if (random() > (led.length / endpoints) ** path.tries) return null;
  // A Service's proxy logs the Service's address: where several pods were gone, it can't be told which one it was.
  const several = path.leadsBy === "service" && led.length > 1;
  const { pod, stopMs, rollout } = led[Math.floor(random() * led.length)] ?? first;
  const since = atMs - stopMs;
  const cut = since < 30 && random() < 0.4;
  const cause = cut
    ? "reset"
    : path.name === "envoy-sidecar"
      ? "status-503"
      : path.tries > 1 && random() < 0.2
        ? "status-504"
        : "status-502";
  const error = cut ? "closed early" : "connection refused";
  const where = several ? `one of the pods ${led.map((each) => each.pod.pod).join(", ")}` : `pod ${pod.pod}`;
  return {
    path: path.name,
    id: `${path.name}-0-${n}`,
    method: n % 2 === 0 ? "GET" : "POST",
    atMs,
    endMs: atMs + 1.5 + 2 * random(),
    cause,
    error: cut ? "read ECONNRESET" : null,
    upstreams: [
      {
        address: path.leadsBy === "service" ? "10.96.14.7:80" : `${pod.ip}:80`,
        pod: path.leadsBy === "service" ? null : pod.pod,
        status: null,
        error,
      },
    ],
    rollout,
    pod: several ? null : pod.pod,
    late: partyOf(path),
    sinceExitMs: several ? null : since,
    why: `its connection was refused at ${where}, ${several ? "which had stopped" : `${Math.round(since)} ms after it had stopped`}: ${partyOf(path)} still led there, though its EndpointSlice had told`,
  };
}

/** What no log and no timeline accounts for: it must be seen as that. */
function unexplained(n: number, atMs: number, rollout: number | null): FailedRequest {
  return {
    path: "nginx",
    id: `nginx-0-${n}`,
    method: "POST",
    atMs,
    endMs: atMs + 640,
    cause: "reset",
    error: "read ECONNRESET",
    upstreams: [],
    rollout,
    pod: null,
    late: null,
    sinceExitMs: null,
    why: null,
  };
}

function reportOf(path: PathModel, failed: readonly FailedRequest[], random: () => number): PathReport {
  const own = failed.filter((each) => each.path === path.name);
  const count = (of: (each: FailedRequest) => string) => {
    const counts: Record<string, number> = {};
    for (const each of own) counts[of(each)] = (counts[of(each)] ?? 0) + 1;
    return counts;
  };
  const scheduled = LOAD_MS / EVERY_MS;
  const hidden = path.tries > 1 ? Math.round(20 * random()) : 0;
  return {
    path: path.name,
    proxy: path.proxy,
    scheduled,
    outcomes: { ok: scheduled - own.length, ...count(({ cause }) => cause) },
    failedByMethod: count(({ method }) => method),
    retried: hidden + (path.tries > 1 ? own.length : 0),
    hidden,
    attributed: own.filter(({ why }) => why !== null).length,
    expected: path.name === "gateway-traefik" ? null : own.length * (0.8 + 0.4 * random()),
  };
}

function evidenceOf(model: ArmModel, seed: number): RolloutEvidence {
  const random = generator(seed);
  const bare = PLAN.map((plan): Rollout => {
    const pods = plan.deletions.map((deletion, n) => podOf(plan, deletion, n, model, random));
    return {
      kind: plan.kind,
      replicas: plan.replicas,
      startedAtMs: plan.atMs,
      finishedAtMs: plan.atMs + 3150,
      failures: 0,
      pods,
    };
  });
  const sent = PATHS.flatMap((path, p) =>
    Array.from(
      { length: LOAD_MS / EVERY_MS },
      (_, n): Sent => ({ path, n, atMs: n * EVERY_MS + (p * EVERY_MS) / PATHS.length }),
    ),
  );
  const explained = sent.flatMap((each) => failureAt(each, bare, random) ?? []);
  const strays = model.sleepMs === 0 ? [unexplained(90_001, 9_240, 1), unexplained(90_002, 700, null)] : [];
  const failed = [...explained, ...strays].sort((a, b) => a.atMs - b.atMs);
  const rollouts = bare.map((rollout, i) => ({
    ...rollout,
    failures: failed.filter((each) => each.rollout === i).length,
  }));
  return {
    paths: PATHS.map((path) => reportOf(path, failed, random)),
    rollouts,
    failed,
    failedInAll: failed.length,
    attributed: explained.length,
    unexplained: strays.length,
    windows: windowsOf(rollouts),
    clocks: [
      { clock: "node-1", errorMs: 0.4 },
      { clock: "node-2", errorMs: 0.6 },
      { clock: "Kubernetes API", errorMs: 4.8 },
    ],
    unseen: ["when Traefik took new endpoints: it was told by its log of requests alone"],
  };
}

function rolled(block: Block, model: ArmModel, seed: number): Block {
  const rollout = evidenceOf(model, seed);
  const outcomes: Block["outcomes"] = { ok: 0 };
  for (const path of rollout.paths)
    for (const [cause, n] of Object.entries(path.outcomes)) outcomes[cause] = (outcomes[cause] ?? 0) + n;
  const scheduled = rollout.paths.reduce((total, path) => total + path.scheduled, 0);
  const quiet = { p50: 1.9, p99: 6.4, p999: 14.2, max: 31 };
  const slices = Array.from({ length: LOAD_MS / 500 }, (_, i) => {
    const failed = rollout.failed.filter(({ atMs }) => atMs >= i * 500 && atMs < (i + 1) * 500).length;
    const all = (scheduled * 500) / LOAD_MS;
    return { atMs: i * 500, scheduled: all, ok: all - failed, failed, p50Ms: 1.9, p99Ms: 6 + (i % 4) };
  });
  return {
    ...block,
    scheduled,
    sent: scheduled,
    outcomes,
    latencyMs: quiet,
    okLatencyMs: quiet,
    workers: { ...block.workers, wanted: 1, reported: 1 },
    counters: [],
    cliff: null,
    kernelLog: [],
    series: slices,
    conntrack: block.conntrack.map(({ atMs, node }) => ({ atMs, node, entries: 4100, limit: 262_144, drops: 0 })),
    rollout,
  };
}

const TUNINGS: TuningReport[] = [
  {
    name: "prestop-native-sleep-10",
    arm: "native-sleep",
    setting: "lifecycle.preStop.sleep.seconds = 10",
    scope: "pod-spec",
    actsIn: "pods of the Deployment",
    arrival: "arrived",
    note: "the kubelet itself waits, so the image needs no shell",
    readBacks: [{ where: "pod web-6f7d9c8b54-x2x4k", wanted: "10", got: "10" }],
  },
];

/** The usual case: failures on every path at baseline, none with a sleep before the stop signal. */
export function rolloutResult(): Result {
  const base = fixture();
  const models: readonly ArmModel[] = [{ sleepMs: 0 }, { sleepMs: 10_000 }];
  const names = ["baseline", "native-sleep"];
  const arms = base.arms.map((arm, i) => ({
    ...arm,
    name: names[i] ?? arm.name,
    tunings: i === 0 ? [] : TUNINGS.map(({ name }) => name),
    blocks: arm.blocks.map((block, n) => rolled(block, models[i] ?? { sleepMs: 0 }, 100 * i + n)),
  }));
  const evidence = arms.map(({ blocks }) =>
    blocks.flatMap(({ round, rollout }) => (rollout && round > 0 ? [rollout] : [])),
  );
  const total = (of: (each: RolloutEvidence) => number, own: readonly RolloutEvidence[]) =>
    own.reduce((sum, each) => sum + of(each), 0);
  const all = evidence.flat();
  const hops = arms.flatMap(({ name }, i): HopReport[] => {
    const failedRequests = total((each) => each.attributed, evidence[i] ?? []);
    return [
      { name: "client-conntrack", arm: name, counters: { drop: 0 }, drops: 0 },
      { name: "terminating-pod", arm: name, counters: { failedRequests }, drops: failedRequests },
    ];
  });
  const metric = (name: string, primary: boolean, baseline: number): Result["metrics"][number] => ({
    name,
    unit: "requests",
    primary,
    better: "lower",
    baseline,
    tuned: 0,
    effect: -baseline,
    ci: [-1.2 * baseline, -0.8 * baseline],
    p: 0.0079,
    pAdjusted: 0.04,
    smallestDetectable: 20,
    floor: baseline / 2,
    noise: 11,
    roundsNeeded: null,
    mechanism: "requests at pods that were stopping",
    verdict: "improved",
    why: `${baseline} requests a block failed at baseline, none with the tuning.`,
  });
  return {
    ...base,
    suite: "rolling-update",
    question:
      "What do users see while pods are replaced, who led their requests to pods that were gone, and does the tuning remove it?",
    scale: "quick: blocks of 24 s with the two restarts only; no scale-down, eviction or kill",
    why: "Every failed request at baseline ended at a pod that had stopped; with “native-sleep” none failed.",
    advice: ["Set lifecycle.preStop.sleep and a grace period that is longer than it."],
    load: { ...base.load, engine: "undici", ratePerSecond: 300, durationMs: LOAD_MS, workers: 1, timeoutMs: 5000 },
    order: base.order.map((name) => (name === "recommended" ? "native-sleep" : name)),
    arms,
    metrics: [metric("failed-requests", true, 240), metric("status-502", false, 200)],
    tunings: TUNINGS,
    hops,
    attribution: {
      failures: total((each) => each.failedInAll, all),
      attributed: total((each) => each.attributed, all),
      unexplained: total((each) => each.unexplained, all),
      byHop: { "terminating-pod": total((each) => each.attributed, all) },
      evidence: ["terminating-pod, baseline: who was late: kube-proxy on node-1, the proxy of ingress-traefik."],
    },
    predictions: [
      {
        name: "failed-requests",
        arm: "baseline",
        unit: "requests",
        predicted: 252,
        measured: 240,
        error: -0.048,
        note: "a block; rate × time × share of dead endpoints",
      },
    ],
    predictedOccupancy: [],
    warnings: [],
  };
}

/** Hardly anything was seen: no pod's end, no log, no clock; what failed stays unexplained. */
export function unseenRolloutResult(): Result {
  const base = rolloutResult();
  return {
    ...base,
    verdict: "inconclusive",
    arms: base.arms.map((arm) => ({
      ...arm,
      blocks: arm.blocks.map((block) => ({ ...block, ...(block.rollout ? { rollout: blinded(block.rollout) } : {}) })),
    })),
  };
}

function blinded(evidence: RolloutEvidence): RolloutEvidence {
  const failed = evidence.failed.map((each) => ({
    ...each,
    upstreams: [],
    pod: null,
    late: null,
    sinceExitMs: null,
    why: null,
  }));
  return {
    ...evidence,
    paths: evidence.paths.map((path) => ({ ...path, attributed: 0, expected: null })),
    rollouts: evidence.rollouts.map((rollout, i) => ({
      ...rollout,
      finishedAtMs: null,
      pods: i === 0 ? [] : rollout.pods.map(sightless),
    })),
    failed,
    attributed: 0,
    unexplained: failed.length,
    windows: [],
    clocks: [],
    unseen: ["agents may not run on this cluster's nodes: neither stop signals nor rules were watched"],
  };
}

function sightless(pod: PodTimeline): PodTimeline {
  return {
    ...pod,
    pod: `${pod.pod}-<b>&`,
    terminatingAtMs: null,
    endpointGoneAtMs: null,
    proxyGoneAtMs: { "node-1": null },
    ingressGoneAtMs: {},
    signal: null,
    exitedAtMs: null,
  };
}
