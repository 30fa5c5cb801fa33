/** What a rehearsal makes happen, happens on the cluster and is told; and no node stays cordoned, however the run ends. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { V1Job } from "@kubernetes/client-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Cluster, isNotFound } from "../../../runner/cluster/cluster.ts";
import { OWN_NAMESPACE } from "../../../runner/cluster/own-namespace.ts";
import { waitFor } from "../../../runner/cluster/wait.ts";
import { MERGING } from "../../../runner/cluster/while-living.ts";
import { cordon } from "../../../runner/faults/node.ts";
import type { Lab } from "../../../runner/lab/index.ts";
import { Rehearsal } from "../../../runner/result/rehearsal.ts";
import { packetwalk } from "../../support/packetwalk.ts";
import { labToBreak } from "../lab-to-break.ts";

const testing = labToBreak("events");
const ZONE_LABEL = "topology.kubernetes.io/zone";
const ZONE = "rehearsed-zone";
const MARK = "packetwalk.dev/cordoned-by";

let cluster: Cluster;
let lab: Lab;
let folder: string;
/** The one without the load. */
let node: string;

beforeAll(async () => {
  ({ cluster, lab, folder } = await testing.open());
  node = lab.nodes.at(-1) ?? "";
  await cluster.core.patchNode({ name: node, body: { metadata: { labels: { [ZONE_LABEL]: ZONE } } } }, MERGING);
});
afterAll(async () => {
  await cluster.core.patchNode({ name: node, body: { metadata: { labels: { [ZONE_LABEL]: null } } } }, MERGING);
  await testing.leave();
});

/** @param name of a plan in fixtures/rehearsals, with this lab's names put in */
function rehearse(name: string): string[] {
  const plan = readFileSync(new URL(`../fixtures/rehearsals/${name}.yaml`, import.meta.url), "utf8");
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, plan.replaceAll("NODE", node).replaceAll("ZONE", ZONE).replaceAll("NAMESPACE", OWN_NAMESPACE));
  return ["rehearse", file, "--lab", testing.name, "--out", join(folder, name), "--yes"];
}

const read = (name: string): Rehearsal =>
  Rehearsal.parse(JSON.parse(readFileSync(join(folder, name, "rehearsal.json"), "utf8")));

async function nodeState(name = node): Promise<{ isCordoned: boolean; mark: string | undefined }> {
  const { spec, metadata } = await cluster.core.readNode({ name });
  return { isCordoned: spec?.unschedulable ?? false, mark: metadata?.annotations?.[MARK] };
}

const OPEN = { isCordoned: false, mark: undefined };

/** Whether it was cordoned, as that changed while work went on. */
async function changesDuring(work: Promise<unknown>): Promise<boolean[]> {
  const seen = [false];
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      const { isCordoned } = await nodeState();
      if (isCordoned !== seen.at(-1)) seen.push(isCordoned);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  })();
  await work.finally(() => {
    isOver = true;
  });
  await watching;
  return seen;
}

/** Kills the runner as soon as its drain has begun. */
async function killedWhileCordoned(): Promise<void> {
  let pid = 0;
  const running = packetwalk(rehearse("cordoned-for-long"), {
    onStart(started) {
      pid = started;
    },
  });
  const cordoned = waitFor("the cordon", async () => ((await nodeState()).isCordoned ? true : undefined), {
    timeoutMs: 120_000,
  });
  const first = await Promise.race([cordoned, running]);
  expect(first, first === true ? "" : first.stderr).toBe(true);
  process.kill(pid, "SIGKILL");
  expect((await running).signal).toBe("SIGKILL");
}

test("a drain, a zone that is gone, a lost DNS pod, a storm of look-ups and a rollout, and then the search", async () => {
  const running = packetwalk(rehearse("events"));
  const cordoned = await changesDuring(running);
  const ran = await running;
  // How well it was held is the machine's affair.
  expect([0, 1, 2, 3], ran.stderr).toContain(ran.code);
  const { events, stages, notTested } = read("events");
  const [day, search] = stages;
  expect(events.map(({ name, trouble }) => [name, trouble])).toEqual([
    ["drained", null],
    ["no zone", null],
    ["no DNS pod", null],
    ["stormy", null],
    ["rolled", null],
  ]);
  const [drained, zone, dns, storm, rolled] = events.map(({ did }) => did);

  // Two events hold one node: it is uncordoned once, when the later one is over.
  expect(cordoned).toEqual([false, true, false]);
  expect(await nodeState()).toEqual(OPEN);
  const before = day?.pods?.placed.find((each) => each.node === node)?.pods ?? 0;
  expect(before, JSON.stringify(day?.pods?.placed)).toBeGreaterThan(0);
  expect(drained).toMatchObject({ kind: "evicted", nodes: [node], cordonedBefore: [], ofTargets: before });
  expect(zone).toMatchObject({ kind: "evicted", nodes: [node], cordonedBefore: [], ofTargets: 0 });
  if (before === 1) {
    const skewed = { target: "web", node: lab.nodes[0], pods: 2, of: 2, before: 1 };
    // The second one found them so.
    expect([drained, zone]).toMatchObject([{ skewed: [skewed] }, { skewed: [] }]);
  }

  expect(dns?.kind).toBe("pod-deleted");
  const lost = dns?.kind === "pod-deleted" ? dns.pod : "";
  await expect(cluster.core.readNamespacedPod({ namespace: "kube-system", name: lost })).rejects.toSatisfy(isNotFound);
  expect(storm?.kind === "looked-up" && storm.ended).toBeGreaterThan(0);
  expect(rolled).toMatchObject({ kind: "rolled-out", ofTargets: 2 });

  // Every pod that came was read from its beginning on, and the search began with others than the day.
  expect(day?.pods).toMatchObject({ unseen: [], unlisted: [], cutS: 0 });
  const came = day?.pods?.came.map(({ pod }) => pod) ?? [];
  expect(came).toHaveLength(before + 2);
  expect(day?.pods?.went).toHaveLength(before + 2);
  const readIn = (stage: typeof day) =>
    new Set(stage?.readings.flatMap(({ hop, where }) => (hop === "listen-queue" ? [where] : [])));
  expect([...readIn(day)]).toEqual(expect.arrayContaining(came.map((pod) => `pod ${pod}`)));
  expect(day?.seconds.some(({ drops }) => drops !== null)).toBe(true);
  expect(search).toMatchObject({ kind: "search", end: "completed", pods: { came: [], went: [], unseen: [] } });
  expect(readIn(search)).toEqual(new Set(came.slice(-2).map((pod) => `pod ${pod}`)));

  expect(notTested.filter((sentence) => sentence.includes("under this load"))).toEqual([]);
  expect(ran.stdout).toMatch(new RegExp(`drained \\(drain\\).*evicted \\d+ pods?, ${before} of the targets`));
  expect((await packetwalk(["restore"])).stdout).toMatch(/^Nothing to restore/);
});

test("a guard that stops the load during a drain lets pods on the node again", async () => {
  const running = packetwalk(rehearse("cordoned"));
  const cordoned = await changesDuring(running);
  const ran = await running;
  expect(ran.code, ran.stderr).toBe(1);
  const { stages, events } = read("cordoned");
  expect(stages).toMatchObject([{ end: "guard", breach: { slo: "failed" } }]);
  const trouble = "the load ended before it was over";
  expect(events).toMatchObject([{ endedAfterS: null, trouble, did: { kind: "evicted", nodes: [node] } }]);
  // It was to last for 50 s.
  expect(stages[0]?.ranS).toBeLessThan(50);
  expect(cordoned).toEqual([false, true, false]);
  expect(await nodeState()).toEqual(OPEN);
});

test("a runner that is killed during a drain: the keeper lets pods on the node again, and takes the namespace away", async () => {
  await killedWhileCordoned();
  expect((await nodeState()).mark).toMatch(new RegExp(`^${OWN_NAMESPACE}/`));
  const keeper = await cluster.batch.readNamespacedJob({ name: "keeper", namespace: OWN_NAMESPACE });
  await cluster.batch.createNamespacedJob({ namespace: OWN_NAMESPACE, body: impatient(keeper) });
  await expect.poll(nodeState, { timeout: 180_000, interval: 500 }).toEqual(OPEN);
  const isThere = () =>
    cluster.core.readNamespace({ name: OWN_NAMESPACE }).then(
      () => true,
      (error) => !isNotFound(error),
    );
  await expect.poll(isThere, { timeout: 180_000, interval: 500 }).toBe(false);
  // What this machine knows of it is undone already.
  const restored = await packetwalk(["restore"]);
  expect(restored.stdout, restored.stderr).toMatch(/^Restored what 1 interrupted run left/);
  expect(await nodeState()).toEqual(OPEN);
});

/** The same one, that waits for 5 s in place of 5 minutes. */
function impatient({ spec }: V1Job): V1Job {
  const template = structuredClone(spec?.template);
  const [container] = template?.spec?.containers ?? [];
  if (!template || !container?.command) throw new Error("the keeper has no command");
  container.command = container.command.map((word, index, all) => (all[index - 1] === "--silent-s" ? "5" : word));
  container.command.push("--every-s", "1");
  const { name: _, ...metadata } = { ...template.metadata, labels: { "app.kubernetes.io/part-of": "packetwalk" } };
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: "keeper-impatient" },
    spec: { backoffLimit: 5, template: { ...template, metadata } },
  };
}

test("restore on another machine uncordons what a dead run left, and no node of the user's", async () => {
  const [other = ""] = lab.nodes;
  const journalled: string[] = [];
  expect(await cordon(cluster, node, { namespace: "packetwalk-gone", run: "1" }, () => journalled.push(node))).toBe(
    true,
  );
  expect(journalled).toEqual([node]);
  await cluster.core.patchNode({ name: other, body: { spec: { unschedulable: true } } }, MERGING);
  try {
    expect(await cordon(cluster, other, { namespace: "packetwalk-gone", run: "1" }, () => journalled.push(other))).toBe(
      false,
    );
    const elsewhere = { env: { XDG_STATE_HOME: join(folder, "another-machine") } };
    const restored = await packetwalk(["restore", "--kubeconfig", lab.kubeconfigPath], elsewhere);
    expect(restored.stdout, restored.stderr).toBe(
      `Uncordoned node ${node}, which a run in namespace packetwalk-gone had left cordoned.\n`,
    );
    expect(await nodeState()).toEqual(OPEN);
    expect(await nodeState(other)).toEqual({ isCordoned: true, mark: undefined });
  } finally {
    await cluster.core.patchNode({ name: other, body: { spec: { unschedulable: null } } }, MERGING);
  }
  const isReady = async () => {
    const dns = await cluster.apps.readNamespacedDeployment({ namespace: "kube-system", name: "coredns" });
    return dns.status?.availableReplicas === dns.spec?.replicas ? true : undefined;
  };
  // Others need it.
  await waitFor("the cluster's DNS", isReady, { timeoutMs: 180_000 });
});
