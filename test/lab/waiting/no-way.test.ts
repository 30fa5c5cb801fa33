/**
 * A cluster in which packets between pods are dropped, as an enforcing CNI does it for a policy that denies. What the load meets
 * first is told in one sentence; once the way is free, the same load runs.
 */

import { NetworkingV1Api } from "@kubernetes/client-node";
import { execa } from "execa";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Cluster } from "../../../runner/cluster/cluster.ts";
import { hostPort } from "../../../runner/host-port.ts";
import type { Lab } from "../../../runner/lab/index.ts";
import { netnsPath } from "../../../runner/lab/machine/namespaces.ts";
import { constant } from "../../../runner/load/schedule/profiles.ts";
import type { OpenLoad } from "../../../runner/load/spec.ts";
import { runLoad, total } from "../run-load.ts";
import { sharedLab } from "../shared-lab.ts";
import { deployWebUnderLoad, type WebUnderLoad } from "../web-load.ts";

const testing = sharedLab();
let cluster: Cluster;
let lab: Lab;
let workload: WebUnderLoad;
const dropped: string[][] = [];

beforeAll(async () => {
  const opened = await testing.open();
  ({ cluster, lab } = opened);
  workload = await deployWebUnderLoad(opened);
  const body = { metadata: { name: "default-deny" }, spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] } };
  await cluster.kubeconfig
    .makeApiClient(NetworkingV1Api)
    .createNamespacedNetworkPolicy({ namespace: cluster.namespace, body });
});
afterEach(letThrough);
afterAll(() => testing.leave());

const LOAD: OpenLoad = {
  model: "open",
  placement: "one-node",
  schedule: constant(40, 1_000),
  timeoutMs: 4_000,
  workers: 1,
};
/** In every node, what is forwarded to these pods. */
async function drop(addresses: readonly string[]): Promise<void> {
  for (const node of lab.nodes) {
    for (const address of addresses) {
      const rule = ["FORWARD", "-d", address, "-p", "tcp", "-j", "DROP"];
      await execa("nsenter", [`--net=${netnsPath(lab.name, node)}`, "iptables", "-w", "-I", ...rule]);
      dropped.push([`--net=${netnsPath(lab.name, node)}`, "iptables", "-w", "-D", ...rule]);
    }
  }
}

async function letThrough(): Promise<void> {
  for (const words of dropped.splice(0)) await execa("nsenter", words);
}

test("load pods that can't reach their target say so before a block, with the policies that there are", async () => {
  const { web } = workload;
  const targets = [{ name: "web", address: hostPort(web.clusterIp, web.port), host: "web", path: "/" }];
  const load = await workload.deploy("load-no-way", "flood", LOAD, { nodes: lab.nodes.slice(0, 1) });
  await drop(web.pods.map(({ ip }) => ip));
  await expect(load.firstRequests(targets)).rejects.toThrow(
    /^a first request from load pod load-no-way-\S+ on node \S+ to web at \S+:80 was not answered with 200: connect-timeout \(policies that bear on namespace \S+ and may forbid it: NetworkPolicy default-deny\)$/,
  );
  await letThrough();
  await load.firstRequests(targets);
  const { merged } = await runLoad(load, Date.now() + 1_000);
  expect(merged.outcomes.ok).toBe(total(merged.outcomes));
});

test("load pods that can't have their program say so while they are listened to", async () => {
  const depot = await cluster.core.readNamespacedPod({ namespace: cluster.namespace, name: "depot" });
  await drop([depot.status?.podIP ?? ""]);
  const load = await workload.deploy("load-no-depot", "flood", LOAD);
  const { web } = workload;
  const targets = [{ name: "web", address: hostPort(web.clusterIp, web.port), host: "web", path: "/" }];
  const failing = load.firstRequests(targets);
  await expect(failing).rejects.toThrow(
    /load-no-depot-\S+: agent can't be fetched from packetwalk's depot at http:\/\/\S+: is there a way from this pod to that one\? \(policies .* NetworkPolicy default-deny\)$/,
  );
  await load.remove();
});
