import type { V1Node, V1Pod } from "@kubernetes/client-node";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { Cluster } from "../../../runner/cluster/cluster.ts";
import { type ClusterObject, deleteClusterObject } from "../../../runner/cluster/cluster-objects.ts";
import { createNamespace } from "../../../runner/cluster/namespace.ts";
import { onNodes } from "../../../runner/cluster/on-nodes.ts";
import { OWN_NAMESPACE } from "../../../runner/cluster/own-namespace.ts";
import { podTrouble } from "../../../runner/cluster/pods.ts";
import { setReplicas } from "../../../runner/cluster/replicas.ts";
import { waitFor } from "../../../runner/cluster/wait.ts";
import type { Delivery } from "../../../runner/delivery/delivery.ts";
import { rolledOut } from "../../../runner/faults/settle.ts";
import { type Lab, loadImage } from "../../../runner/lab/index.ts";
import { type Agents, deployAgents } from "../../../runner/probes/agents.ts";
import { silent } from "../../../runner/progress.ts";
import { type Places, places } from "../../../runner/workloads/places.ts";
import { deployWebService, waitForWebPods } from "../../../runner/workloads/web.ts";
import { deployChain } from "../../../suites/dns-storm/stage/dns/chain.ts";
import { deployDns, grantDnsAccess, USUAL_DNS } from "../../../suites/dns-storm/stage/dns/server.ts";
import { PATHS } from "../../../suites/rolling-update/stage/paths/registry.ts";
import { createRollingWeb, rollingWeb } from "../../../suites/rolling-update/stage/rolling-web.ts";
import { webAffinity, webNodes } from "../../../suites/rolling-update/stage/web-nodes.ts";
import { packetwalk } from "../../support/packetwalk.ts";
import { holdOfTheLab } from "../hold.ts";
import { SHARED_LAB } from "../names.ts";
import { sharedLab } from "../shared-lab.ts";

const testing = sharedLab();
const clusterObjects: ClusterObject[] = [];
/** Half of a lab node and more: the scheduler prefers the other one. */
const MUCH_CPU = "1200m";

let lab: Lab;
let cluster: Cluster;
let delivery: Delivery;
let agents: Agents;
let images: { readonly coredns: string; readonly resolver: string };

let giveNodesBack: () => void;

beforeAll(async () => {
  giveNodesBack = await holdOfTheLab("nodes");
  ({ lab, cluster, delivery } = await testing.open());
  await createNamespace(cluster);
  images = {
    coredns: await loadImage(SHARED_LAB, "coredns", silent),
    resolver: await loadImage(SHARED_LAB, "debian", silent),
  };
  agents = await deployAgents(cluster, delivery, lab.nodes);
  await deployWebService(cluster);
  await grantDnsAccess(cluster, (object) => clusterObjects.push(object));
});
afterAll(async () => {
  for (const object of clusterObjects) await deleteClusterObject(cluster, object);
  await testing.leave();
  giveNodesBack();
});

async function createPod(name: string, node: string, cpu: string): Promise<void> {
  const container = { name, image: lab.images.web, resources: { requests: { cpu } } };
  const body: V1Pod = {
    metadata: { name, labels: { "app.kubernetes.io/name": name } },
    spec: { affinity: onNodes([node]), terminationGracePeriodSeconds: 0, containers: [container] },
  };
  await cluster.core.createNamespacedPod({ namespace: OWN_NAMESPACE, body });
}

const readPod = (name: string): Promise<V1Pod> => cluster.core.readNamespacedPod({ name, namespace: OWN_NAMESPACE });

/** Takes much of a node, so that the scheduler has a reason to choose the other one. */
async function makeUnattractive(node: string): Promise<void> {
  const name = `fills-${node}`;
  await createPod(name, node, MUCH_CPU);
  await waitFor(name, async () => ((await readPod(name)).spec?.nodeName === node ? true : undefined), {
    timeoutMs: 120_000,
  });
}

async function proxyNodes(all: Places, nextUpstream: boolean): Promise<readonly string[]> {
  const { web } = lab.images;
  const nginx = { web, nginx: web, delivery, envoy: () => Promise.reject(new Error("not asked for")) };
  const path = await PATHS.nginx?.(cluster, nginx, { nextUpstream, places: all });
  return path?.nodes ?? [];
}

async function dnsNodes(all: Places): Promise<string[]> {
  const image = images.coredns;
  const { pods } = await deployDns(cluster, agents, { image, upstream: "192.0.2.1", options: USUAL_DNS, places: all });
  return pods.map(({ node }) => node);
}

/** By hop. */
async function chainNodes(all: Places): Promise<Record<string, string>> {
  const image = images.resolver;
  const { pods } = await deployChain(cluster, {
    image,
    delivery,
    depth: 5,
    dns: { dnsPolicy: "Default" },
    places: all,
  });
  return Object.fromEntries(pods.map(({ name, node }) => [name, node]));
}

/** Of the workload's one pod, and of the four when it is scaled. */
async function webPodNodes(): Promise<string[][]> {
  const nodes = { client: lab.nodes[0] ?? "", open: lab.nodes, machineCpus: 2, bootIds: {} };
  const affinity = webAffinity(webNodes(nodes, [{ kind: "scale-up", replicas: 4, atMs: 0 }]));
  const single = await createRollingWeb(cluster, lab.images.web, async () => {}, undefined, affinity);
  await setReplicas(cluster, rollingWeb(cluster), 4);
  await rolledOut(cluster, rollingWeb(cluster), { timeoutMs: 120_000 });
  const scaled = await waitForWebPods(cluster, 4, undefined);
  return [single, scaled].map((pods) => pods.map(({ node }) => node).sort());
}

test("what is deployed anew runs where it first did, whatever the scheduler would rather have", async () => {
  const [one = "", other = ""] = lab.nodes;
  const kept = places(lab.nodes);
  const deployed = async (all: Places, nextUpstream: boolean) => {
    const [proxy, dns, chain] = await Promise.all([proxyNodes(all, nextUpstream), dnsNodes(all), chainNodes(all)]);
    return { proxy, dns, chain, web: await webPodNodes() };
  };
  await makeUnattractive(other);
  const first = await deployed(kept, false);
  expect(first).toMatchObject({ proxy: [one], dns: [one], web: [[other], [one, one, other, other]] });

  await cluster.core.deleteNamespacedPod({ name: `fills-${other}`, namespace: OWN_NAMESPACE });
  await makeUnattractive(one);
  expect(await deployed(kept, true)).toEqual(first);

  // Without places of their own they go: the scheduler did have a reason.
  const unbound = places(lab.nodes);
  expect([await proxyNodes(unbound, true), await dnsNodes(unbound)]).toEqual([[other], [other]]);
});

test("a node without room is named", async () => {
  const [one = ""] = lab.nodes;
  await createPod("too-large", one, "1000");
  const trouble = await waitFor(
    "the scheduler's complaint",
    async () => podTrouble([await readPod("too-large")]) || undefined,
    { timeoutMs: 120_000 },
  );
  expect(trouble).toMatch(new RegExp(`^too-large may only run on ${one}: 0/2 nodes are available: .*Insufficient cpu`));
});

test("a node that is not ready, and one of another architecture, are left out by name", async () => {
  const node = (name: string, arch: string): V1Node => ({
    metadata: { name, labels: { "kubernetes.io/os": "linux", "kubernetes.io/arch": arch } },
    spec: { unschedulable: true },
  });
  const nodes = [node(`${OWN_NAMESPACE}-gone`, "amd64"), node(`${OWN_NAMESPACE}-riscv`, "riscv64")];
  onTestFinished(async () => {
    for (const { metadata } of nodes)
      await cluster.core.deleteNode({ name: metadata?.name ?? "" }).catch(() => undefined);
  });
  for (const body of nodes) await cluster.core.createNode({ body });
  const seen = await packetwalk(
    [
      ...["preflight", "connection-flood", "--quick", "--allow-node-changes", "--kubeconfig", lab.kubeconfigPath],
      "--agent-image",
      lab.images.busybox,
      "--web-image",
      lab.images.web,
    ],
    {
      // The one of this file is in use.
      env: { PACKETWALK_NAMESPACE: `${OWN_NAMESPACE}-none` },
    },
  );
  expect(seen.code, seen.stdout + seen.stderr).toBe(0);
  expect(seen.stdout).toMatch(new RegExp(`left out: .*${OWN_NAMESPACE}-gone.* not ready`));
  expect(seen.stdout).toMatch(new RegExp(`left out: .*${OWN_NAMESPACE}-riscv.*riscv64`));
  for (const name of lab.nodes) expect(seen.stdout).toMatch(new RegExp(`\\b${name} \\(amd64|\\b${name} \\(arm64`));
});
