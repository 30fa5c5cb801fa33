/** Rehearsals of small plans: what they measure adds up, a guard ends one, and a runner that is killed takes its load with it. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Cluster } from "../../../runner/cluster/cluster.ts";
import { OWN_NAMESPACE } from "../../../runner/cluster/own-namespace.ts";
import { failuresIn } from "../../../runner/result/outcomes.ts";
import { Rehearsal } from "../../../runner/result/rehearsal.ts";
import { packetwalk } from "../../support/packetwalk.ts";
import { SHARED_LAB } from "../names.ts";
import { sharedLab } from "../shared-lab.ts";

const testing = sharedLab();
let cluster: Cluster;
let folder: string;

beforeAll(async () => {
  ({ cluster, folder } = await testing.open());
});
afterAll(() => testing.leave());

/** @param name of a plan in fixtures/rehearsals */
function planOf(name: string): string {
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, readFileSync(new URL(`../fixtures/rehearsals/${name}.yaml`, import.meta.url)));
  return file;
}

const rehearse = (name: string) => ["rehearse", planOf(name), "--lab", SHARED_LAB, "--out", join(folder, name)];

function read(name: string): Rehearsal {
  return Rehearsal.parse(JSON.parse(readFileSync(join(folder, name, "rehearsal.json"), "utf8")));
}

async function ourNamespaces(): Promise<string[]> {
  const { items } = await cluster.core.listNamespace();
  return items.flatMap(({ metadata }) => (metadata?.name === OWN_NAMESPACE ? [OWN_NAMESPACE] : []));
}

test("a day and a search end in a sheet, and every number adds up", async () => {
  const ran = await packetwalk(rehearse("small"));
  // How well it was held is the machine's affair.
  expect([0, 1, 2, 3], ran.stderr).toContain(ran.code);
  const { idle, stages, targets, headroom, found, slos } = read("small");
  expect(stages[0]).toMatchObject({ kind: "day", ratePerSecond: 20 });
  expect(stages.length).toBeGreaterThan(1);
  expect(targets.map(({ name, share }) => [name, share])).toEqual([
    ["pages", 0.75],
    ["carts", 0.25],
  ]);
  for (const { end, outcomes, seconds, readings, slos: states, ratePerSecond, durationS, kind } of stages) {
    const all = outcomes.ok + failuresIn(outcomes).reduce((sum, [, count]) => sum + count, 0);
    if (kind === "search" && end === "completed") expect(Math.abs(all - ratePerSecond * durationS)).toBeLessThan(3);
    if (seconds.every(({ load }) => load !== null) && end === "completed")
      // What a late generator got to after the stage's end is in none of its seconds.
      expect(seconds.reduce((sum, { load }) => sum + (load?.scheduled ?? 0), 0)).toBeLessThanOrEqual(all);
    expect(states.map(({ slo }) => slo)).toEqual(slos.map(({ name }) => name));
    expect(new Set(readings.map(({ hop }) => hop))).toEqual(
      new Set(["client-ports", "client-conntrack", "service-dnat", "listen-queue", "softnet"]),
    );
  }
  expect([...new Set(headroom.map(({ hop }) => hop))]).toEqual([
    ...["client-ports", "client-conntrack", "service-dnat", "softnet", "listen-queue"],
  ]);
  // No equation says what a CPU or a listen queue takes.
  const isModelled = ({ hop }: { readonly hop: string }) => hop !== "softnet" && hop !== "listen-queue";
  expect(headroom.filter(isModelled).every(({ predictedPerSecond }) => predictedPerSecond !== null)).toBe(true);
  expect(idle?.seconds).toBeGreaterThanOrEqual(10);
  expect(idle?.readings.some(({ counter }) => counter === "conntrackDrop")).toBe(true);
  if (ran.code === 0) expect(found.held).toBeGreaterThanOrEqual(20);
  expect(ran.stdout).toContain("Not tested");
  expect(await ourNamespaces()).toEqual([]);
});

test("a budget that is spent ends the load and the search, and is a no-go", async () => {
  const ran = await packetwalk(rehearse("wrong-status"));
  expect(ran.code, ran.stderr).toBe(1);
  const { stages, decision, breaksFirst } = read("wrong-status");
  expect(decision.state).toBe("no-go");
  const [day] = stages;
  expect(day).toMatchObject({ kind: "day", end: "guard", breach: { slo: "failed" } });
  expect(Object.keys(day?.outcomes ?? {}).filter((cause) => cause !== "ok")).toEqual(["unexpected-status"]);
  expect(day?.outcomes.ok).toBe(0);
  // It was to send for a minute.
  expect(day?.ranS).toBeLessThan(60);
  expect(breaksFirst).toMatchObject({ hop: "target", how: "measured" });
  expect(await ourNamespaces()).toEqual([]);
});

test("a runner that is killed takes its load with it, and restore the rest", async () => {
  const labelSelector = "app.kubernetes.io/name=load";
  const pods = async () => (await cluster.core.listNamespacedPod({ namespace: OWN_NAMESPACE, labelSelector })).items;
  const tells = async () => {
    const [pod] = await pods();
    const name = pod?.metadata?.name ?? "";
    const log = cluster.core.readNamespacedPodLog({ name, namespace: OWN_NAMESPACE, container: "load" });
    return (await log.catch(() => "")).includes("live: ");
  };
  let pid = 0;
  const running = packetwalk(rehearse("wrong-status-unguarded"), {
    onStart(own) {
      pid = own;
    },
  });
  try {
    // Only then is it held by its runner.
    await expect.poll(tells, { timeout: 180_000, interval: 500 }).toBe(true);
  } finally {
    process.kill(pid, "SIGKILL");
  }
  expect((await running).signal).toBe("SIGKILL");
  const phases = async () => (await pods()).map(({ status }) => status?.phase);
  // Their load is for ten minutes; the keeper, which takes all of it away, waits for two.
  await expect.poll(phases, { timeout: 90_000, interval: 500 }).toEqual(["Succeeded"]);
  const restored = await packetwalk(["restore"]);
  expect(restored.code, restored.stderr).toBe(0);
  await expect.poll(ourNamespaces, { timeout: 180_000 }).toEqual([]);
});
