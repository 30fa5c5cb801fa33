import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execaNode } from "execa";
import { beforeAll, expect, test } from "vitest";
import type { Cluster } from "../../runner/cluster/cluster.ts";
import { createNamespace } from "../../runner/cluster/namespace.ts";
import { OWN_NAMESPACE } from "../../runner/cluster/own-namespace.ts";
import { waitFor } from "../../runner/cluster/wait.ts";
import { runRollouts } from "../../runner/faults/rollouts.ts";
import type { RanStep, RolloutStep } from "../../runner/faults/types.ts";
import type { Lab } from "../../runner/lab/index.ts";
import { type Agents, deployAgents } from "../../runner/probes/agents.ts";
import { deployWebService } from "../../runner/workloads/web.ts";
import type { Observed, ObservedPod, ObservedRollout } from "../../suites/rolling-update/analysis/observed.ts";
import { observePods } from "../../suites/rolling-update/stage/pods/pod-timeline.ts";
import { watchNode } from "../../suites/rolling-update/stage/pods/pod-timeline-node.ts";
import { createRollingWeb, rollingWeb } from "../../suites/rolling-update/stage/rolling-web.ts";
import type { OpenLab } from "./shared-lab.ts";

const SLEEP_S = 2;
const NEVER = new AbortController().signal;
let lab: Lab;
let cluster: Cluster;
let agents: Agents;

async function setUp(open: () => Promise<OpenLab>): Promise<void> {
  const opened = await open();
  ({ lab, cluster } = opened);
  await createNamespace(cluster);
  agents = await deployAgents(cluster, opened.delivery, lab.nodes);
  await deployWebService(cluster);
}

/** Deploys the workload anew, with one replica that sleeps before it stops. */
async function deploy(): Promise<void> {
  const { namespace, name } = rollingWeb(cluster);
  await createRollingWeb(cluster, lab.images.web, async () => {
    const lifecycle = { preStop: { sleep: { seconds: SLEEP_S } } };
    const body = [{ op: "add", path: "/spec/template/spec/containers/0/lifecycle", value: lifecycle }];
    await cluster.apps.patchNamespacedDeployment({ namespace, name, body });
  });
}

async function rehearse(plan: RolloutStep[]): Promise<{ steps: RanStep[]; observed: Observed }> {
  await deploy();
  const observation = await observePods(cluster, agents, rollingWeb(cluster), "web", NEVER);
  try {
    const context = { cluster, agents, deployment: rollingWeb(cluster), startUnixMs: Date.now(), timeoutMs: 60_000 };
    const steps = await runRollouts({ ...context, signal: NEVER }, plan);
    return { steps, observed: await observation.end(steps, 30_000) };
  } finally {
    await observation.stop();
  }
}

function rolloutOf(observed: Observed, kind: ObservedRollout["kind"], replicas: number): ObservedRollout {
  const found = observed.rollouts.find((each) => each.kind === kind && each.replicas === replicas);
  if (!found) throw new Error(`no ${kind} of ${replicas} replicas was observed`);
  return found;
}

/** From the API's word to the stop signal. */
function heldMs({ deleteRequestedAtUnixMs, signal }: ObservedPod): number {
  return (signal?.atUnixMs ?? Number.NaN) - (deleteRequestedAtUnixMs ?? Number.NaN);
}

/** What must be so of every pod that was deleted while it slept before its stop. */
function expectDeletion(pod: ObservedPod, rollout: ObservedRollout): void {
  const deleted = pod.deleteRequestedAtUnixMs ?? Number.NaN;
  const exited = pod.exitedAtUnixMs ?? Number.NaN;
  const signalled = pod.signal?.atUnixMs ?? Number.NaN;
  const held = heldMs(pod);
  expect(pod.readyAtUnixMs).toBeLessThan(deleted);
  expect(deleted).toBeGreaterThanOrEqual(rollout.startedAtUnixMs);
  expect(pod.terminatingAtUnixMs).toBeGreaterThanOrEqual(deleted);
  expect(pod.signal?.name).toBe("SIGTERM");
  expect(held).toBeGreaterThan(0);
  expect(held).toBeLessThan(SLEEP_S * 1000 + 10_000);
  expect(exited).toBeGreaterThanOrEqual(signalled);
  expect(exited - signalled).toBeLessThan(20_000); // NGINX quits fast on SIGTERM, and is not killed after its grace period
  expect(pod.endpointGoneAtUnixMs).toBeGreaterThan(pod.terminatingAtUnixMs ?? Number.NaN);
  expect(Object.keys(pod.proxyGoneAtUnixMs).sort()).toEqual([...agents.nodes]);
  for (const gone of Object.values(pod.proxyGoneAtUnixMs)) {
    expect(gone).not.toBeNull();
    expect(gone).toBeGreaterThanOrEqual(pod.readyAtUnixMs ?? Number.NaN);
  }
  expect(pod.ignoresSigterm).toBe(false);
}

/** The tests of rollouts in which kube-proxy's rules are read, the same for each way in which it writes them. */
export function testRolloutsByRules(open: () => Promise<OpenLab>): void {
  beforeAll(() => setUp(open));

  test("restart, scale-down, eviction: every pod's end from the API's word to its process's exit", async () => {
    const { steps, observed } = await rehearse([
      { atMs: 500, kind: "restart" },
      { atMs: 3_000, kind: "scale-up", replicas: 4 },
      { atMs: 8_000, kind: "restart" },
      { atMs: 13_000, kind: "scale-down", replicas: 2 },
      { atMs: 16_000, kind: "evict" },
    ]);
    expect(steps.map((each) => each.trouble)).toEqual(steps.map(() => null));
    expect(steps.map((each) => each.replicas)).toEqual([1, 1, 4, 4, 2]);
    expect(observed.unseen).toEqual([]);
    expect(observed.rollouts.map((each) => [each.kind, each.pods.length])).toEqual([
      ["restart", 1],
      ["restart", 4],
      ["scale-down", 2],
      ["evict", 1],
    ]);
    for (const rollout of observed.rollouts) {
      for (const pod of rollout.pods) expectDeletion(pod, rollout);
      expect(rollout.finishedAtUnixMs).toBeGreaterThan(rollout.startedAtUnixMs);
    }
    // On a machine that is busy with other things the word of a deletion comes late, but not that of all of them.
    const held = observed.rollouts.flatMap(({ pods }) => pods.map(heldMs));
    expect(Math.max(...held)).toBeGreaterThan(SLEEP_S * 1000 - 500);
    // The new pod of a single replica is ready, and thus known to every proxy or about to be, before the old one goes.
    const [old] = rolloutOf(observed, "restart", 1).pods;
    for (const gone of Object.values(old?.proxyGoneAtUnixMs ?? {})) {
      // Of the deletion as well the word comes late there.
      expect(gone).toBeGreaterThan((old?.deleteRequestedAtUnixMs ?? Number.NaN) - 5_000);
    }
    expect(observed.clocks.map((each) => each.clock)).toEqual(agents.nodes.map((node) => `node ${node}`));
    // Half of what a question to a node takes, on a machine that is busy with other things; another clock is off by more.
    for (const { errorMs } of observed.clocks) expect(errorMs).toBeLessThan(1_000);
  });

  test("a kill: the process is gone first, and then the endpoint, which comes back", async () => {
    const { steps, observed } = await rehearse([
      { atMs: 500, kind: "scale-up", replicas: 2 },
      { atMs: 3_000, kind: "kill" },
    ]);
    expect(steps[1]?.trouble).toBeNull();
    const [kill] = observed.rollouts;
    expect(kill).toMatchObject({ kind: "kill", replicas: 2 });
    expect(kill?.pods).toHaveLength(1);
    const pod = kill?.pods[0];
    expect(pod?.uid).toBe(steps[1]?.podUid);
    expect(pod?.deleteRequestedAtUnixMs).toBeNull();
    expect(pod?.endpointGoneAtUnixMs).toBeNull();
    expect(pod?.signal?.name).toBe("SIGKILL");
    const exited = pod?.exitedAtUnixMs ?? Number.NaN;
    expect(exited).toBeGreaterThan(kill?.startedAtUnixMs ?? Number.NaN);
    expect(exited).toBeGreaterThanOrEqual(pod?.signal?.atUnixMs ?? Number.NaN);
    expect(pod?.terminatingAtUnixMs).toBeGreaterThan(exited);
    expect(kill?.finishedAtUnixMs).toBeGreaterThan(pod?.terminatingAtUnixMs ?? Number.NaN);
  });
}

/** Those in which they play no part; after the others, in the same lab. */
export function testRolloutsWhateverTheRules(): void {
  test("the nodes' clocks, which are the runner's own here, differ from it by no more than the error that is stated", async () => {
    const watches = await Promise.all(agents.nodes.map((node) => watchNode(agents, node, NEVER)));
    await sleep(2_500);
    for (const { clock, broken } of await Promise.all(watches.map((each) => each.end()))) {
      expect(broken).toBeNull();
      expect(Math.abs(clock?.aheadMs ?? Number.NaN)).toBeLessThanOrEqual(clock?.errorMs ?? 0);
    }
  });

  test("steps that are due together follow one another, and say how late they were", async () => {
    const { steps, observed } = await rehearse([
      { atMs: 0, kind: "scale-up", replicas: 3 },
      { atMs: 1, kind: "restart" },
      { atMs: 2, kind: "scale-down", replicas: 1 },
    ]);
    expect(steps.map((each) => each.trouble)).toEqual([null, null, null]);
    for (const [index, step] of steps.slice(1).entries()) {
      const before = steps[index];
      expect(step.startedAtUnixMs).toBeGreaterThanOrEqual(before?.finishedAtUnixMs ?? Number.NaN);
      expect(step.lateMs).toBeGreaterThan(100);
    }
    expect(rolloutOf(observed, "restart", 3).pods).toHaveLength(3);
    expect(rolloutOf(observed, "scale-down", 3).pods).toHaveLength(2);
  });

  test("a rollout that can't succeed says why, and the next step is still taken", async () => {
    await deploy();
    const { namespace, name } = rollingWeb(cluster);
    const image = [{ op: "replace", path: "/spec/template/spec/containers/0/image", value: "packetwalk.local/none:0" }];
    await cluster.apps.patchNamespacedDeployment({ namespace, name, body: image });
    const context = { cluster, agents, deployment: rollingWeb(cluster), startUnixMs: Date.now(), timeoutMs: 3_500 };
    const [restart, evict] = await runRollouts({ ...context, signal: NEVER }, [
      { atMs: 0, kind: "restart" },
      { atMs: 0, kind: "evict" },
    ]);
    expect(restart?.finishedAtUnixMs).toBeNull();
    expect(restart?.trouble).toMatch(/^the rollout of web took longer than 3.5 s: .+/);
    expect(evict?.podUid).not.toBeNull();
    expect(evict?.lateMs).toBeGreaterThan(3_000);
  });

  test("nothing of it is left on the nodes, even when its master is killed", async () => {
    expect(await podwatchers()).toEqual([]);
    await deploy();
    const observer = execaNode(join(import.meta.dirname, "fixtures/observe.ts"), [lab.kubeconfigPath], {
      nodeOptions: ["--import", "tsx"],
      reject: false,
    });
    await waitFor("the observer", async () => ((await podwatchers()).length === 2 ? true : undefined), {
      timeoutMs: 120_000,
    });
    observer.kill("SIGKILL");
    await observer;
    await waitFor("the end of its agents", async () => ((await podwatchers()).length === 0 ? true : undefined), {
      timeoutMs: 120_000,
    });
  });
}

/** The PIDs of this test file's agents that watch. */
async function podwatchers(): Promise<number[]> {
  const { items } = await cluster.core.listNamespacedPod({ namespace: OWN_NAMESPACE });
  const uids = items.flatMap(({ metadata }) => metadata?.uid ?? []);
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const isOurs = async (pid: number) => {
    const read = (file: string) => readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "");
    const [commandLine, cgroup] = await Promise.all([read("cmdline"), read("cgroup")]);
    return commandLine.includes("\0podwatch\0") && uids.some((uid) => cgroup.includes(uid));
  };
  const ours = await Promise.all(pids.map(isOurs));
  return pids.filter((_, index) => ours[index]);
}
