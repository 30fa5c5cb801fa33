/**
 * Every tuning of the catalogue, applied, read back where it has to act, and reverted, after which all is what it was. They are
 * applied by turns, each turn as many as do not contradict each other, and nothing waits for a load. A tuning that has no row in
 * rows.ts fails here.
 */
import { basename } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Cluster } from "../../../runner/cluster/cluster.ts";
import { type ClusterObject, deleteClusterObject } from "../../../runner/cluster/cluster-objects.ts";
import { createNamespace } from "../../../runner/cluster/namespace.ts";
import { OWN_NAMESPACE } from "../../../runner/cluster/own-namespace.ts";
import type { Delivery } from "../../../runner/delivery/delivery.ts";
import { armByName } from "../../../runner/experiment/arms.ts";
import { tuningReports } from "../../../runner/experiment/tuning-reports.ts";
import { type Lab, loadImage } from "../../../runner/lab/index.ts";
import { type Agents, deployAgents } from "../../../runner/probes/agents.ts";
import { silent } from "../../../runner/progress.ts";
import type { Arrival } from "../../../runner/result/tuning.ts";
import { catalogueNames } from "../../../runner/tunings/catalogue.ts";
import type { ReadBack } from "../../../runner/tunings/read-back.ts";
import { isNodeSysctl, isSysctl } from "../../../runner/tunings/sysctl.ts";
import type { Tuning } from "../../../runner/tunings/tuning.ts";
import type { OnDemandImage } from "../../../runner/workloads/images.ts";
import { places } from "../../../runner/workloads/places.ts";
import { deployWebService } from "../../../runner/workloads/web.ts";
import { namesToAsk } from "../../../suites/dns-storm/analysis/names.ts";
import { podDns } from "../../../suites/dns-storm/stage/dns/client.ts";
import { deployNodeLocalDns } from "../../../suites/dns-storm/stage/dns/node-local.ts";
import { DNS_NAME, type DnsServer, deployDns, grantDnsAccess } from "../../../suites/dns-storm/stage/dns/server.ts";
import { dnsPlanOf, readBackDns, readBackResolvers } from "../../../suites/dns-storm/stage/tunings.ts";
import { dnsStorm } from "../../../suites/dns-storm/suite.ts";
import { type DnsTuning, NODE_LOCAL_ADDRESS } from "../../../suites/dns-storm/tunings.ts";
import type { OverlayTuning } from "../../../suites/overlay-tax/tunings.ts";
import { nginx } from "../../../suites/rolling-update/stage/paths/nginx.ts";
import { createRollingWeb } from "../../../suites/rolling-update/stage/rolling-web.ts";
import { readBackProxies, readBackStopSignals } from "../../../suites/rolling-update/stage/tunings/read-back.ts";
import type { ProxySetting, WorkloadImage } from "../../../suites/rolling-update/tunings.ts";
import { readBackRules } from "../../../suites/service-scale/stage/read-back.ts";
import { readRules } from "../../../suites/service-scale/stage/rules.ts";
import type { ScaleTuning } from "../../../suites/service-scale/tunings.ts";
import { folders, podDnsYaml } from "../../unit/tunings/folders.ts";
import { SHARED_LAB } from "../names.ts";
import { restartedWeb } from "../restarted-web.ts";
import { sharedLab } from "../shared-lab.ts";
import { dump } from "../tuning-table/dump.ts";
import { tryOnNodes } from "../tuning-table/on-nodes.ts";
import { tryOnPaths } from "../tuning-table/on-paths.ts";
import { patchOf, type UsersWorkload, usersWorkload } from "../tuning-table/on-workload.ts";
import { lookedUp, resolverPod } from "../tuning-table/resolver-pods.ts";
import { ROWS } from "../tuning-table/rows.ts";
import { allTunings, turnsOf } from "../tuning-table/turns.ts";

const testing = sharedLab();
const ALL = await allTunings();
const KEYS = [...new Set(ALL.filter(isSysctl).map(({ key }) => key))].sort();
/** They also have to be heeded by resolvers, which a pod's spec does not tell. */
const HEEDED = ALL.filter(({ kind }) => kind === "pod-dns-config").map(({ name }) => name);
/** For documentation (RFC 5737): nobody answers there, and nothing is asked of it. */
const NO_UPSTREAM = "192.0.2.1";

let lab: Lab;
let cluster: Cluster;
let delivery: Delivery;
let agents: Agents;
let users: UsersWorkload;
let before: Awaited<ReturnType<typeof dumped>>;
const clusterObjects: ClusterObject[] = [];
/** What has been tried so far, and what came of it. */
const tried = new Map<string, Arrival>();

beforeAll(async () => {
  ({ lab, cluster, delivery } = await testing.open());
  await createNamespace(cluster);
  agents = await deployAgents(cluster, delivery, lab.nodes);
  [users] = await Promise.all([
    usersWorkload(cluster, agents, { namespace: `${OWN_NAMESPACE}-users`, image: lab.images.busybox }),
    deployWebService(cluster),
    grantDnsAccess(cluster, (object) => clusterObjects.push(object)),
  ]);
  before = await dumped();
});
afterAll(async () => {
  await Promise.all(clusterObjects.map((object) => deleteClusterObject(cluster, object)));
  await users?.remove();
  await testing.leave();
});

async function dumped() {
  return dump({ cluster, agents, keys: KEYS, namespace: users.namespace, pods: await users.pods() });
}

/** What the table says of them, beside what came of them. */
function expectArrivals(found: ReadonlyArray<{ readonly name: string; readonly arrival: Arrival }>): void {
  for (const { name, arrival } of found) tried.set(name, arrival);
  expect(Object.fromEntries(found.map(({ name, arrival }) => [name, arrival]))).toEqual(
    Object.fromEntries(found.map(({ name }) => [name, ROWS[name]?.arrival])),
  );
}

function arrivals(tunings: readonly Tuning[], readBacks: readonly ReadBack[]) {
  return tuningReports({ name: "tried", tunings }, { writes: [], readBacks });
}

const ofKind = <T extends Tuning>(...kinds: readonly T["kind"][]) =>
  ALL.filter((tuning): tuning is T => kinds.includes(tuning.kind));
const image = (name: OnDemandImage) => loadImage(SHARED_LAB, name, silent);

test("the table has a row for each tuning of the catalogue, and for no other", () => {
  expect(Object.keys(ROWS).sort()).toEqual(catalogueNames());
});

test("node sysctls are set in kernels and nodes, read back there and in pods, and put back", async () => {
  const turns = turnsOf(ALL.filter(isNodeSysctl));
  const pods = await users.pods();
  expect(new Set(pods.map(({ role }) => role)).size).toBe(2);
  for (const turn of turns) {
    const reports = await tryOnNodes(agents, turn, pods);
    expect(reports.map(({ name, failed }) => [name, failed])).toEqual(turn.map(({ name }) => [name, null]));
    expectArrivals(reports);
    for (const { name, readBacks } of reports) {
      const onNodes = readBacks.filter(({ where }) => where.startsWith("node "));
      const value = turn.find((each) => each.name === name)?.value;
      expect([name, onNodes.map(({ got }) => got)]).toEqual([name, agents.nodes.map(() => value)]);
    }
    expect(await dumped()).toEqual(before);
  }
});

test("on a user's Deployment each comes to its pods or is refused, in whose words, and is given back", async () => {
  const patching = ALL.filter((tuning) => patchOf(tuning) !== null);
  // Whatever is in a pod beside what is refused does not come either.
  const alone = patching.filter(({ name }) => ROWS[name]?.onWorkload === "refused");
  const together = turnsOf(patching.filter((tuning) => !alone.includes(tuning)));
  for (const turn of [...together, ...alone.map((tuning) => [tuning])]) {
    const { tunings, differs } = await users.try(turn);
    expect(tunings.map(({ name, arrival, because }) => [name, arrival, because])).toEqual(
      turn.map(({ name }) => {
        const { onWorkload, because } = ROWS[name] ?? {};
        return [name, onWorkload, because === undefined ? null : expect.stringMatching(because)];
      }),
    );
    expect(differs).toEqual([]);
    expect(await dumped()).toEqual(before);
    for (const { name, arrival } of tunings) if (!HEEDED.includes(name)) tried.set(name, arrival);
  }
});

test("an exec hook is tried in the user's image before anything is changed, and refused in the runtime's words", async () => {
  const namespace = `${OWN_NAMESPACE}-bare`;
  const options = { namespace, image: await image("web-distroless"), hasShell: false };
  const bare = await usersWorkload(cluster, agents, options);
  try {
    const { rollout, tunings } = await bare.try(ALL.filter(({ name }) => name === "prestop-exec-sleep-10"));
    expect([rollout, tunings.map(({ arrival }) => arrival)]).toEqual(["none", ["refused"]]);
    expect(tunings[0]?.because).toMatch(
      /^the hook \["\/bin\/sh","-c","sleep 10"\] can't run in container app of pod shop-\S+: .*\/bin\/sh/,
    );
  } finally {
    await bare.remove();
  }
});

test("on a user's Deployment nothing is applied of what is not of workloads", async () => {
  const others = ALL.filter((tuning) => patchOf(tuning) === null);
  const { tunings, rollout } = await users.try(others);
  expect(rollout).toBe("none");
  expect(tunings.map(({ name, arrival }) => [name, arrival])).toEqual(
    others.map(({ name }) => [name, ROWS[name]?.onWorkload]),
  );
  expect(await dumped()).toEqual(before);
});

test("the DNS under test, its caches on nodes, and what resolvers heed", async () => {
  const coredns = await image("coredns");
  const debian = await image("debian");
  const turns = turnsOf(ofKind<DnsTuning>("dns-component"));
  let server: DnsServer | undefined;
  for (const turn of turns) {
    const { server: options } = dnsPlanOf(turn, OWN_NAMESPACE);
    const deployment = { image: coredns, upstream: NO_UPSTREAM, options, places: places(agents.nodes) };
    server = await deployDns(cluster, agents, deployment);
    const config = await cluster.core.readNamespacedConfigMap({ name: DNS_NAME, namespace: OWN_NAMESPACE });
    const pods = server.pods.map(({ name }) => name);
    expectArrivals(arrivals(turn, readBackDns(turn, { pods, corefile: config.data?.Corefile ?? "" })));
  }
  if (!server) throw new Error("nothing is set in the DNS under test");
  const { clusterIp } = server;
  const local = await deployNodeLocalDns(cluster, agents, { image: coredns, server: clusterIp }, () => undefined);
  try {
    const nodeDns = ofKind<DnsTuning>("node-dns");
    const ofPods = turnsOf(ofKind<DnsTuning>("pod-dns-config", "lookup-names"));
    await Promise.all(
      [...ofPods, nodeDns].map(async (turn, number) => {
        const { resolver, fullNames, nodeCache } = dnsPlanOf(turn, OWN_NAMESPACE);
        const asked = nodeCache ? NODE_LOCAL_ADDRESS : clusterIp;
        const name = `resolver-${number}`;
        await resolverPod(cluster, delivery, { name, image: debian, dns: podDns(asked, resolver) });
        // Of those outside nobody tells here.
        const names = namesToAsk(OWN_NAMESPACE, fullNames).filter(({ kind }) => !/external|missing/.test(kind));
        const found = await lookedUp(cluster, name, names);
        const resolvers = (["glibc", "musl"] as const).map((each) => ({ where: name, resolver: each, ...found }));
        expectArrivals(arrivals(turn, readBackResolvers(turn, resolvers, clusterIp)));
      }),
    );
    await expectOwnDnsConfig({ debian, clusterIp });
  } finally {
    await local.remove();
  }
  expect(await dumped()).toEqual(before);
});

/** Folders of a user's, with all that a pod's spec says of its DNS, as a kubelet makes resolv.conf of it. */
async function expectOwnDnsConfig({ debian, clusterIp }: { readonly debian: string; readonly clusterIp: string }) {
  using made = folders();
  const config = "{ nameservers: [192.0.2.7], searches: [corp.test], options: [{ name: ndots, value: 3 }] }";
  const added = made.tuning("my-added", podDnsYaml(`dnsConfig: ${config}`));
  const alone = made.tuning("my-alone", podDnsYaml(`dnsPolicy: Default\ndnsConfig: ${config}`));
  for (const folder of [added, alone]) {
    const { tunings } = await armByName(dnsStorm, folder, "--tuned");
    const name = basename(folder);
    const dns = podDns(clusterIp, dnsPlanOf(tunings, OWN_NAMESPACE).resolver);
    await resolverPod(cluster, delivery, { name, image: debian, dns });
    // Of /etc/hosts: nobody is asked for it.
    const found = await lookedUp(cluster, name, [{ kind: "short", name: "localhost" }]);
    const resolvers = [{ where: name, resolver: "glibc" as const, ...found }];
    const [report] = arrivals(tunings, readBackResolvers(tunings, resolvers, clusterIp));
    expect([name, report?.readBacks, report?.arrival]).toEqual([name, expect.anything(), "arrived"]);
  }
}

test("the image's stop signal, and what proxies do when an upstream fails", async () => {
  const [signals, retries] = [ofKind<WorkloadImage>("workload-image"), ofKind<ProxySetting>("proxy-setting")];
  const [variant] = signals;
  if (!variant) throw new Error("there is no tuning of the image");
  await createRollingWeb(cluster, await image(variant.image), async () => {});
  const images = {
    ...{ web: lab.images.web, nginx: lab.images.web, delivery },
    envoy: () => Promise.reject(new Error("no path of this test is made of Envoy")),
  };
  const path = await nginx(cluster, images, { nextUpstream: true, places: places(lab.nodes) });
  await path.ready(agents);
  expectArrivals(arrivals(retries, await readBackProxies(retries, [path])));
  expectArrivals(arrivals(signals, readBackStopSignals(signals, await restartedWeb(cluster, agents))));
  // As it is made without: the signal is seen to be another one, and so does not count as the tuning's.
  await createRollingWeb(cluster, lab.images.web, async () => {});
  const [untuned] = arrivals(signals, readBackStopSignals(signals, await restartedWeb(cluster, agents)));
  expect(untuned?.arrival).toBe("never-arrived");
  expect(await dumped()).toEqual(before);
});

test("kube-proxy's mode, and which Service stands first in its chain, are read in the nodes' rules, and nothing is set", async () => {
  const tunings = ofKind<ScaleTuning>("proxy-mode", "service-place");
  const rules = await Promise.all(agents.nodes.map(async (node) => ({ node, census: await readRules(agents, node) })));
  const [{ node, census }] = rules as [(typeof rules)[number]];
  const live = census.natServices.filter((address) => address !== "");
  expect(live.length).toBeGreaterThan(1);
  const found = (target: string) => arrivals(tunings, readBackRules({ tunings, rules, client: node, target, live }));
  const last = found(live.at(-1) ?? "").find(({ name }) => name === "service-at-head");
  expect(last?.arrival).toBe("never-arrived");
  expectArrivals(found(live[0] ?? ""));
  expect(await dumped()).toEqual(before);
});

test("nodes reach each other's pods by VXLAN and directly, and each path is what it was afterwards", async () => {
  const tunings = ofKind<OverlayTuning>("pod-path", "overlay-offload");
  const named = (...names: string[]) => tunings.filter(({ name }) => names.includes(name));
  const pods = await users.pods();
  for (const turn of [named("pod-path-vxlan", "overlay-tx-checksum-off"), named("pod-path-direct")])
    expectArrivals(await tryOnPaths(cluster, agents, turn, pods));
  expect(await dumped()).toEqual(before);
});

test("all of the catalogue has been tried", () => {
  expect(Object.fromEntries([...tried].sort(([a], [b]) => a.localeCompare(b)))).toEqual(
    Object.fromEntries(Object.entries(ROWS).map(([name, { arrival }]) => [name, arrival])),
  );
});
