/** A load that is watched and stopped while it runs, and one that stops because nobody leads it any more. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Cluster } from "../../../runner/cluster/cluster.ts";
import { takeLead } from "../../../runner/load/lead.ts";
import type { LiveSecond } from "../../../runner/load/live-merge.ts";
import type { Load } from "../../../runner/load/load.ts";
import { constant } from "../../../runner/load/schedule/profiles.ts";
import type { OpenLoad } from "../../../runner/load/spec.ts";
import { runLoad, total } from "../run-load.ts";
import { sharedLab } from "../shared-lab.ts";
import { deployWebUnderLoad, type WebUnderLoad } from "../web-load.ts";

const testing = sharedLab();
let cluster: Cluster;
let workload: WebUnderLoad;

beforeAll(async () => {
  const opened = await testing.open();
  cluster = opened.cluster;
  workload = await deployWebUnderLoad(opened);
});
afterAll(() => testing.leave());

const PER_SECOND = 40;
const SHORT: OpenLoad = {
  model: "open",
  placement: "all-nodes",
  schedule: constant(PER_SECOND, 4_000),
  timeoutMs: 4_000,
  workers: 2,
};
const LONG_S = 90;
const LONG = { ...SHORT, schedule: constant(PER_SECOND, LONG_S * 1000) };

test("its seconds come in order while it runs, and add up to what is reported at its end", async () => {
  const seconds: LiveSecond[] = [];
  let seenBeforeTheEnd = 0;
  const load = await workload.deploy("load-watched", "flood", SHORT, {
    liveMs: 1_000,
    onSecond: (second) => seconds.push(second),
  });
  const { merged, lost } = await runLoad(load, Date.now() + 2_000, async (_load, startAtUnixMs) => {
    await sleep(startAtUnixMs + 3_800 - Date.now());
    seenBeforeTheEnd = seconds.length;
  });
  expect(lost).toEqual([]);
  expect(merged.stopped).toEqual([]);
  expect(seenBeforeTheEnd).toBeGreaterThan(0);
  expect(seconds.length).toBeGreaterThanOrEqual(4);
  expect(seconds.map(({ atS }) => atS)).toEqual(seconds.map((_, index) => index));
  const sum = (of: (second: LiveSecond) => number) => seconds.reduce((all, second) => all + of(second), 0);
  expect(sum(({ ended }) => ended)).toBeLessThanOrEqual(total(merged.outcomes));
  // On a busy machine a line may come too late for its second, which then says that a worker is missing.
  if (seconds.some(({ reported, workers }) => reported < workers)) return;
  expect(sum(({ scheduled }) => scheduled)).toBe(merged.scheduled);
  expect(sum(({ ended }) => ended)).toBe(total(merged.outcomes));
  expect(sum(({ outcomes }) => outcomes.ok)).toBe(merged.outcomes.ok);
  expect(sum(({ okLatency }) => okLatency.count)).toBe(merged.histograms.okLatency.count);
  expect(seconds.at(-1)?.inFlight).toBe(0);
});

test("it is stopped by whoever watches, with a report of what it did until then", async () => {
  let onThird: () => void = () => undefined;
  const third = new Promise<void>((resolve) => {
    onThird = resolve;
  });
  const load = await workload.deploy("load-stopped", "flood", LONG, {
    liveMs: 1_000,
    onSecond: ({ atS }) => {
      if (atS === 2) onThird();
    },
  });
  const { merged, lost } = await runLoad(load, Date.now() + 2_000, async () => {
    await third;
    await load.stop();
    await load.stop(); // once more changes nothing
  });
  expect(lost).toEqual([]);
  expect(merged.workers).toBe(2);
  expect(merged.scheduled).toBeGreaterThan(0);
  expect(merged.scheduled).toBeLessThan(PER_SECOND * LONG_S);
  expect(total(merged.outcomes)).toBe(merged.scheduled);
  expect(merged.stopped.map(({ worker }) => worker)).toEqual([0, 1]);
  for (const { atMs } of merged.stopped) {
    expect(atMs).toBeGreaterThanOrEqual(2_000);
    expect(atMs).toBeLessThan(LONG_S * 1000);
  }
});

test("a worker that nobody leads any more stops by itself", async () => {
  const load = await workload.deploy("load-left", "flood", { ...LONG, workers: 1 });
  const { merged, lost } = await runLoad(load, Date.now() + 1_000, async (started: Load) => {
    const lead = await takeLead(
      cluster,
      { namespace: cluster.namespace, pod: started.workers[0]?.pod ?? "", container: started.container },
      60_000,
    );
    lead.release();
  });
  expect(lost).toEqual([]);
  expect(merged.stopped).toHaveLength(1);
  expect(merged.scheduled).toBeLessThan(PER_SECOND * LONG_S);
});

test("a worker that is not led is deleted by a stop, and told as lost", async () => {
  const load = await workload.deploy("load-deleted", "flood", { ...LONG, workers: 1 });
  const { merged, lost } = await runLoad(load, Date.now() + 1_000, () => load.stop());
  expect(lost).toMatchObject([{ worker: 0, share: 1, because: "its pod was deleted" }]);
  expect(merged.workers).toBe(0);
});

test("a request of the user's comes from a Secret that goes with the load", async () => {
  const secrets = async () =>
    (await cluster.core.listNamespacedSecret({ namespace: cluster.namespace })).items.map(
      ({ metadata }) => metadata?.name,
    );
  const { clusterIp, port } = workload.web;
  const load = await workload.deploy("load-secret", "flood", SHORT, {
    task: {
      targets: [{ name: "web", address: `${clusterIp}:${port}`, host: "web", path: "/" }],
      request: { method: "GET", headers: { "X-Key": "a-secret-key" }, body: null, expect: [204] },
      keepAliveRatio: 1,
      secret: true,
    },
  });
  expect(await secrets()).toContain("load-secret");
  const pods = await cluster.core.listNamespacedPod({ namespace: cluster.namespace });
  expect(JSON.stringify(pods.items.map(({ spec }) => spec))).not.toContain("a-secret-key");
  const { merged, lost } = await runLoad(load, Date.now() + 1_000);
  expect(lost).toEqual([]);
  expect(merged.outcomes["unexpected-status"]).toBe(merged.scheduled); // web answers 200
  expect(merged.reused).toBeGreaterThan(0);
  expect(await secrets()).not.toContain("load-secret");
});
