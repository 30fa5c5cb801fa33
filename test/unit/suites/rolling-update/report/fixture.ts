/**
 * Made-up rolling updates for layout tests only: plausible instants and failures from a seeded generator, schema-valid,
 * never measured. Recorded results of real runs are in test/fixtures.
 */

import { seededUniform } from "../../../../../runner/analysis/random.ts";
import type { Counted, LoadSlice } from "../../../../../runner/result/block.ts";
import type { HopReport } from "../../../../../runner/result/hops.ts";
import type { SettledMetric } from "../../../../../runner/result/metric.ts";
import type { FailureCause, Outcomes } from "../../../../../runner/result/outcomes.ts";
import type { Arm, Result, Role } from "../../../../../runner/result/result.ts";
import type { TuningReport } from "../../../../../runner/result/tuning.ts";
import type {
  FailedRequest,
  PathReport,
  PodTimeline,
  Rollout,
  RolloutEvidence,
  RolloutEvidenceOfSuite,
  RolloutKind,
  Window,
} from "../../../../../suites/rolling-update/evidence.ts";
import type { LateParty, RolloutNote } from "../../../../../suites/rolling-update/result/reasons.ts";
import { measured } from "../measured.ts";

export type RolloutResult = Result<RolloutEvidenceOfSuite>;

/** Between two requests of one path. */
const EVERY_MS = 20;
const LOAD_MS = 24_000;
const NODES = ["node-1", "node-2"] as const;
const START = Date.parse("2026-03-02T09:00:00.000Z");

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

function partyOf(path: PathModel): LateParty {
  return path.leadsBy === "service" ? { party: "kube-proxy", node: "node-1" } : { party: "proxy", path: path.name };
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
    why: { kind: "led-too-late", error, pods: several ? led.map((each) => each.pod.pod) : [pod.pod] },
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
  const byMethod = (wanted: string) => own.filter(({ method }) => method === wanted).length;
  const scheduled = LOAD_MS / EVERY_MS;
  const hidden = path.tries > 1 ? Math.round(20 * random()) : 0;
  return {
    path: path.name,
    proxy: path.proxy,
    rhythmMs: path.leadsBy === "service" ? 1000 : path.letsGoAfterMs,
    scheduled,
    outcomes: outcomesOf(
      scheduled - own.length,
      own.map(({ cause }) => cause),
    ),
    failedByMethod: { GET: byMethod("GET"), POST: byMethod("POST") },
    retried: hidden + (path.tries > 1 ? own.length : 0),
    hidden,
    attributed: own.filter(({ why }) => why !== null).length,
    expected: path.name === "gateway-traefik" ? null : own.length * (0.8 + 0.4 * random()),
  };
}

function outcomesOf(ok: number, causes: readonly FailureCause[]): Outcomes {
  const outcomes: Outcomes = { ok };
  for (const cause of causes) outcomes[cause] = (outcomes[cause] ?? 0) + 1;
  return outcomes;
}

function evidenceOf(model: ArmModel, seed: number): RolloutEvidence {
  const random = seededUniform(seed);
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
    unseen: [{ kind: "log-rotated", container: "traefik", pod: "traefik-7c9f" }],
  };
}

function blockOf(model: ArmModel, { round, position }: Place, seed: number): Counted<RolloutEvidence> {
  const evidence = evidenceOf(model, seed);
  const scheduled = evidence.paths.reduce((total, path) => total + path.scheduled, 0);
  const causes = evidence.failed.map(({ cause }) => cause);
  const series = Array.from({ length: LOAD_MS / 500 }, (_, i): LoadSlice => {
    const failed = evidence.failed.filter(({ atMs }) => atMs >= i * 500 && atMs < (i + 1) * 500).length;
    const all = (scheduled * 500) / LOAD_MS;
    return { atMs: i * 500, scheduled: all, ok: all - failed, failed, p50Ms: 1.9, p99Ms: 6 + (i % 4) };
  });
  return {
    ...measured({
      round,
      scheduled,
      outcomes: outcomesOf(scheduled - causes.length, causes),
      startedAt: new Date(START + position * 60_000).toISOString(),
      series,
    }),
    valid: true,
    evidence,
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
    failed: null,
    readBacks: [{ where: "pod web-6f7d9c8b54-x2x4k", wanted: "10", got: "10" }],
  },
];

const BASELINE = "baseline";
const TUNED = "native-sleep";

interface Place {
  readonly arm: typeof BASELINE | typeof TUNED;
  /** 0: the warm-up. */
  readonly round: number;
  /** Of all blocks, in the order run. */
  readonly position: number;
}

/** The warm-up, and five rounds of which each begins with the other arm. */
const PLACES: readonly Place[] = [
  { arm: BASELINE, round: 0 } as const,
  ...[1, 2, 3, 4, 5].flatMap((round) => {
    const pair = [{ arm: BASELINE, round } as const, { arm: TUNED, round } as const];
    return round % 2 === 0 ? pair.reverse() : pair;
  }),
].map((place, position) => ({ ...place, position }));

function armOf<R extends Role>(role: R, name: Place["arm"], model: ArmModel, seed: number): Arm<RolloutEvidence, R> {
  return {
    name,
    role,
    tunings: role === "baseline" ? [] : TUNINGS.map((tuning) => tuning.name),
    blocks: PLACES.filter(({ arm }) => arm === name).map((place, n) => blockOf(model, place, seed + n)),
  };
}

function metric(name: string, primary: boolean, baseline: number): SettledMetric {
  return {
    name,
    unit: "requests",
    primary,
    better: "lower",
    state: "settled",
    verdict: "improved",
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
    why: { kind: "moved-with", mechanism: "requests at pods that were stopping" },
  };
}

const LATE: RolloutNote = {
  kind: "late-parties",
  arm: BASELINE,
  of: 5,
  parties: [
    { late: { party: "kube-proxy", node: "node-1" }, requests: 3 },
    { late: { party: "proxy", path: "ingress-traefik" }, requests: 2 },
  ],
};

function nodeFacts(name: string): RolloutResult["target"]["nodeFacts"][number] {
  return {
    name,
    cpus: 2,
    memoryBytes: 25_276_514_304,
    region: null,
    zone: null,
    containerRuntime: "containerd://1.6.20",
  };
}

/** The usual case: failures on every path at baseline, none with a sleep before the stop signal. */
export function rolloutResult(): RolloutResult {
  const arms = [
    armOf("baseline", BASELINE, { sleepMs: 0 }, 1),
    armOf("tuned", TUNED, { sleepMs: 10_000 }, 101),
  ] as const;
  const evidence = arms.map(({ blocks }) => blocks.filter(({ round }) => round > 0).map((block) => block.evidence));
  const total = (of: (each: RolloutEvidence) => number, own: readonly RolloutEvidence[]) =>
    own.reduce((sum, each) => sum + of(each), 0);
  const all = evidence.flat();
  const attributed = total((each) => each.attributed, all);
  return {
    schemaVersion: 2,
    packetwalk: "0.1.0",
    suite: "rolling-update",
    question:
      "What do users see while pods are replaced, who led their requests to pods that were gone, and does the tuning remove it?",
    seed: 7,
    quick: true,
    startedAt: new Date(START).toISOString(),
    finishedAt: new Date(START + PLACES.length * 60_000).toISOString(),
    target: {
      kind: "lab",
      context: "packetwalk-lab",
      kubernetes: "v1.34.1",
      cni: "direct",
      proxyMode: "iptables",
      kernel: "6.18.44",
      nodes: 2,
      nodeFacts: NODES.map(nodeFacts),
    },
    verdict: "improved",
    why: { kind: "metrics-decide", metrics: ["failed-requests"], beside: { improved: ["status-502"], regressed: [] } },
    advice: [{ kind: "adopt", thenFullSize: true }],
    load: {
      engine: "undici",
      model: "open",
      ratePerSecond: 300,
      connections: null,
      arrivals: "constant",
      durationMs: LOAD_MS,
      timeoutMs: 5000,
      workers: 1,
      placement: "one-node",
    },
    order: PLACES.map(({ arm }) => arm),
    arms,
    metrics: [metric("failed-requests", true, 240), metric("status-502", false, 200)],
    tunings: TUNINGS,
    hops: arms.flatMap(({ name }, i): HopReport[] => {
      const failedRequests = total((each) => each.attributed, evidence[i] ?? []);
      return [
        { name: "client-conntrack", arm: name, counters: { conntrackDrop: 0 }, drops: 0 },
        { name: "terminating-pod", arm: name, counters: { failedRequests }, drops: failedRequests },
      ];
    }),
    attribution: {
      failures: total((each) => each.failedInAll, all),
      attributed,
      unexplained: total((each) => each.unexplained, all),
      byHop: { "terminating-pod": attributed },
      evidence: [LATE],
    },
    predictions: [
      {
        name: "failed-requests",
        arm: BASELINE,
        unit: "requests",
        predicted: 252,
        measured: 240,
        error: -0.048,
        notes: [{ kind: "by-instants" } satisfies RolloutNote],
      },
    ],
    evidence: {
      leftOut: [],
      remedies: [
        { arm: BASELINE, problems: [] },
        { arm: TUNED, problems: [{ kind: "slow-readiness", tuning: "readinessProbe", void: false, periodS: 10 }] },
      ],
    },
    warnings: [],
  };
}

/** Hardly anything was seen: no pod's end, no log, no clock; what failed stays unexplained. */
export function unseenRolloutResult(): RolloutResult {
  const base = rolloutResult();
  const [baseline, tuned] = base.arms;
  return { ...base, verdict: "inconclusive", arms: [blindArm(baseline), blindArm(tuned)] };
}

function blindArm<R extends Role>(arm: Arm<RolloutEvidence, R>): Arm<RolloutEvidence, R> {
  return { ...arm, blocks: arm.blocks.map((block) => ({ ...block, evidence: blinded(block.evidence) })) };
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
    unseen: [{ kind: "node-watch-broken", node: "node-1", because: "agents may not run on this cluster's nodes" }],
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
