/** A rolling update where the cluster refuses privileged pods: who explains a failed request then, and what is said not to be seen. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { NOBODY } from "../../../runner/analysis/live/events.ts";
import type { Cluster } from "../../../runner/cluster/cluster.ts";
import type { Delivery } from "../../../runner/delivery/delivery.ts";
import { armPair } from "../../../runner/experiment/arms.ts";
import { oneLane } from "../../../runner/experiment/lanes.ts";
import { type Lab, loadImage } from "../../../runner/lab/index.ts";
import { constant } from "../../../runner/load/schedule/profiles.ts";
import type { OpenLoad } from "../../../runner/load/spec.ts";
import { silent } from "../../../runner/progress.ts";
import { rollingUpdate } from "../../../suites/rolling-update/suite.ts";
import { packetwalk } from "../../support/packetwalk.ts";
import { SHARED_LAB } from "../names.ts";
import { sharedLab } from "../shared-lab.ts";
import { TEAM, type Team, team } from "../team.ts";

const REFUSED = "violates PodSecurity";
const testing = sharedLab();
let lab: Lab;
let cluster: Cluster;
let delivery: Delivery;
let ours: Team;

beforeAll(async () => {
  const open = await testing.open();
  ({ lab, cluster, delivery } = open);
  ours = await team(open, { "pod-security.kubernetes.io/enforce": "restricted" });
});
afterAll(async () => {
  await ours.leave();
  await testing.leave();
});

const image = (wanted: Parameters<typeof loadImage>[1]) => loadImage(SHARED_LAB, wanted, silent);

test("a user with a namespace and no other right hears that it can run, and what is not seen", async () => {
  const tester = await ours.userWith("load.yaml", "rollout.yaml");
  const images = ["--agent-image", lab.images.busybox, "--web-image", lab.images.web, "--nginx-image", lab.images.web];
  const seen = await packetwalk([
    "preflight",
    "rolling-update",
    "--quick",
    "--kubeconfig",
    tester,
    "--namespace",
    TEAM,
    ...images,
  ]);
  expect(seen.code, seen.stdout + seen.stderr).toBe(0);
  expect(seen.stdout).toContain("can run, but");
  expect(seen.stdout).toContain("without kernel counters, since agents are refused");
  expect(seen.stdout).toMatch(/own logs \(NGINX's notices\)/);
  expect(seen.stdout).toMatch(/own ingress and gateway classes are left out \(you may not list ingressclasses/);
});

/** Long enough for the two restarts of the quick size. */
const LOAD_MS = 12_000;

test("each end is told by the pod's own log, each failed request by the proxy's; no rule and no counter is", async () => {
  const suiteLoad = rollingUpdate.load;
  if (suiteLoad.kind !== "http") throw new Error("rolling-update has a load of its own");
  const { engine, needs } = suiteLoad;
  const { baseline } = await armPair(rollingUpdate, "baseline", "placebo");
  // One arm is looked at once.
  const arms = { baseline, tuned: baseline };
  const { stage } = await suiteLoad.open();
  const plan = rollingUpdate.plan("quick");
  const load: OpenLoad = { ...(plan.load as OpenLoad), schedule: constant(100, LOAD_MS) };
  const request = {
    ...{ cluster, arms, engine, needs, image, seed: 1, size: "quick" as const, force: false, nodeSelector: {} },
    agentsRefused: REFUSED,
    withoutAgents: rollingUpdate.requires.withoutAgents,
    images: { web: lab.images.web, nginx: lab.images.web },
    delivery,
    plan: { ...plan, load },
    options: { paths: ["nginx", "nginx-endpoints"] },
    provideIngress: async () => {},
    loadImage: await image(engine.image),
    changes: { record: () => {}, revert: async () => {} },
    onTimeline: () => {},
    onLive: NOBODY,
    signal: new AbortController().signal,
    lifetime: { until: new AbortController().signal, onLost: () => {} },
  };
  const trial = await stage({ ...request, lane: oneLane(request) }, silent);
  const { block } = await trial.runBlock(arms.baseline, 1, 0);
  expect(block).toMatchObject({ withoutAgents: REFUSED, conntrack: [], stealShare: null });
  const { evidence: found } = block;
  expect(found.rollouts.map(({ kind, pods }) => [kind, pods.length])).toEqual([
    ["restart", 1],
    ["restart", 4],
  ]);
  const pods = found.rollouts.flatMap((rollout) => rollout.pods);
  for (const pod of pods) {
    expect(pod.signal?.name).toMatch(/^SIG(TERM|QUIT)$/);
    expect(pod.exitedAtMs).toBeGreaterThanOrEqual(pod.signal?.atMs ?? Number.POSITIVE_INFINITY);
    expect(Object.values(pod.proxyGoneAtMs).filter((at) => at !== null)).toEqual([]);
  }
  const nodes = [...new Set(pods.map(({ node }) => node))].sort();
  expect(
    found.unseen.map((each) => (each.kind === "blind" ? [each.what, each.node, each.because] : each)).sort(),
  ).toEqual(nodes.map((node) => ["rules", node, REFUSED]));
  // How many failed hangs on who is slower; on a machine that is busy otherwise, none may have.
  expect(found.unexplained).toBeLessThanOrEqual(found.failedInAll / 20);
  for (const each of found.failed) expect(each.upstreams).not.toEqual([]);
  // The Service's path has no instants without its node's rules; the one that chooses itself has its own.
  expect(found.paths.map(({ path, expected }) => [path, typeof expected])).toEqual([
    ["nginx", "object"],
    ["nginx-endpoints", "number"],
  ]);
  await trial.clear?.();
});
