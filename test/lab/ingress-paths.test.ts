import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { V1Pod, V1Service } from "@kubernetes/client-node";
import { NetworkingV1Api, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EnvironmentError, UsageError } from "../../runner/errors.ts";
import { type Lab, labDown, labIngress, labUp, loadImage } from "../../runner/lab/index.ts";
import { engineByName } from "../../runner/load/engines/registry.ts";
import { deployLoad } from "../../runner/load/load.ts";
import { constant } from "../../runner/load/schedule/profiles.ts";
import { TimelineLine } from "../../runner/node-worker/undici/timeline.ts";
import { deployAgents } from "../../runner/probes/agents.ts";
import { silent } from "../../runner/progress.ts";
import { type Cluster, openCluster } from "../../runner/target/cluster.ts";
import { execInPod } from "../../runner/target/exec.ts";
import { loadKubeconfig } from "../../runner/target/kubeconfig.ts";
import { apply, readManifest } from "../../runner/target/manifests.ts";
import { createNamespace, NAMESPACE } from "../../runner/workloads/namespace.ts";
import { classPaths, installedClasses } from "../../runner/workloads/paths/classes.ts";
import { readGatewayStatus } from "../../runner/workloads/paths/gateway.ts";
import type { Path, PathImages } from "../../runner/workloads/paths/path.ts";
import type { ProxyRecord } from "../../runner/workloads/paths/proxy-record.ts";
import { PATHS } from "../../runner/workloads/paths/registry.ts";
import { createRollingWeb } from "../../runner/workloads/rolling-web.ts";
import { differences, labsOnThisMachine, type MachineSnapshot, machineSnapshot } from "./machine-snapshot.ts";

const LAB = "test-ingress-paths";
const NAMES = ["envoy-sidecar", "ingress-traefik", "gateway-traefik"];
/** Traefik's providersThrottleDuration, and the time for an EndpointSlice to reach the watch. */
const FOLLOWS_WITHIN_MS = 2_000 + 1_500;

let folder: string;
let before: MachineSnapshot;
let lab: Lab;
let cluster: Cluster;
let images: PathImages;
let paths: Path[];
let round = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "packetwalk-ingress-paths-"));
  process.env.XDG_STATE_HOME = join(folder, "state");
  before = await machineSnapshot(await labsOnThisMachine());
  lab = await labUp({ name: LAB, nodes: 2, proxyMode: "iptables" }, silent);
  cluster = await openCluster(loadKubeconfig(lab.kubeconfigPath, undefined));
  images = { ...lab.images, nginx: lab.images.web, envoy: () => loadImage(LAB, "envoy", silent) };
  expect(await installedClasses(cluster)).toEqual([]);
  await labIngress(LAB, silent);
  await createNamespace(cluster);
  await deployAgents(cluster, lab.images.agent);
  await apply(cluster, readManifest<V1Service>("web", "Service"));
  await createRollingWeb(cluster, lab.images.web, async () => {});
  paths = await deployPaths(false);
});
afterAll(async () => {
  await labDown(LAB, silent);
  rmSync(folder, { recursive: true, force: true });
});

async function deployPaths(nextUpstream: boolean): Promise<Path[]> {
  const makers = { ...PATHS, ...(await classPaths(cluster, "all")) };
  const made: Path[] = [];
  for (const name of NAMES) {
    const path = await makers[name]?.(cluster, images, { nextUpstream });
    if (!path) throw new Error(`there is no path ${name}`);
    await path.ready();
    made.push(path);
  }
  return made;
}

interface Seen {
  readonly path: Path;
  readonly lines: TimelineLine[];
  readonly records: ProxyRecord[];
}

/** 20 requests a second through each path, GET and POST in turn, while `during` happens. */
async function load(seconds: number, during: () => Promise<void> = async () => {}): Promise<Seen[]> {
  const lines: TimelineLine[] = [];
  const engine = engineByName("undici");
  const [first, ...others] = paths.map(({ name, address, host, urlPath }) => ({ name, address, host, path: urlPath }));
  if (!first) throw new Error("there are no paths");
  const deployed = await deployLoad(cluster, {
    name: `load-${++round}`,
    engine,
    image: await loadImage(LAB, engine.image, silent),
    load: {
      model: "open",
      placement: "one-node",
      schedule: constant(20 * paths.length, seconds * 1_000),
      timeoutMs: 8_000,
      workers: 1,
    },
    targets: [first, ...others],
    methods: ["GET", "POST"],
    seed: 7,
    sliceMs: 250,
    gateTimeoutMs: 60_000,
    nodes: lab.nodes.slice(0, 1),
    podSysctls: [],
    onTimeline: (_worker, line) => lines.push(TimelineLine.parse(JSON.parse(line))),
  });
  const startAtUnixMs = Date.now() + 2_000;
  try {
    await deployed.start(startAtUnixMs);
    await sleep(startAtUnixMs - Date.now());
    await during();
    await deployed.end();
  } finally {
    await deployed.remove();
  }
  return Promise.all(
    paths.map(async (path): Promise<Seen> => {
      const { records, unseen } = await path.records(startAtUnixMs);
      expect(unseen, path.name).toEqual([]);
      return { path, lines: lines.filter((line) => line.to === path.name), records };
    }),
  );
}

/** Each request has one record, with the status that its user saw, or 499 where the user had given up. */
function expectToAddUp({ path: { name }, lines, records }: Seen): void {
  const statusOf = new Map(records.map((record) => [record.requestId, record.status]));
  expect(statusOf.size, `${name}: ids`).toBe(records.length);
  expect(records.length, `${name}: records`).toBe(lines.length);
  for (const line of lines) expect(statusOf.get(`${line.to}-0-${line.n}`), `${name}-0-${line.n}`).toBe(line.st ?? 499);
}

async function webPods(): Promise<V1Pod[]> {
  const { items } = await cluster.core.listNamespacedPod({
    namespace: NAMESPACE,
    labelSelector: "app.kubernetes.io/name=web",
  });
  return items.filter((pod) => !pod.metadata?.deletionTimestamp);
}

/** Its container ends at once, and is started again in the same pod. */
async function stopNginx(pod: V1Pod | undefined): Promise<void> {
  const at = { namespace: NAMESPACE, pod: pod?.metadata?.name ?? "", container: "web" };
  await execInPod(cluster, at, ["nginx", "-s", "stop"], { timeoutMs: 10_000 }).catch((error: unknown) => {
    // The container may be gone before it is told how the command ended.
    if (!(error instanceof EnvironmentError)) throw error;
  });
}

async function scale(replicas: number): Promise<void> {
  await cluster.apps.patchNamespacedDeploymentScale(
    { name: "web", namespace: NAMESPACE, body: { spec: { replicas } } },
    setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
  );
}

const isReady = (pod: V1Pod) => pod.status?.conditions?.some((each) => each.type === "Ready" && each.status === "True");
const addressOf = (pod: V1Pod | undefined) => `${pod?.status?.podIP}:80`;

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
    expect(Object.keys(await classPaths(cluster, ["traefik"]))).toEqual(["ingress-traefik", "gateway-traefik"]);
    expect(Object.keys(await classPaths(cluster, ["gateway-traefik"]))).toEqual(["gateway-traefik"]);
    await expect(classPaths(cluster, ["gateway-traefik", "nginx"])).rejects.toThrow(
      new UsageError(
        'the cluster has no IngressClass or GatewayClass for "nginx" (it has: ingress-traefik, gateway-traefik)',
      ),
    );
  });
});

describe("a class that nobody serves", () => {
  test("is one sentence", async () => {
    const ingressClass = { metadata: { name: "nobody" }, spec: { controller: "example.com/nobody" } };
    const networking = cluster.kubeconfig.makeApiClient(NetworkingV1Api);
    await networking.createIngressClass({ body: ingressClass });
    const { "ingress-nobody": make } = await classPaths(cluster, ["nobody"]);
    await expect(make?.(cluster, images, { nextUpstream: false })).rejects.toThrow(
      new EnvironmentError(
        "path ingress-nobody: the cluster gave the Ingress object no IP address, and packetwalk does not know the Service of its controller example.com/nobody",
      ),
    );
  });
});

describe("the paths through Envoy and Traefik", () => {
  test("lead to the web workload, and their records are those of the requests", async () => {
    const [pod] = await webPods();
    const seen = await load(3);
    expect(seen.map(({ path }) => path.proxy.replace(/\d+\.\d+\.\d+/, "X"))).toEqual([
      "Envoy X, the calling pod's sidecar",
      "Traefik X, Ingress",
      "Traefik X, Gateway API",
    ]);
    for (const each of seen) {
      expectToAddUp(each);
      expect(each.path.nodes).toHaveLength(1);
      expect(each.lines.length).toBe(60);
      expect(each.lines.filter((line) => line.out !== "ok")).toEqual([]);
      for (const { upstreams } of each.records) {
        expect(upstreams).toMatchObject([{ address: addressOf(pod), status: 200, error: null }]);
      }
    }
  });

  test("show the pod whose process ended, and why its requests failed", async () => {
    const [pod] = await webPods();
    const seen = await load(8, async () => {
      await sleep(2_000);
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
    const seen = await load(10, async () => {
      await sleep(1_000);
      await cluster.core.deleteNamespacedPod({ name: old?.metadata?.name ?? "", namespace: NAMESPACE });
      await sleep(FOLLOWS_WITHIN_MS);
    });
    const [next] = await webPods();
    for (const each of seen) {
      expectToAddUp(each);
      const last = each.records.reduce((a, b) => (a.endedAtUnixMs > b.endedAtUnixMs ? a : b));
      expect(last.upstreams, each.path.name).toMatchObject([{ address: addressOf(next), status: 200 }]);
      expect(each.records.flatMap(({ upstreams }) => upstreams.map((one) => one.error))).not.toContain("failed");
    }
    for (const path of paths) {
      const syncs = (await path.syncs?.(startedAtUnixMs)) ?? [];
      expect(syncs[0]?.addresses, path.name).toEqual([addressOf(old)]);
      expect(syncs.at(-1)?.addresses, path.name).toEqual([addressOf(next)]);
    }
  });

  test("count the tries that Envoy hides where it is told to", async () => {
    paths = await deployPaths(true);
    await scale(2);
    await expect.poll(async () => (await webPods()).filter(isReady).length, { timeout: 60_000 }).toBe(2);
    await sleep(FOLLOWS_WITHIN_MS);
    const [pod] = await webPods();
    const [envoy] = await load(8, async () => {
      await sleep(2_000);
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

test("the machine is as before once the lab is down", async () => {
  await labDown(LAB, silent);
  await expect
    .poll(async () => differences(before, await machineSnapshot(await labsOnThisMachine())), { timeout: 20_000 })
    .toEqual([]);
});
