import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { V1Pod } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { labDown, labUp, loadImage } from "../../runner/lab/index.ts";
import { type Agents, deployAgents } from "../../runner/probes/agents.ts";
import { type CoreDnsGrowth, grown, readCoreDns } from "../../runner/probes/coredns.ts";
import { silent } from "../../runner/progress.ts";
import { type Cluster, openCluster } from "../../runner/target/cluster.ts";
import { execInPod } from "../../runner/target/exec.ts";
import { loadKubeconfig } from "../../runner/target/kubeconfig.ts";
import { waitFor } from "../../runner/target/wait.ts";
import { CLUSTER_FIRST, podDns, type ResolverOptions } from "../../runner/workloads/dns/client.ts";
import { type ClusterObject, deleteClusterObject } from "../../runner/target/cluster-objects.ts";
import {
  type DnsOptions,
  type DnsServer,
  deployDns,
  grantDnsAccess,
  USUAL_DNS,
} from "../../runner/workloads/dns/server.ts";
import {
  askedBetween,
  deployUpstream,
  NO_FAULTS,
  type Upstream,
  type UpstreamCount,
} from "../../runner/workloads/dns/upstream.ts";
import { createNamespace, deleteNamespace, NAMESPACE } from "../../runner/workloads/namespace.ts";
import { deployWebService } from "../../runner/workloads/web.ts";

const LAB = "test-dns";
const ZONE = {
  origin: "shop.test",
  ttlSeconds: 30,
  records: { "api.shop.test": ["192.0.2.1", "2001:db8::1"], "shop.test": ["192.0.2.2"], "*.any.test": ["192.0.2.3"] },
};
let folder: string;
let cluster: Cluster;
let agents: Agents;
let upstream: Upstream;
const clusterObjects: ClusterObject[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "packetwalk-dns-"));
  process.env.XDG_STATE_HOME = join(folder, "state");
  const lab = await labUp({ name: LAB, nodes: 2, proxyMode: "iptables" }, silent);
  cluster = await openCluster(loadKubeconfig(lab.kubeconfigPath, undefined));
  await createNamespace(cluster);
  agents = await deployAgents(cluster, lab.images.agent);
  await deployWebService(cluster);
  await grantDnsAccess(cluster, (object) => clusterObjects.push(object));
  upstream = await deployUpstream(cluster, lab.images.agent, ZONE);
});
afterAll(async () => {
  await labDown(LAB, silent);
  rmSync(folder, { recursive: true, force: true });
});

async function dns(changes: Partial<DnsOptions> = {}): Promise<DnsServer> {
  const options = { ...USUAL_DNS, ...changes };
  return deployDns(cluster, agents, {
    image: await loadImage(LAB, "coredns", silent),
    upstream: upstream.clusterIp,
    options,
  });
}

/** A pod with this resolver configuration; resolves to its name. */
async function resolverPod(name: string, server: string, resolver: Partial<ResolverOptions> = {}): Promise<string> {
  const pod: V1Pod = parse(readFileSync(fileURLToPath(new URL("fixtures/resolver.yaml", import.meta.url)), "utf8"));
  const [container] = pod.spec?.containers ?? [];
  if (!pod.spec || !container) throw new Error("the fixture has no container");
  pod.metadata = { ...pod.metadata, name };
  container.image = await loadImage(LAB, "resolver", silent);
  Object.assign(pod.spec, podDns(server, { ...CLUSTER_FIRST, ...resolver }));
  await cluster.core.createNamespacedPod({ namespace: NAMESPACE, body: pod });
  return waitFor(
    `pod ${name}`,
    async () => {
      const { status } = await cluster.core.readNamespacedPod({ namespace: NAMESPACE, name });
      return status?.phase === "Running" ? name : undefined;
    },
    { timeoutMs: 60_000 },
  );
}

async function removePod(name: string): Promise<void> {
  await cluster.core.deleteNamespacedPod({ namespace: NAMESPACE, name, gracePeriodSeconds: 0 });
}

interface Found {
  readonly resolver: string;
  readonly resolvConf: string;
  readonly lookups: ReadonlyArray<{ scheduled: number; outcomes: Record<string, number>; over4900Ms: number }>;
}

async function lookUp(pod: string, libc: "glibc" | "musl", name: string, times: number): Promise<Found> {
  const at = { namespace: NAMESPACE, pod, container: "resolver" };
  const what = ["--count", String(times), "--name", name, "--helper", `/lookup-${libc}`, "--resolver", libc];
  const ran = await execInPod(cluster, at, ["/packetwalk-agent", "lookups", ...what], { timeoutMs: 60_000 });
  expect(ran.stderr).toBe("");
  return JSON.parse(ran.stdout);
}

interface Counted {
  readonly found: Found;
  readonly server: CoreDnsGrowth;
  readonly upstream: readonly UpstreamCount[];
}

/** What so many look-ups of a name come to, at CoreDNS and at its upstream. */
async function count(
  server: DnsServer,
  pod: string,
  libc: "glibc" | "musl",
  name: string,
  times = 20,
): Promise<Counted> {
  const [before, asked] = await Promise.all([readCoreDns(cluster, agents, server.pods), upstream.counts()]);
  const found = await lookUp(pod, libc, name, times);
  const [after, askedThen] = await Promise.all([readCoreDns(cluster, agents, server.pods), upstream.counts()]);
  const [growth] = grown(before, after);
  if (!growth) throw new Error("CoreDNS has no counters");
  return { found, server: growth, upstream: askedBetween(asked, askedThen) };
}

const REQUEST = { A: 20, AAAA: 20 };
const times = (tries: number) => ({ A: REQUEST.A * tries, AAAA: REQUEST.AAAA * tries });

describe("as usual", () => {
  let server: DnsServer;
  beforeAll(async () => {
    server = await dns();
    for (const ndots of [5, 2]) await resolverPod(`ndots-${ndots}`, server.clusterIp, { ndots });
  });
  afterAll(async () => {
    for (const ndots of [5, 2]) await removePod(`ndots-${ndots}`);
  });

  test.each([
    ["glibc", 5, "web", 1, "ok"],
    ["glibc", 5, "kubernetes.default", 2, "ok"],
    ["glibc", 5, "kubernetes.default.svc", 3, "ok"],
    ["glibc", 5, "kubernetes.default.svc.cluster.local", 4, "ok"],
    ["glibc", 5, "api.shop.test", 4, "ok"],
    ["glibc", 5, "api.shop.test.", 1, "ok"],
    ["glibc", 5, "shop.test", 4, "ok"],
    ["glibc", 5, "missing.shop.test", 4, "dns-nxdomain"],
    ["glibc", 2, "api.shop.test", 1, "ok"],
    ["glibc", 2, "kubernetes.default.svc", 4, "ok"],
    ["musl", 5, "api.shop.test", 4, "ok"],
    ["musl", 2, "api.shop.test", 1, "ok"],
    ["musl", 2, "kubernetes.default.svc", 1, "dns-nxdomain"],
  ] as const)("%s, ndots %d: %s is tried as so many names: %d", async (libc, ndots, name, tries, outcome) => {
    const { found, server: counted } = await count(server, `ndots-${ndots}`, libc, name);
    expect(found.resolvConf).toContain(`ndots:${ndots}`);
    expect(found.lookups[0]?.outcomes).toMatchObject({ [outcome]: 20 });
    expect(counted.requests).toEqual(times(tries));
    expect(counted.restarted).toBe(false);
    const missed = outcome === "ok" ? tries - 1 : tries;
    expect(counted.responses.NXDOMAIN ?? 0).toBe(40 * missed);
  });

  test("a cache spares the upstream repeated names, and no others", async () => {
    const repeated = await count(server, "ndots-2", "glibc", "api.shop.test");
    expect(repeated.upstream.reduce((sum, { queries }) => sum + queries, 0)).toBeLessThanOrEqual(2);
    const unique = await count(server, "ndots-2", "glibc", "x{n}.any.test");
    expect(unique.upstream).toHaveLength(40);
    expect(unique.server.forwarded).toEqual({ NOERROR: 40 });
  });

  test("a slow upstream is waited for, a lossy one costs whole timeouts", async () => {
    await upstream.setFaults({ ...NO_FAULTS, delayMs: 50 });
    const slow = await timed(() => count(server, "ndots-2", "glibc", "slow{n}.any.test", 5));
    expect(slow.tookMs).toBeGreaterThan(5 * 50);
    await upstream.setFaults({ ...NO_FAULTS, loss: 1 });
    const lossy = await count(server, "ndots-2", "glibc", "lost{n}.any.test", 1);
    expect(lossy.found.lookups[0]).toMatchObject({ over4900Ms: 1 });
    expect(lossy.upstream.every(({ lost, queries }) => lost === queries)).toBe(true);
    await upstream.setFaults(NO_FAULTS);
  });
});

describe("changed", () => {
  test("with autopath the first suffix brings the answer", async () => {
    const server = await dns({ autopath: true });
    await resolverPod("autopath", server.clusterIp);
    await waitFor(
      "CoreDNS to know the pod",
      async () => {
        const { server: counted } = await count(server, "autopath", "glibc", "api.shop.test", 1);
        return counted.autopathAnswers > 0 ? true : undefined;
      },
      { timeoutMs: 20_000, intervalMs: 250 },
    );
    for (const libc of ["glibc", "musl"] as const) {
      const { found, server: counted } = await count(server, "autopath", libc, "api.shop.test");
      expect(found.lookups[0]?.outcomes).toMatchObject({ ok: 20 });
      expect(counted.requests).toEqual(times(1));
    }
    await removePod("autopath");
  });

  test("more at once than max_concurrent are refused, and counted", async () => {
    const server = await dns({ maxConcurrent: 2 });
    await resolverPod("bounded", server.clusterIp, { ndots: 1 });
    await upstream.setFaults({ ...NO_FAULTS, delayMs: 300 });
    const before = await readCoreDns(cluster, agents, server.pods);
    const found = await Promise.all(
      Array.from({ length: 8 }, (_, index) => lookUp("bounded", "glibc", `b${index}-{n}.any.test`, 2)),
    );
    const [growth] = grown(before, await readCoreDns(cluster, agents, server.pods));
    expect(growth?.maxConcurrentRejects).toBeGreaterThan(0);
    expect(growth?.responses.REFUSED).toBe(growth?.maxConcurrentRejects);
    const failed = found.flatMap(({ lookups }) => lookups.map(({ outcomes }) => outcomes["dns-servfail"] ?? 0));
    expect(failed.reduce((sum, each) => sum + each, 0)).toBeGreaterThan(0);
    await upstream.setFaults(NO_FAULTS);
    await removePod("bounded");
  });

  test("a CPU limit's effect is read from the kernel", async () => {
    const server = await dns({ cpuLimit: "20m", replicas: 1 });
    await resolverPod("limited", server.clusterIp);
    const { server: counted } = await count(server, "limited", "glibc", "api.shop.test", 100);
    expect(counted.throttling?.throttled).toBeGreaterThan(0);
    expect(counted.throttling?.throttledMs).toBeGreaterThan(0);
    await removePod("limited");
  });
});

test("nothing stays outside the namespace", async () => {
  expect(clusterObjects.map(({ kind }) => kind)).toEqual(["ClusterRole", "ClusterRoleBinding"]);
  for (const object of clusterObjects) await deleteClusterObject(cluster, object);
  for (const object of clusterObjects) {
    const read = cluster.objects.read({ ...object, metadata: { name: object.name } });
    await expect(read).rejects.toThrow(/404|not found/);
  }
  await deleteNamespace(cluster);
});

async function timed<T>(work: () => Promise<T>): Promise<{ value: T; tookMs: number }> {
  const startedMs = performance.now();
  const value = await work();
  return { value, tookMs: performance.now() - startedMs };
}
