import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { V1Pod } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { Cluster } from "../../runner/cluster/cluster.ts";
import { type ClusterObject, deleteClusterObject } from "../../runner/cluster/cluster-objects.ts";
import { execInPod } from "../../runner/cluster/exec.ts";
import { createNamespace, deleteNamespace } from "../../runner/cluster/namespace.ts";
import { OWN_NAMESPACE } from "../../runner/cluster/own-namespace.ts";
import { waitFor } from "../../runner/cluster/wait.ts";
import type { Delivery } from "../../runner/delivery/delivery.ts";
import { AGENT, programPath } from "../../runner/delivery/programs.ts";
import { runRollouts } from "../../runner/faults/rollouts.ts";
import type { RanStep } from "../../runner/faults/types.ts";
import { loadImage } from "../../runner/lab/index.ts";
import { deployLoad } from "../../runner/load/load.ts";
import { constant } from "../../runner/load/schedule/profiles.ts";
import { type Agents, deployAgents } from "../../runner/probes/agents.ts";
import { silent } from "../../runner/progress.ts";
import { places } from "../../runner/workloads/places.ts";
import { deployWebService } from "../../runner/workloads/web.ts";
import { type CoreDnsGrowth, grown } from "../../suites/dns-storm/analysis/coredns-counters.ts";
import { chainRecords, deployChain } from "../../suites/dns-storm/stage/dns/chain.ts";
import { clusterFirst, podDns, type ResolverOptions } from "../../suites/dns-storm/stage/dns/client.ts";
import { deployNodeLocalDns } from "../../suites/dns-storm/stage/dns/node-local.ts";
import { deletePods } from "../../suites/dns-storm/stage/dns/ready-pods.ts";
import {
  type DnsOptions,
  type DnsServer,
  deployDns,
  grantDnsAccess,
  USUAL_DNS,
} from "../../suites/dns-storm/stage/dns/server.ts";
import {
  askedBetween,
  deployUpstream,
  NO_FAULTS,
  type Upstream,
  type UpstreamCount,
} from "../../suites/dns-storm/stage/dns/upstream.ts";
import { deployDnsperf } from "../../suites/dns-storm/stage/dnsperf/run.ts";
import { dnsDeployment, dnsSteps } from "../../suites/dns-storm/stage/faults.ts";

import { type ChainReport, chain } from "../../suites/dns-storm/stage/load/chain.ts";
import { type LookupReport, lookups } from "../../suites/dns-storm/stage/load/lookups.ts";
import { readCoreDns } from "../../suites/dns-storm/stage/probes/coredns.ts";
import { NODE_LOCAL_ADDRESS } from "../../suites/dns-storm/tunings.ts";
import { whileHolding } from "./hold.ts";
import { SHARED_LAB } from "./names.ts";
import { sharedLab } from "./shared-lab.ts";

const testing = sharedLab();
const ZONE = {
  origin: "shop.test",
  ttlSeconds: 30,
  records: { "api.shop.test": ["192.0.2.1", "2001:db8::1"], "shop.test": ["192.0.2.2"], "*.any.test": ["192.0.2.3"] },
};
let cluster: Cluster;
let delivery: Delivery;
let agents: Agents;
let upstream: Upstream;
const clusterObjects: ClusterObject[] = [];

beforeAll(async () => {
  const opened = await testing.open();
  ({ cluster, delivery } = opened);
  await createNamespace(cluster);
  agents = await deployAgents(cluster, delivery, opened.lab.nodes);
  await deployWebService(cluster);
  await grantDnsAccess(cluster, (object) => clusterObjects.push(object));
  upstream = await deployUpstream(cluster, delivery, ZONE);
});
afterAll(() => testing.leave());

async function dns(changes: Partial<DnsOptions> = {}): Promise<DnsServer> {
  const options = { ...USUAL_DNS, ...changes };
  return deployDns(cluster, agents, {
    image: await loadImage(SHARED_LAB, "coredns", silent),
    upstream: upstream.clusterIp,
    options,
    places: places(agents.nodes),
  });
}

/** A pod with this resolver configuration; resolves to its name. */
async function resolverPod(name: string, server: string, resolver: Partial<ResolverOptions> = {}): Promise<string> {
  const pod: V1Pod = parse(readFileSync(fileURLToPath(new URL("fixtures/resolver.yaml", import.meta.url)), "utf8"));
  const [container] = pod.spec?.containers ?? [];
  if (!pod.spec || !container) throw new Error("the fixture has no container");
  pod.metadata = { ...pod.metadata, name };
  container.image = await loadImage(SHARED_LAB, "debian", silent);
  Object.assign(pod.spec, podDns(server, { ...clusterFirst(OWN_NAMESPACE), ...resolver }));
  await delivery.equip(pod.spec, ["agent", "lookup-glibc", "lookup-musl"]);
  await cluster.core.createNamespacedPod({ namespace: OWN_NAMESPACE, body: pod });
  return waitFor(
    `pod ${name}`,
    async () => {
      const { status } = await cluster.core.readNamespacedPod({ namespace: OWN_NAMESPACE, name });
      return status?.phase === "Running" ? name : undefined;
    },
    { timeoutMs: 120_000 },
  );
}

async function removePod(name: string): Promise<void> {
  await cluster.core.deleteNamespacedPod({ namespace: OWN_NAMESPACE, name, gracePeriodSeconds: 0 });
}

interface Found {
  readonly resolver: string;
  readonly resolvConf: string;
  readonly lookups: ReadonlyArray<{ scheduled: number; outcomes: Record<string, number>; over4900Ms: number }>;
}

async function lookUp(pod: string, libc: "glibc" | "musl", name: string, times: number): Promise<Found> {
  const at = { namespace: OWN_NAMESPACE, pod, container: "resolver" };
  const how = ["--count", "--helper", programPath(`lookup-${libc}`), "--resolver", libc];
  const stdin = `${JSON.stringify({ name, times })}\n\n`;
  const ran = await execInPod(cluster, at, [AGENT, "lookups", ...how], { stdin, timeoutMs: 60_000 });
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
      { timeoutMs: 120_000, intervalMs: 250 },
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

describe("a storm", () => {
  const NAMES = [
    { kind: "short", name: "web" },
    { kind: "external", name: "api.shop.test" },
    { kind: "external", name: "x{n}.any.test" },
    { kind: "missing", name: "missing.shop.test" },
  ] as const;
  const RESOLVERS = ["glibc", "musl", "node", "node-c-ares"] as const;

  /** Look-ups of all the names in turn, by every resolver at once. */
  async function storm(server: DnsServer, during: (startUnixMs: number) => Promise<unknown> = async () => {}) {
    const nodes = agents.nodes;
    const reports: LookupReport[] = [];
    const loads = await Promise.all(
      RESOLVERS.map(async (resolver) => {
        const engine = lookups(resolver);
        return deployLoad(cluster, {
          name: `storm-${resolver}`,
          engine,
          task: { names: NAMES },
          image: await loadImage(SHARED_LAB, engine.image, silent),
          delivery,
          load: { model: "open", placement: "all-nodes", schedule: constant(40, 4_000), timeoutMs: 8_000, workers: 1 },
          seed: 1,
          sliceMs: 250,
          gateTimeoutMs: 180_000,
          nodes,
          podSysctls: [],
          dns: podDns(server.clusterIp, clusterFirst(OWN_NAMESPACE)),
          onReport: (_, report) => reports.push(report),
        });
      }),
    );
    try {
      const before = await readCoreDns(cluster, agents, server.pods);
      const startUnixMs = Date.now() + 3_000;
      await Promise.all(loads.map((load) => load.start(startUnixMs)));
      const [ends] = await Promise.all([Promise.all(loads.map((load) => load.end())), during(startUnixMs)]);
      const growth = grown(before, await readCoreDns(cluster, agents, server.pods));
      for (const { lost, merged } of ends) {
        expect(lost).toEqual([]);
        expect(Object.values(merged.outcomes).reduce((sum, each) => sum + each, 0)).toBe(merged.scheduled);
      }
      return { growth, of: (resolver: string) => reports.find((report) => report.resolver === resolver) };
    } finally {
      await Promise.all(loads.map((load) => load.remove()));
    }
  }

  test("by every resolver: each look-up ends in one outcome, and CoreDNS counts the queries of all of them", async () => {
    const server = await dns();
    const { growth, of } = await storm(server);
    let waited = 0;
    for (const resolver of RESOLVERS) {
      const report = of(resolver);
      expect(report?.resolvConf).toContain(`nameserver ${server.clusterIp}`);
      for (const { kind, scheduled, outcomes, over4900Ms } of report?.lookups ?? []) {
        // c-ares knows no search list, and so no name of the cluster that is not whole.
        const isFound = kind === "external" || (kind === "short" && resolver !== "node-c-ares");
        // On a machine that is busy with other things an answer may be later than its resolver waits.
        const {
          "dns-timeout": late = 0,
          "dns-servfail": failed = 0,
          [isFound ? "ok" : "dns-nxdomain"]: asItIs = 0,
        } = outcomes;
        expect(asItIs + late + failed, `${resolver} ${kind}: ${JSON.stringify(outcomes)}`).toBe(scheduled);
        waited += over4900Ms + late + failed;
      }
    }
    // 40 look-ups of each name: 1 + 4 + 4 + 4 names tried, A and AAAA; c-ares tries each name as it is.
    const queries = 40 * (3 * (1 + 4 + 4 + 4) + 4);
    // Who waited in vain asks again, or gives up.
    if (waited === 0) expect(growth[0]?.requests).toEqual({ A: queries, AAAA: queries });
    expect(growth[0]?.cpuSeconds).toBeGreaterThan(0);
  });

  test("with a pod killed in its middle: look-ups fail or wait, and the pod is seen to have begun anew", async () => {
    const server = await dns({ replicas: 2 });
    let steps: readonly RanStep[] = [];
    const { growth, of } = await storm(server, async (startUnixMs) => {
      const context = { cluster, agents, deployment: dnsDeployment(cluster), startUnixMs, timeoutMs: 60_000 };
      const plan = dnsSteps([{ kind: "kill-pod", atMs: 1_500 }]);
      steps = await runRollouts({ ...context, signal: new AbortController().signal }, plan);
    });
    expect(steps).toMatchObject([{ kind: "kill", trouble: null }]);
    const killed = server.pods.find((pod) => pod.uid === steps[0]?.podUid);
    expect(growth.map(({ pod, restarted }) => [pod, restarted]).sort()).toEqual(
      server.pods.map(({ name }) => [name, name === killed?.name]).sort(),
    );
    const stalls = RESOLVERS.flatMap((resolver) => of(resolver)?.lookups ?? []).map((each) => each.over4900Ms);
    const failures = RESOLVERS.flatMap((resolver) => of(resolver)?.lookups ?? []).map(
      ({ outcomes }) => (outcomes["dns-servfail"] ?? 0) + (outcomes["dns-timeout"] ?? 0),
    );
    expect([...stalls, ...failures].reduce((sum, each) => sum + each, 0)).toBeGreaterThan(0);
  });
});

describe("a chain of services", () => {
  /** Requests through the chain, its names known to the upstream alone, which takes 50 ms for each answer. */
  async function drive(server: DnsServer, ndots: number, depth: number) {
    const pods = podDns(server.clusterIp, { ...clusterFirst(OWN_NAMESPACE), ndots });
    const image = await loadImage(SHARED_LAB, "debian", silent);
    const { hops } = await deployChain(cluster, {
      image,
      delivery,
      depth,
      dns: pods,
      places: places(agents.nodes),
    });
    const records = chainRecords(hops, ZONE.origin);
    await upstream.setZone({ ...ZONE, ttlSeconds: 0, records: { ...ZONE.records, ...records } });
    await upstream.setFaults({ ...NO_FAULTS, delayMs: 50 });
    const reports: ChainReport[] = [];
    const load = await deployLoad(cluster, {
      name: "chain",
      engine: chain,
      task: { names: "hop-{n}.shop.test", depth },
      image,
      delivery,
      load: { model: "open", placement: "all-nodes", schedule: constant(2, 8_000), timeoutMs: 60_000, workers: 1 },
      seed: 1,
      sliceMs: 250,
      gateTimeoutMs: 180_000,
      nodes: agents.nodes,
      podSysctls: [],
      dns: pods,
      onReport: (_, report) => reports.push(report),
    });
    const before = await readCoreDns(cluster, agents, server.pods);
    await load.start(Date.now() + 2_000);
    const { merged } = await load.end();
    const [growth] = grown(before, await readCoreDns(cluster, agents, server.pods));
    await load.remove();
    await upstream.setFaults(NO_FAULTS);
    const [report] = reports;
    if (!report || !growth) throw new Error("the chain's driver reported nothing");
    return { merged, report, queries: (growth.requests.A ?? 0) + (growth.requests.AAAA ?? 0) };
  }

  test("each hop looks the next one up: what that costs is told by hop, and by ndots", async () => {
    for (const { ndots, perLookup, depth } of [
      { ndots: 5, perLookup: 8, depth: 20 },
      { ndots: 1, perLookup: 2, depth: 5 },
    ]) {
      const server = await dns(); // its cache empty
      const { merged, report, queries } = await drive(server, ndots, depth);
      expect(merged.outcomes).toEqual({ ok: 16 });
      expect(report.hops.map(({ hop, outcomes }) => [hop, outcomes.ok])).toEqual(
        Array.from({ length: depth }, (_, index) => [index + 1, 16]),
      );
      const slowest = report.requests.reduce((most, each) => (each.totalMs > most.totalMs ? each : most));
      const wanted = perLookup * depth * 16;
      expect(queries).toBeGreaterThanOrEqual(wanted);
      // On a machine that is busy with other things a resolver may have waited for its 5 s, and asked again.
      if (slowest.dnsMs < 5_000) expect(queries).toBe(wanted);
      // Nothing was kept yet: each of the names had to be fetched from the slow server, one after the other.
      expect(slowest.totalMs).toBeGreaterThan(depth * 50);
      expect(slowest.dnsMs / slowest.totalMs).toBeGreaterThan(0.5);
    }
    await deletePods(cluster, "hop");
    await upstream.setZone(ZONE);
  });
});

test("a DNS on each node answers what it has kept, asks over TCP for the rest, and goes without a trace", () =>
  whileHolding("node-local-address", async () => {
    const server = await dns();
    const given: string[] = [];
    const image = await loadImage(SHARED_LAB, "coredns", silent);
    const local = await deployNodeLocalDns(cluster, agents, { image, server: server.clusterIp }, (node, address) =>
      given.push(`${node} ${address}`),
    );
    expect(given).toEqual(agents.nodes.map((node) => `${node} ${NODE_LOCAL_ADDRESS}`));
    await resolverPod("local", local.address);
    const [atNodes, atServer] = [
      await readCoreDns(cluster, agents, local.pods),
      await readCoreDns(cluster, agents, server.pods),
    ];
    const found = await lookUp("local", "glibc", "api.shop.test", 20);
    expect(found.lookups[0]?.outcomes).toMatchObject({ ok: 20 });
    const nodes = grown(atNodes, await readCoreDns(cluster, agents, local.pods));
    const [central] = grown(atServer, await readCoreDns(cluster, agents, server.pods));
    expect(nodes.reduce((sum, { requests }) => sum + (requests.A ?? 0) + (requests.AAAA ?? 0), 0)).toBe(160);
    // Four names, A and AAAA, each asked for once; denials are kept for 5 s only.
    expect((central?.requests.A ?? 0) + (central?.requests.AAAA ?? 0)).toBe(8);
    await removePod("local");
    await local.remove();
    for (const node of agents.nodes) {
      await expect(
        agents.run(node, ["dns-ask", "--server", NODE_LOCAL_ADDRESS, "--name", "web.", "--within-ms", "1"]),
      ).rejects.toThrow(/did not answer/);
    }
  }));

test("dnsperf tells how many queries CoreDNS answers, and CoreDNS counts the same", async () => {
  const server = await dns();
  const before = await readCoreDns(cluster, agents, server.pods);
  const dnsperf = await deployDnsperf(cluster, {
    name: "dnsperf",
    image: await loadImage(SHARED_LAB, "dnsperf", silent),
    queries: [
      { name: "kubernetes.default.svc.cluster.local", type: "A" },
      { name: `missing.${OWN_NAMESPACE}.svc.cluster.local`, type: "AAAA" },
    ],
    nodes: agents.nodes,
  });
  const rate = await dnsperf.rate({
    server: server.clusterIp,
    seconds: 2,
    perSecond: 400,
    outstanding: 100,
    clients: 10,
  });
  const [growth] = grown(before, await readCoreDns(cluster, agents, server.pods));
  const { NOERROR = 0, NXDOMAIN = 0 } = rate.responses;
  // How many of 800 are sent, and whether each is answered in time, hangs on what else the machine does.
  expect(rate.completed + rate.lost).toBeLessThanOrEqual(rate.sent);
  expect(NOERROR + NXDOMAIN).toBe(rate.completed);
  expect(Math.min(NOERROR, NXDOMAIN)).toBeGreaterThan(0);
  const [a, aaaa] = [growth?.requests.A ?? 0, growth?.requests.AAAA ?? 0];
  expect(a - NOERROR).toBeGreaterThanOrEqual(0);
  expect(aaaa - NXDOMAIN).toBeGreaterThanOrEqual(0);
  expect(a - NOERROR + aaaa - NXDOMAIN).toBeLessThanOrEqual(rate.sent - rate.completed);
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
