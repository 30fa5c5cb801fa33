import { setTimeout as sleep } from "node:timers/promises";
import { PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Cluster } from "../../runner/cluster/cluster.ts";
import { createNamespace } from "../../runner/cluster/namespace.ts";
import { OWN_NAMESPACE } from "../../runner/cluster/own-namespace.ts";
import { setReplicas } from "../../runner/cluster/replicas.ts";
import type { Delivery } from "../../runner/delivery/delivery.ts";
import { hostPort } from "../../runner/host-port.ts";

import type { Lab } from "../../runner/lab/index.ts";
import { type Agents, deployAgents } from "../../runner/probes/agents.ts";
import { places } from "../../runner/workloads/places.ts";
import { deployWebService } from "../../runner/workloads/web.ts";
import type { ProxyRecord } from "../../suites/rolling-update/analysis/proxy-record.ts";
import type { Path, PathImages } from "../../suites/rolling-update/stage/paths/path.ts";
import { PATHS } from "../../suites/rolling-update/stage/paths/registry.ts";
import { createRollingWeb, rollingWeb } from "../../suites/rolling-update/stage/rolling-web.ts";
import { sharedLab } from "./shared-lab.ts";
import { expectToAddUp, type Traced, tracedLoad, tracedOn } from "./traced-load.ts";

const testing = sharedLab();
const NAMES = ["nginx", "nginx-keepalive", "nginx-endpoints"];
/** ingress-nginx's --sync-rate-limit, and the time for an EndpointSlice to reach the watch and NGINX to be reloaded. */
const FOLLOWS_WITHIN_MS = 3_333 + 1_500;
/** From its word that it has new endpoints to NGINX's new workers, and for kube-proxy's rules (at most one change a second). */
const RELOADED_MS = 1_200;
/** What a machine that is busy with other things may add. */
const SLOW_MACHINE_MS = 5_000;

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

async function deleteOnePod(): Promise<void> {
  const { items } = await cluster.core.listNamespacedPod({
    namespace: OWN_NAMESPACE,
    labelSelector: "app.kubernetes.io/name=web",
  });
  await cluster.core.deleteNamespacedPod({ name: items[0]?.metadata?.name ?? "", namespace: OWN_NAMESPACE });
}

/** Waits until the Service has that many ready endpoints, and all are pods of the newest template. */
async function endpoints(count: number): Promise<{ addresses: string[]; atUnixMs: number }> {
  for (;;) {
    const deployment = await cluster.apps.readNamespacedDeployment({ name: "web", namespace: OWN_NAMESPACE });
    const { items } = await cluster.core.listNamespacedPod({
      namespace: OWN_NAMESPACE,
      labelSelector: "app.kubernetes.io/name=web",
    });
    const isReady = (each: (typeof items)[number]) =>
      each.status?.conditions?.some((one) => one.type === "Ready" && one.status === "True");
    const ready = items.filter((each) => isReady(each) && !each.metadata?.deletionTimestamp);
    const { updatedReplicas = 0, observedGeneration } = deployment.status ?? {};
    const isRolledOut = updatedReplicas === count && observedGeneration === deployment.metadata?.generation;
    if (isRolledOut && ready.length === count && items.length === count) {
      return { addresses: ready.map((pod) => hostPort(pod.status?.podIP ?? "", 80)).sort(), atUnixMs: Date.now() };
    }
    await sleep(50);
  }
}

/** Waits until the path that chooses among endpoints itself leads to these; at most as long as it may take. */
async function followed(addresses: readonly string[], sinceUnixMs: number): Promise<void> {
  const path = paths.find((each) => each.name === "nginx-endpoints");
  const deadline = Date.now() + FOLLOWS_WITHIN_MS + SLOW_MACHINE_MS;
  while (Date.now() < deadline) {
    const last = (await path?.syncs?.(sinceUnixMs))?.syncs?.at(-1);
    if (String(last?.addresses) === String(addresses)) break;
    await sleep(100);
  }
  await sleep(RELOADED_MS);
}

const tried = (record: ProxyRecord) => record.upstreams.map((each) => each.error ?? each.status);

describe("the NGINX paths", () => {
  test("lead to the web workload, and their records are those of the requests", async () => {
    const { addresses } = await endpoints(1);
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

  test("answer 502 while pods go, say why, and the endpoints' one follows within its limit", async () => {
    const wanted: { addresses: string[]; atUnixMs: number }[] = [];
    const startedAtUnixMs = Date.now();
    const seen = await load(20, async () => {
      const steps = [() => scale(3), () => scale(1), restart];
      for (const [index, step] of steps.entries()) {
        await step();
        const now = await endpoints(index === 0 ? 3 : 1);
        wanted.push(now);
        await followed(now.addresses, startedAtUnixMs);
      }
    });
    for (const each of seen) expectToAddUp(each);

    const failed = (name: string) => tracedOn(seen, name).records.filter((record) => record.status !== 200);
    // The other one fails only where a pod goes sooner than NGINX is reloaded.
    expect(failed("nginx").length).toBeGreaterThan(0);
    for (const { status, upstreams } of [...failed("nginx"), ...failed("nginx-endpoints")]) {
      // A pod whose network is gone may not answer at all: NGINX gives up after 5 s, and the client after 8.
      const last = upstreams.at(-1)?.error;
      expect(status).toBe(last === null ? 499 : last === "timed out" ? 504 : 502);
      expect(upstreams.every((each) => each.status === null)).toBe(true);
      for (const { error } of last === null ? upstreams.slice(0, -1) : upstreams) {
        expect(["connection refused", "connection reset", "closed early", "unreachable", "timed out"]).toContain(error);
      }
    }
    expect(failed("nginx").flatMap(tried)).toContain("connection refused");
    expect(failed("nginx").every((record) => record.upstreams.length === 1)).toBe(true);

    const endpointsPath = paths.find((path) => path.name === "nginx-endpoints");
    const syncs = (await endpointsPath?.syncs?.(startedAtUnixMs))?.syncs ?? [];
    for (const { addresses, atUnixMs } of wanted) {
      const took = syncs.find((sync) => String(sync.addresses) === String(addresses));
      expect(took?.atUnixMs, `${addresses}`).toBeLessThan(atUnixMs + FOLLOWS_WITHIN_MS + SLOW_MACHINE_MS);
    }
    const gaps = syncs.slice(1).map((sync, index) => sync.atUnixMs - (syncs[index]?.atUnixMs ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThan(3_000);
  });

  test("tell that there is no endpoint", async () => {
    const sinceUnixMs = Date.now();
    await scale(0);
    await endpoints(0);
    await followed([], sinceUnixMs);
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
    const sinceUnixMs = Date.now();
    await followed((await endpoints(3)).addresses, 0);
    // One of three at a time: two that a failed try can go on to.
    const seen = await load(14, async () => {
      for (let count = 0; count < 2; count++) {
        await deleteOnePod();
        await followed((await endpoints(3)).addresses, sinceUnixMs);
      }
    });
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
    await endpoints(0);
    await followed([], 0);
    const { records } = tracedOn(await load(2), "nginx");
    expect(records.map(tried)).toContainEqual(["connection refused", "connection refused", "connection refused"]);
    for (const { upstreams } of records) expect(upstreams.length).toBeLessThanOrEqual(3);
  });
});
