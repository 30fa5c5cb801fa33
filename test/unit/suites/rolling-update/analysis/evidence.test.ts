import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
import { rolloutEvidence } from "../../../../../suites/rolling-update/analysis/evidence.ts";
import { expectedFailures } from "../../../../../suites/rolling-update/analysis/expected.ts";
import { RolloutEvidence } from "../../../../../suites/rolling-update/evidence.ts";
import type { LateParty } from "../../../../../suites/rolling-update/result/reasons.ts";
import { type Simulated, type SimulatedPod, simulate, type Truth, type World } from "./simulation.ts";

/** One replica rolled with surge, then four, two at once; slices 100 ms, rules 700 ms, the proxy's set 2 s late. */
function rollingUpdate(change: Partial<World> = {}): World {
  const gone = (name: string, ip: number, readyAt: number, deadAt: number, rollout: number): SimulatedPod => ({
    name,
    ip: `10.0.0.${ip}`,
    readyAt,
    deadAt,
    slicesAt: deadAt + 100,
    rulesAt: deadAt + 700,
    syncAt: deadAt + 2_000,
    rollout,
  });
  const stays = (name: string, ip: number, readyAt: number): SimulatedPod => ({
    name,
    ip: `10.0.0.${ip}`,
    readyAt,
    deadAt: Number.POSITIVE_INFINITY,
  });
  return {
    seed: 1,
    durationMs: 20_000,
    everyMs: 10,
    rollouts: [
      { kind: "restart", replicas: 1, at: 2_000 },
      { kind: "restart", replicas: 4, at: 9_000 },
    ],
    pods: [
      gone("a", 1, -5_000, 3_000, 0),
      gone("b1", 2, 2_950, 9_100, 1),
      gone("b2", 3, 6_000, 9_100, 1),
      gone("b3", 4, 6_000, 12_300, 1),
      gone("b4", 5, 6_000, 13_300, 1),
      stays("c1", 6, 12_250),
      stays("c2", 7, 12_250),
      stays("c3", 8, 13_250),
      stays("c4", 9, 13_250),
    ],
    paths: [
      { name: "nginx", leadsBy: "service", tries: 1 },
      { name: "nginx-endpoints", leadsBy: "endpoints", tries: 3 },
      { name: "ingress", leadsBy: "endpoints", tries: 1, keeps: true },
      { name: "gateway", leadsBy: "endpoints", tries: 1, silent: true },
    ],
    ...change,
  };
}

function evidenceOf({ input }: Simulated) {
  return RolloutEvidence.parse(rolloutEvidence(input));
}

/** Sums hold whatever happened. */
function checkSums(simulated: Simulated, evidence: RolloutEvidence): void {
  expect(evidence.failedInAll).toBe(simulated.truth.size);
  expect(evidence.attributed + evidence.unexplained).toBe(evidence.failedInAll);
  for (const path of evidence.paths) {
    const outcomes = Object.entries(path.outcomes).reduce((total, [, count]) => total + count, 0);
    expect(outcomes).toBe(path.scheduled);
    const failed = path.scheduled - path.outcomes.ok;
    expect(failed, path.path).toBe(simulated.failures.get(path.path));
    expect(Object.values(path.failedByMethod).reduce((total, count) => total + count, 0)).toBe(failed);
    expect(path.attributed).toBeLessThanOrEqual(failed);
  }
  expect(evidence.paths.reduce((total, path) => total + path.attributed, 0)).toBe(evidence.attributed);
  expect(evidence.failed.length).toBe(Math.min(300, evidence.failedInAll));
}

interface Score {
  right: number;
  wrong: string[];
  of: number;
}

/** Whether each listed failure was given the cause that it had: right pod (or one of those that were dead), right party. */
function score(simulated: Simulated, evidence: RolloutEvidence, judges: (truth: Truth) => boolean): Score {
  const wrong: string[] = [];
  let of = 0;
  for (const failure of evidence.failed) {
    const truth = simulated.truth.get(failure.id);
    if (!truth) throw new Error(`${failure.id} did not fail`);
    if (!judges(truth)) continue;
    of += 1;
    const problem = mistake(truth, failure);
    if (problem !== null)
      wrong.push(`${failure.id} at ${failure.atMs}: ${problem}; said ${JSON.stringify(failure.why)}`);
  }
  return { right: of - wrong.length, wrong, of };
}

const KUBE_PROXY: LateParty = { party: "kube-proxy", node: "node-1" };

function mistake(truth: Truth, failure: RolloutEvidence["failed"][number]): string | null {
  const pods = failure.why !== null && "pods" in failure.why ? failure.why.pods : [];
  const named = (pod: string) => failure.pod === pod || (failure.pod === null && pods.includes(pod));
  switch (truth.cause) {
    case "dead-pod": {
      if (!named(truth.pod)) return `it was pod ${truth.pod}`;
      const late = {
        slices: { party: "endpoint-slice" },
        rules: KUBE_PROXY,
        proxy: { party: "proxy", path: failure.path },
      }[truth.late];
      // For a moment about each instant, two clocks cannot tell the parties apart.
      const agrees = isDeepStrictEqual(failure.late, late) || Math.abs((failure.sinceExitMs ?? 0) - 100) < 5;
      return agrees ? null : `late was ${JSON.stringify(late)}`;
    }
    case "cut":
      return named(truth.pod) ? null : `it was cut at ${truth.pod}`;
    case "no-endpoint":
      return failure.late?.party === "nobody" ? null : "there was no endpoint";
    case "nothing":
    case "proxy-died":
      return failure.why === null ? null : "it had no cause";
  }
}

const anyCause = () => true;
const hadCause = ({ cause }: Truth) => cause !== "nothing" && cause !== "proxy-died";

describe("a rolling update whose every failure is known", () => {
  const simulated = simulate(rollingUpdate());
  const evidence = evidenceOf(simulated);

  it("fails on every path that does not try again, and adds up", () => {
    for (const [path, failures] of simulated.failures) {
      if (path === "nginx-endpoints") expect(failures).toBe(0);
      else expect(failures, path).toBeGreaterThan(50);
    }
    checkSums(simulated, evidence);
  });

  it("has at least 95 of 100 explained, with the right pod and the right party", () => {
    expect(evidence.attributed / evidence.failedInAll).toBeGreaterThanOrEqual(0.95);
    const { right, of, wrong } = score(simulated, evidence, anyCause);
    expect(right / of, wrong.join("\n")).toBeGreaterThanOrEqual(0.95);
  });

  it("counts what retries hid", () => {
    for (const { path, hidden } of evidence.paths) expect(hidden, path).toBe(simulated.hidden.get(path));
    expect(simulated.hidden.get("nginx-endpoints")).toBeGreaterThan(0);
  });

  it("says for how long each path led to a dead pod", () => {
    const windowOf = (path: string, pod: string) =>
      evidence.windows.find((each) => each.path === path && each.pod === pod);
    expect(windowOf("nginx", "a")).toMatchObject({ windowMs: 700, late: KUBE_PROXY });
    const ingress = windowOf("gateway", "a");
    expect(ingress?.windowMs).toBeGreaterThan(1_900);
    expect(ingress?.windowMs).toBeLessThanOrEqual(2_001);
    expect(ingress?.late).toEqual({ party: "proxy", path: "gateway" });
  });

  it("gives failures to the rollout of their pod", () => {
    for (const { pod, rollout } of evidence.failed) if (pod !== null) expect(rollout).toBe(pod === "a" ? 0 : 1);
    const counted = evidence.rollouts.reduce((total, { failures }) => total + failures, 0);
    expect(counted).toBe(evidence.failedInAll);
  });
});

describe("the expected number of failures", () => {
  it("is met by paths that do not retry, without a look at any failure", () => {
    const runs = [1, 2, 3, 4, 5].map((seed) => simulate(rollingUpdate({ seed })));
    for (const path of ["nginx", "ingress"]) {
      const failed = runs.reduce((total, run) => total + (run.failures.get(path) ?? 0), 0);
      const expected = runs.reduce((total, run) => total + (expectedFailures(run.input).get(path) ?? 0), 0);
      expect(Math.abs(failed - expected) / expected, `${path}: ${failed} against ${expected}`).toBeLessThan(0.1);
    }
    const { input } = simulate(rollingUpdate());
    const blind = {
      ...input,
      requests: input.requests.map((each) => ({ ...each, out: "ok" as const })),
      paths: input.paths.map((path) => ({ ...path, records: [] })),
    };
    expect(expectedFailures(blind)).toEqual(expectedFailures(input));
  });

  it("is not made up for a path that does not say when it took endpoints", () => {
    expect(expectedFailures(simulate(rollingUpdate()).input).get("gateway")).toBeNull();
  });

  it("is not made up where a pod was not seen to end, which would count as alive", () => {
    const { input } = simulate(rollingUpdate());
    const rollouts = input.observed.rollouts.map((rollout) => ({
      ...rollout,
      pods: rollout.pods.map((pod) => ({ ...pod, signal: null, exitedAtUnixMs: null })),
    }));
    const unseen = [{ kind: "ends-not-seen" as const, node: "node-1", ends: 1, of: 1 }];
    const expected = expectedFailures({ ...input, observed: { ...input.observed, rollouts, unseen } });
    expect(new Set(expected.values())).toEqual(new Set([null]));
  });

  it("is 0 where pods outlive the endpoint's removal", () => {
    const world = rollingUpdate();
    // As a preStop sleep of 5 s does: all that follows from the deletion stays where it is, the end comes later.
    const pods = world.pods.map((pod) => ({ ...pod, deadAt: pod.deadAt + 5_000 }));
    const simulated = simulate({ ...world, pods });
    for (const [path, failures] of simulated.failures) expect(failures, path).toBe(0);
    const evidence = evidenceOf(simulated);
    expect(evidence.paths.map(({ expected }) => expected)).toEqual([0, 0, 0, null]);
    expect(evidence.windows.every(({ windowMs, late }) => windowMs === 0 && late === null)).toBe(true);
  });
});

describe("what could mislead it", () => {
  it("clocks 50 ms off: still 95 of 100", () => {
    const simulated = simulate(rollingUpdate({ offMs: { proxy: 50, pods: -50, stated: 50 } }));
    const evidence = evidenceOf(simulated);
    checkSums(simulated, evidence);
    expect(evidence.attributed / evidence.failedInAll).toBeGreaterThanOrEqual(0.95);
    const { right, of, wrong } = score(simulated, evidence, hadCause);
    expect(right / of, wrong.slice(0, 10).join("\n")).toBeGreaterThanOrEqual(0.85);
  });

  it("failures without a cause stay unexplained, as far as the pods' ends do not coincide with them", () => {
    const simulated = simulate(rollingUpdate({ causeless: 0.01 }));
    const evidence = evidenceOf(simulated);
    checkSums(simulated, evidence);
    const { right, of, wrong } = score(simulated, evidence, ({ cause }) => cause === "nothing");
    expect(of).toBeGreaterThan(20);
    expect(right / of, wrong.join("\n")).toBeGreaterThanOrEqual(0.9);
    const others = score(simulated, evidence, hadCause);
    expect(others.right / others.of, others.wrong.join("\n")).toBeGreaterThanOrEqual(0.95);
  });

  it("lost log lines: their requests are unexplained, all others are not", () => {
    const simulated = simulate(rollingUpdate({ lostLines: 0.2 }));
    const evidence = evidenceOf(simulated);
    checkSums(simulated, evidence);
    for (const { upstreams, why } of evidence.failed) expect(why === null).toBe(upstreams.length === 0);
    expect(evidence.unexplained / evidence.failedInAll).toBeCloseTo(0.2, 1);
  });

  it("proxies that died themselves explain nothing about pods", () => {
    const simulated = simulate(rollingUpdate({ proxiesGone: [3_100, 3_500] }));
    const evidence = evidenceOf(simulated);
    checkSums(simulated, evidence);
    const { right, of } = score(simulated, evidence, ({ cause }) => cause === "proxy-died");
    expect(of).toBeGreaterThan(50);
    expect(right).toBe(of);
  });

  it("a pod that gets a dead pod's address has its own failures", () => {
    const world = rollingUpdate({ causeless: 0.02 });
    // c1 comes up with a's address.
    const pods = world.pods.map((pod) => (pod.name === "c1" ? { ...pod, ip: "10.0.0.1" } : pod));
    const simulated = simulate({ ...world, pods });
    const evidence = evidenceOf(simulated);
    checkSums(simulated, evidence);
    const late = evidence.failed.filter(({ atMs, pod }) => atMs > 12_300 && pod === "a");
    expect(late).toEqual([]);
    expect(
      evidence.failed.some(({ atMs, upstreams }) => atMs > 12_300 && upstreams[0]?.address === "10.0.0.1:80"),
    ).toBe(true);
    const window = evidence.windows.find(({ path, pod }) => path === "gateway" && pod === "a");
    expect(window?.windowMs).toBeLessThanOrEqual(2_001);
  });

  it("requests that a pod's end cut in the middle are told from those that came too late", () => {
    const simulated = simulate(rollingUpdate({ serviceMs: 150 }));
    const evidence = evidenceOf(simulated);
    checkSums(simulated, evidence);
    const { right, of, wrong } = score(simulated, evidence, ({ cause }) => cause === "cut");
    expect(of).toBeGreaterThan(20);
    expect(right / of, wrong.join("\n")).toBeGreaterThanOrEqual(0.95);
    const cut = evidence.failed.filter(({ id }) => simulated.truth.get(id)?.cause === "cut");
    expect(cut.every(({ late }) => late?.party === "process")).toBe(true);
  });

  it("overlapping rollouts: each failure belongs to its pod's", () => {
    const world = rollingUpdate();
    const rollouts: World["rollouts"] = [...world.rollouts, { kind: "evict", replicas: 4, at: 9_050 }];
    const pods = world.pods.map((pod) => (pod.name === "b2" ? { ...pod, rollout: 2, deadAt: 9_200 } : pod));
    const simulated = simulate({ ...world, rollouts, pods });
    const evidence = evidenceOf(simulated);
    checkSums(simulated, evidence);
    for (const { pod, rollout } of evidence.failed) if (pod === "b2") expect(rollout).toBe(2);
    expect(evidence.rollouts[2]?.failures).toBeGreaterThan(0);
    expect(evidence.rollouts[1]?.failures).toBeGreaterThan(0);
  });

  it("a killed process that is back, and a Service without endpoints until then", () => {
    const killed: SimulatedPod = {
      name: "only",
      ip: "10.0.0.1",
      readyAt: -1_000,
      deadAt: 5_000,
      slicesAt: 5_400,
      rulesAt: 5_900,
      syncAt: 6_400,
      againAt: 8_000,
      rollout: 0,
    };
    const rollouts: World["rollouts"] = [{ kind: "kill", replicas: 1, at: 5_000 }];
    const simulated = simulate(rollingUpdate({ rollouts, pods: [killed], durationMs: 12_000, causeless: 0.01 }));
    const evidence = evidenceOf(simulated);
    checkSums(simulated, evidence);
    const { right, of, wrong } = score(simulated, evidence, hadCause);
    expect(of).toBeGreaterThan(100);
    expect(right / of, wrong.slice(0, 10).join("\n")).toBeGreaterThanOrEqual(0.95);
    const after = evidence.failed.filter(({ atMs }) => atMs > 8_100);
    expect(after.length).toBeGreaterThan(0);
    expect(after.every(({ why }) => why === null)).toBe(true);
    const nginx = evidence.paths.find(({ path }) => path === "nginx");
    expect(nginx?.expected).toBeGreaterThan(290);
    expect(nginx?.expected).toBeLessThan(310);
  });
});
