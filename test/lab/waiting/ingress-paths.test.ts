import { setTimeout as sleep } from "node:timers/promises";
import { NetworkingV1Api, type V1Pod } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Cluster } from "../../../runner/cluster/cluster.ts";
import { execInPod } from "../../../runner/cluster/exec.ts";
import { createNamespace } from "../../../runner/cluster/namespace.ts";
import { OWN_NAMESPACE } from "../../../runner/cluster/own-namespace.ts";
import { isPodReady } from "../../../runner/cluster/pods.ts";
import { setReplicas } from "../../../runner/cluster/replicas.ts";
import type { Delivery } from "../../../runner/delivery/delivery.ts";
import { EnvironmentError, UsageError } from "../../../runner/errors.ts";
import { hostPort } from "../../../runner/host-port.ts";
import { type Lab, labIngress, loadImage } from "../../../runner/lab/index.ts";
import { type Agents, deployAgents } from "../../../runner/probes/agents.ts";
import { silent } from "../../../runner/progress.ts";
import { places } from "../../../runner/workloads/places.ts";
import { deployWebService } from "../../../runner/workloads/web.ts";
import { installedClasses, makersOf } from "../../../suites/rolling-update/stage/paths/classes.ts";
import { readGatewayStatus } from "../../../suites/rolling-update/stage/paths/gateway.ts";
import type { Path, PathImages } from "../../../suites/rolling-update/stage/paths/path.ts";
import { PATHS } from "../../../suites/rolling-update/stage/paths/registry.ts";
import { createRollingWeb, rollingWeb } from "../../../suites/rolling-update/stage/rolling-web.ts";
import { whileHolding } from "../hold.ts";
import { SHARED_LAB } from "../names.ts";
import { sharedLab } from "../shared-lab.ts";
import { expectToAddUp, type Traced, tracedLoad } from "../traced-load.ts";

const testing = sharedLab();
const NAMES = ["envoy-sidecar", "ingress-traefik", "gateway-traefik"];

let lab: Lab;
let cluster: Cluster;
let delivery: Delivery;
let images: PathImages;
let agents: Agents;
let paths: Path[];

beforeAll(async () => {
  ({ lab, cluster, delivery } = await testing.open());
  images = {
    web: lab.images.web,
    nginx: lab.images.web,
    delivery,
    envoy: () => loadImage(SHARED_LAB, "envoy", silent),
  };
  await labIngress(SHARED_LAB, silent);
  await createNamespace(cluster);
  agents = await deployAgents(cluster, delivery, lab.nodes);
  await deployWebService(cluster);
  await createRollingWeb(cluster, lab.images.web, async () => {});
  paths = await deployPaths(false);
});
afterAll(() => testing.leave());

async function deployPaths(nextUpstream: boolean): Promise<Path[]> {
  const makers = { ...PATHS, ...makersOf(await installedClasses(cluster), "all") };
  return Promise.all(
    NAMES.map(async (name) => {
      const path = await makers[name]?.(cluster, images, { nextUpstream, places: places(lab.nodes) });
      if (!path) throw new Error(`there is no path ${name}`);
      await path.ready(agents);
      return path;
    }),
  );
}

const load = (seconds: number, during?: () => Promise<void>): Promise<Traced[]> =>
  tracedLoad({ lab, cluster, delivery, paths, perSecond: 20, seconds }, during);

async function webPods(): Promise<V1Pod[]> {
  const { items } = await cluster.core.listNamespacedPod({
    namespace: OWN_NAMESPACE,
    labelSelector: "app.kubernetes.io/name=web",
  });
  return items.filter((pod) => !pod.metadata?.deletionTimestamp);
}

/** Its container ends at once, and is started again in the same pod. */
async function stopNginx(pod: V1Pod | undefined): Promise<void> {
  const at = { namespace: OWN_NAMESPACE, pod: pod?.metadata?.name ?? "", container: "web" };
  await execInPod(cluster, at, ["nginx", "-s", "stop"], { timeoutMs: 10_000 }).catch((error: unknown) => {
    // The container may be gone before it is told how the command ended.
    if (!(error instanceof EnvironmentError)) throw error;
  });
}

const scale = (replicas: number) => setReplicas(cluster, rollingWeb(cluster), replicas);

const addressOf = (pod: V1Pod | undefined) => hostPort(pod?.status?.podIP ?? "", 80);

/** Waits until every path leads to these pods. */
async function followed(pods: readonly V1Pod[]): Promise<void> {
  const wanted = pods.map(addressOf).sort();
  for (const path of paths) {
    const last = async () => [...((await path.syncs?.(Date.now()))?.syncs?.at(-1)?.addresses ?? ["not known"])].sort();
    await expect.poll(last, { timeout: 180_000, message: path.name }).toEqual(wanted);
  }
}

describe("the cluster's classes", () => {
  test("are found with their controllers, and their objects accepted", async () => {
    expect(await installedClasses(cluster)).toEqual([
      { kind: "ingress", name: "traefik", controller: "traefik.io/ingress-controller" },
      { kind: "gateway", name: "traefik", controller: "traefik.io/gateway-controller" },
    ]);
    const { conditions } = await readGatewayStatus(cluster, "gateway-traefik");
    for (const type of ["Accepted", "Programmed"]) {
      expect(conditions).toContainEqual(expect.objectContaining({ type, status: "True" }));
    }
  });

  test("can be chosen by their names or their paths' names; one that is not there is one sentence", async () => {
    const installed = await installedClasses(cluster);
    expect(Object.keys(makersOf(installed, ["traefik"]))).toEqual(["ingress-traefik", "gateway-traefik"]);
    expect(Object.keys(makersOf(installed, ["gateway-traefik"]))).toEqual(["gateway-traefik"]);
    expect(() => makersOf(installed, ["gateway-traefik", "nginx"])).toThrow(
      new UsageError(
        'the cluster has no IngressClass or GatewayClass for "nginx" (it has: ingress-traefik, gateway-traefik)',
      ),
    );
  });
});

describe("a class that nobody serves", () => {
  test("is one sentence", () =>
    whileHolding("ingress-classes", async () => {
      const ingressClass = { metadata: { name: "nobody" }, spec: { controller: "example.com/nobody" } };
      const networking = cluster.kubeconfig.makeApiClient(NetworkingV1Api);
      await networking.createIngressClass({ body: ingressClass });
      try {
        const { "ingress-nobody": make } = makersOf(await installedClasses(cluster), ["nobody"]);
        await expect(make?.(cluster, images, { nextUpstream: false, places: places(lab.nodes) })).rejects.toThrow(
          new EnvironmentError(
            "path ingress-nobody: the cluster gave the Ingress object no IP address, and packetwalk does not know the Service of its controller example.com/nobody",
          ),
        );
      } finally {
        await networking.deleteIngressClass({ name: "nobody" });
      }
    }));
});

describe("the paths through Envoy and Traefik", () => {
  test("lead to the web workload, and their records are those of the requests", async () => {
    const [pod] = await webPods();
    const seen = await load(2);
    expect(seen.map(({ path }) => path.proxy.replace(/\d+\.\d+\.\d+/, "X"))).toEqual([
      "Envoy X, the calling pod's sidecar",
      "Traefik X, Ingress",
      "Traefik X, Gateway API",
    ]);
    for (const each of seen) {
      expectToAddUp(each);
      expect(each.path.nodes).toHaveLength(1);
      expect(each.lines.length).toBe(40);
      expect(each.lines.filter((line) => line.out !== "ok")).toEqual([]);
      for (const { upstreams } of each.records) {
        expect(upstreams).toMatchObject([{ address: addressOf(pod), status: 200, error: null }]);
      }
    }
  });

  test("show the pod whose process ended, and why its requests failed", async () => {
    const [pod] = await webPods();
    const seen = await load(5, async () => {
      await sleep(1_000);
      await stopNginx(pod);
    });
    for (const each of seen) {
      expectToAddUp(each);
      const failed = each.records.filter((record) => record.status !== 200);
      const tries = failed.flatMap(({ upstreams }) => upstreams);
      expect(tries, each.path.name).toContainEqual(
        expect.objectContaining({ address: addressOf(pod), status: null, error: "connection refused" }),
      );
      expect(failed.map((record) => record.status)).toContain(each.path.name === "envoy-sidecar" ? 503 : 502);
      expect(tries.map((one) => one.error)).not.toContain("failed");
    }
  });

  test("show a rollout, and from when a proxy leads to the new pod", async () => {
    const [old] = await webPods();
    const startedAtUnixMs = Date.now();
    const meanwhile = await load(6, async () => {
      await sleep(1_000);
      await cluster.core.deleteNamespacedPod({ name: old?.metadata?.name ?? "", namespace: OWN_NAMESPACE });
    });
    await expect.poll(async () => (await webPods()).map(isPodReady), { timeout: 180_000 }).toEqual([true]);
    const [next] = await webPods();
    await followed(next ? [next] : []);
    const afterwards = await load(2);
    for (const each of [...meanwhile, ...afterwards]) {
      expectToAddUp(each);
      expect(each.records.flatMap(({ upstreams }) => upstreams.map((one) => one.error))).not.toContain("failed");
    }
    for (const each of afterwards) {
      const last = each.records.reduce((a, b) => (a.endedAtUnixMs > b.endedAtUnixMs ? a : b));
      expect(last.upstreams, each.path.name).toMatchObject([{ address: addressOf(next), status: 200 }]);
    }
    for (const path of paths) {
      const syncs = (await path.syncs?.(startedAtUnixMs))?.syncs ?? [];
      expect(syncs[0]?.addresses, path.name).toEqual([addressOf(old)]);
      expect(syncs.at(-1)?.addresses, path.name).toEqual([addressOf(next)]);
    }
  });

  test("count the tries that Envoy hides where it is told to", async () => {
    paths = await deployPaths(true);
    await scale(2);
    await expect.poll(async () => (await webPods()).filter(isPodReady).length, { timeout: 180_000 }).toBe(2);
    const pods = await webPods();
    await followed(pods);
    const [pod] = pods;
    const [envoy] = await load(5, async () => {
      await sleep(1_000);
      await stopNginx(pod);
    });
    if (!envoy) throw new Error("no path");
    expectToAddUp(envoy);
    expect(envoy.path.retries).toEqual({ tries: 3, on: "connect-failure, reset, 503" });
    expect(envoy.lines.filter((line) => line.out !== "ok")).toEqual([]);
    const retried = envoy.records.filter(({ upstreams }) => upstreams.length > 1);
    expect(retried.length).toBeGreaterThan(0);
    for (const { upstreams } of retried) {
      expect(upstreams[0]).toMatchObject({ address: addressOf(pod), status: null });
      // Refused when it had stopped, cut when it stopped in the middle.
      expect(["connection refused", "closed early"]).toContain(upstreams[0]?.error);
      expect(upstreams.at(-1)).toMatchObject({ status: 200, error: null });
    }
  });
});
