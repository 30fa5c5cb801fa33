import { setTimeout as sleep } from "node:timers/promises";
import { PatchStrategy, setHeaderOptions, type V1Pod } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Cluster } from "../../../runner/cluster/cluster.ts";
import { createNamespace } from "../../../runner/cluster/namespace.ts";
import { OWN_NAMESPACE } from "../../../runner/cluster/own-namespace.ts";
import { isPodReady } from "../../../runner/cluster/pods.ts";
import { setReplicas } from "../../../runner/cluster/replicas.ts";
import type { Delivery } from "../../../runner/delivery/delivery.ts";
import { hostPort } from "../../../runner/host-port.ts";

import type { Lab } from "../../../runner/lab/index.ts";
import { type Agents, deployAgents } from "../../../runner/probes/agents.ts";
import { places } from "../../../runner/workloads/places.ts";
import { deployWebService } from "../../../runner/workloads/web.ts";
import type { EndpointSync } from "../../../suites/rolling-update/analysis/input.ts";
import type { ProxyRecord } from "../../../suites/rolling-update/analysis/proxy-record.ts";
import type { Path, PathImages } from "../../../suites/rolling-update/stage/paths/path.ts";
import { PATHS } from "../../../suites/rolling-update/stage/paths/registry.ts";
import { createRollingWeb, rollingWeb } from "../../../suites/rolling-update/stage/rolling-web.ts";
import { sharedLab } from "../shared-lab.ts";
import { expectToAddUp, type Traced, tracedLoad, tracedOn } from "../traced-load.ts";

const testing = sharedLab();
const NAMES = ["nginx", "nginx-keepalive", "nginx-endpoints"];
/** ingress-nginx's --sync-rate-limit. */
const SYNC_RHYTHM_MS = 3_333;
/** From its word that it has new endpoints to NGINX's new workers, and for kube-proxy's rules (at most one change a second). */
const RELOADED_MS = 1_200;

let lab: Lab;
let cluster: Cluster;
let delivery: Delivery;
let images: PathImages;
let clusterIp: string;
let agents: Agents;
let paths: Path[];

beforeAll(async () => {
  ({ lab, cluster, delivery } = await testing.open());
  images = {
    web: lab.images.web,
    nginx: lab.images.web,
    delivery,
    envoy: () => Promise.reject(new Error("no path of this test is made of Envoy")),
  };
  await createNamespace(cluster);
  agents = await deployAgents(cluster, delivery, lab.nodes);
  ({ clusterIp } = await deployWebService(cluster));
  await createRollingWeb(cluster, lab.images.web, async () => {});
  paths = await deployPaths(false);
});
afterAll(() => testing.leave());

async function deployPaths(nextUpstream: boolean): Promise<Path[]> {
  return Promise.all(
    NAMES.map(async (name) => {
      const path = await PATHS[name]?.(cluster, images, { nextUpstream, places: places(lab.nodes) });
      if (!path) throw new Error(`there is no path ${name}`);
      await path.ready(agents);
      return path;
    }),
  );
}

const load = (seconds: number, during?: () => Promise<void>): Promise<Traced[]> =>
  tracedLoad({ lab, cluster, delivery, paths, perSecond: 30, seconds }, during);

async function restart(): Promise<void> {
  const annotations = { "kubectl.kubernetes.io/restartedAt": new Date().toISOString() };
  await cluster.apps.patchNamespacedDeployment(
    { name: "web", namespace: OWN_NAMESPACE, body: { spec: { template: { metadata: { annotations } } } } },
    setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
  );
}

const scale = (replicas: number) => setReplicas(cluster, rollingWeb(cluster), replicas);

async function webPods(): Promise<V1Pod[]> {
  const labelSelector = "app.kubernetes.io/name=web";
  return (await cluster.core.listNamespacedPod({ namespace: OWN_NAMESPACE, labelSelector })).items;
}

const isServing = (pod: V1Pod) => isPodReady(pod) && !pod.metadata?.deletionTimestamp;

async function deleteOnePod(): Promise<void> {
  const serving = (await webPods()).find(isServing);
  await cluster.core.deleteNamespacedPod({ name: serving?.metadata?.name ?? "", namespace: OWN_NAMESPACE });
}

/** Waits until the Service has that many ready endpoints, and all are pods of the newest template. */
async function endpoints(count: number): Promise<string[]> {
  for (;;) {
    const deployment = await cluster.apps.readNamespacedDeployment({ name: "web", namespace: OWN_NAMESPACE });
    const pods = await webPods();
    const ready = pods.filter(isServing);
    const { updatedReplicas = 0, observedGeneration } = deployment.status ?? {};
    const isRolledOut = updatedReplicas === count && observedGeneration === deployment.metadata?.generation;
    if (isRolledOut && ready.length === count && pods.length === count) {
      return ready.map((pod) => hostPort(pod.status?.podIP ?? "", 80));
    }
    await sleep(50);
  }
}

/** A proxy names addresses in their own order, in which .9 is before .10. */
const asSet = (addresses: readonly string[]) => [...addresses].sort();

async function syncsSince(sinceUnixMs: number): Promise<readonly EndpointSync[]> {
  const path = paths.find((each) => each.name === "nginx-endpoints");
  return (await path?.syncs?.(sinceUnixMs))?.syncs ?? [];
}

/** Waits until the path that chooses among endpoints itself leads to these. */
async function followed(addresses: readonly string[]): Promise<void> {
  const last = async () => asSet((await syncsSince(Date.now())).at(-1)?.addresses ?? ["not known"]);
  await expect.poll(last, { timeout: 180_000, interval: 100 }).toEqual(asSet(addresses));
  await sleep(RELOADED_MS);
}

const tried = (record: ProxyRecord) => record.upstreams.map((each) => each.error ?? each.status);

describe("the NGINX paths", () => {
  test("lead to the web workload, and their records are those of the requests", async () => {
    const addresses = await endpoints(1);
    const seen = await load(2);
    for (const path of paths) {
      expect(path.proxy).toMatch(/^nginx 1\.\d+\.\d+, reverse proxy to the /);
      expect(path.nodes).toHaveLength(1);
      expect(path.retries === null).toBe(path.leadsBy === "service");
      expect((await path.readRetries?.())?.got).toBe("error timeout");
      const traced = tracedOn(seen, path.name);
      expectToAddUp(traced);
      const { lines, records } = traced;
      expect(lines.length).toBe(60);
      expect(lines.filter((line) => line.out !== "ok")).toEqual([]);
      expect(new Set(lines.map((line) => line.m))).toEqual(new Set(["GET", "POST"]));
      const led = path.leadsBy === "service" ? [hostPort(clusterIp, 80)] : addresses;
      for (const { upstreams } of records) {
        expect(upstreams).toMatchObject([{ address: led[0], status: 200, error: null }]);
      }
    }
  });

  test("answer 502 while pods go, say why, and the endpoints' one follows in its rhythm", async () => {
    const wanted: string[][] = [];
    const startedAtUnixMs = Date.now();
    const seen = await load(20, async () => {
      const steps = [() => scale(3), () => scale(1), restart];
      for (const [index, step] of steps.entries()) {
        await step();
        const now = await endpoints(index === 0 ? 3 : 1);
        wanted.push(now);
        await followed(now);
      }
    });
    for (const each of seen) expectToAddUp(each);

    const failed = (name: string) => tracedOn(seen, name).records.filter((record) => record.status !== 200);
    // The other one fails only where a pod goes sooner than NGINX is reloaded.
    expect(failed("nginx").length).toBeGreaterThan(0);
    for (const { status, upstreams } of [...failed("nginx"), ...failed("nginx-endpoints")]) {
      // Which of these it is hangs on what goes first, the pod's process or its network. A pod whose network is gone may not
      // answer at all: NGINX gives up after 5 s, and the client after 8.
      const last = upstreams.at(-1)?.error;
      expect(status).toBe(last === null ? 499 : last === "timed out" ? 504 : 502);
      expect(upstreams.every((each) => each.status === null)).toBe(true);
      for (const { error } of last === null ? upstreams.slice(0, -1) : upstreams) {
        expect(["connection refused", "connection reset", "closed early", "unreachable", "timed out"]).toContain(error);
      }
    }
    expect(failed("nginx").every((record) => record.upstreams.length === 1)).toBe(true);

    const syncs = await syncsSince(startedAtUnixMs);
    const taken = syncs.map(({ addresses }) => asSet(addresses));
    for (const addresses of wanted) expect(taken).toContainEqual(asSet(addresses));
    // Their distance is kept from begin to begin, and what is known is the end of each: one that is slow hides its own distance
    // from the next, and not that of the two about it.
    const distances = syncs.slice(2).map((sync, index) => sync.atUnixMs - (syncs[index]?.atUnixMs ?? 0));
    expect(Math.min(...distances)).toBeGreaterThan(SYNC_RHYTHM_MS - 100);
  });

  test("tell that there is no endpoint", async () => {
    await scale(0);
    await followed(await endpoints(0));
    const seen = await load(2);
    for (const each of seen) expectToAddUp(each);
    const all = (name: string) => tracedOn(seen, name).records.map((each) => [each.status, tried(each)]);
    for (const each of all("nginx-endpoints")) expect(each).toEqual([503, ["no endpoint"]]);
    // kube-proxy rejects connections to a Service without endpoints by ICMP, which the kernel sends to one address once a
    // second after the first six (icmp_ratelimit in the kernel's ip-sysctl.rst): the others hear nothing.
    expect(all("nginx")).toContainEqual([502, ["connection refused"]]);
    expect(all("nginx").every(([status]) => status === 502 || status === 504)).toBe(true);
    await scale(1);
    await endpoints(1);
    await Promise.all(paths.map((path) => path.ready(agents)));
  });

  test("hide failures behind tries at the next upstream where they are told to, and count them", async () => {
    const uids = paths.flatMap((path) => path.uids);
    paths = await deployPaths(true);
    expect(paths.flatMap((path) => path.uids).filter((uid) => uids.includes(uid))).toEqual([]);
    for (const path of paths) {
      expect(path.retries).toEqual({ tries: 3, on: "error timeout http_502 non_idempotent" });
      expect((await path.readRetries?.())?.got).toBe(path.retries?.on);
    }
    await scale(3);
    await followed(await endpoints(3));
    const seen = await load(8, async () => {
      const { atUnixMs = Number.NaN } = (await syncsSince(Date.now())).at(-1) ?? {};
      await deleteOnePod();
      await expect.poll(async () => (await syncsSince(atUnixMs)).length, { timeout: 180_000 }).toBeGreaterThan(1);
      // Right behind a sync, so that NGINX still leads to this one for a while.
      await deleteOnePod();
    });
    await followed(await endpoints(3));
    for (const each of seen) {
      expectToAddUp(each);
      for (const { upstreams, status } of each.records) {
        // Beyond them NGINX tries again, uncounted, where a kept connection turned out closed.
        if (each.path.name !== "nginx-keepalive") expect(upstreams.length).toBeLessThanOrEqual(3);
        expect(upstreams.slice(0, -1).every((one) => one.error !== null)).toBe(true);
        expect(upstreams.at(-1)?.status === 200).toBe(status === 200);
      }
    }
    const { records } = tracedOn(seen, "nginx-endpoints");
    expect(records.filter(({ upstreams, status }) => upstreams.length > 1 && status === 200)).not.toEqual([]);
    // Whatever its method, no request stays with a first try that failed, unless its user has given up (499).
    expect(records.filter(({ upstreams, status }) => upstreams.length === 1 && ![200, 499].includes(status))).toEqual(
      [],
    );
  });

  test("try the Service as often as they are told to", async () => {
    await scale(0);
    await followed(await endpoints(0));
    const { records } = tracedOn(await load(2), "nginx");
    expect(records.map(tried)).toContainEqual(["connection refused", "connection refused", "connection refused"]);
    for (const { upstreams } of records) expect(upstreams.length).toBeLessThanOrEqual(3);
  });
});
