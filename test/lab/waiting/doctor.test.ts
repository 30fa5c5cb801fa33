/** Doctor before a real API: seeded misconfigurations are found, by who may only read as well, and nothing is changed. */
import { readFileSync } from "node:fs";
import type { KubernetesObject } from "@kubernetes/client-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { z } from "zod";
import { type Cluster, isNotFound } from "../../../runner/cluster/cluster.ts";
import { OWN_NAMESPACE } from "../../../runner/cluster/own-namespace.ts";
import { waitFor } from "../../../runner/cluster/wait.ts";
import type { Lab } from "../../../runner/lab/index.ts";
import { packetwalk } from "../../support/packetwalk.ts";
import { SHARED_LAB } from "../names.ts";
import { sharedLab } from "../shared-lab.ts";
import { type Team, team } from "../team.ts";

const NAMESPACE = `${OWN_NAMESPACE}-doctor`;
const testing = sharedLab();

const DIAGNOSIS = z.object({
  findings: z.array(
    z.object({
      check: z.string(),
      severity: z.string(),
      subject: z.string(),
      value: z.string(),
      consequence: z.string(),
    }),
  ),
  unseen: z.array(z.object({ what: z.string(), because: z.string(), checks: z.array(z.string()) })),
  requests: z.number(),
  rate: z
    .discriminatedUnion("from", [z.object({ from: z.literal("given") }), z.object({ from: z.literal("measured") })])
    .nullable(),
  onNodes: z
    .object({ looked: z.array(z.string()), failed: z.array(z.unknown()), left: z.array(z.string()) })
    .nullable(),
});
type Diagnosis = z.infer<typeof DIAGNOSIS>;

/** What the file seeds, and what the lab is as it comes up: one CoreDNS, no cache on the nodes. */
const SEEDED = [
  "budget-blocks",
  "client-ports",
  "conntrack-table",
  "default-ndots",
  "dns-one-replica",
  "dns-policy",
  "exec-prestop",
  "ingress-backend",
  "ingress-class",
  "ingress-controller",
  "no-budget",
  "no-prestop",
  "no-readiness",
  "node-local-dns",
  "one-replica",
  "pods-on-one-node",
  "rollout-empties",
  "service-no-endpoints",
  "service-target-port",
  "service-unready",
  "short-grace",
  "short-prestop",
  "slow-readiness",
  "unsafe-sysctls",
];

let lab: Lab;
let admin: Cluster;
let ours: Team;
let reader: string;

beforeAll(async () => {
  const open = await testing.open();
  ({ lab, cluster: admin } = open);
  ours = await team(open);
  reader = await ours.userWith("read.yaml");
  await leave(); // an earlier run's
  await admin.core.createNamespace({ body: { metadata: { name: NAMESPACE } } });
  for (const object of seeds()) await admin.objects.create(object);
  const watched = async () => {
    const [pods, budget] = await Promise.all([
      admin.core.listNamespacedPod({ namespace: NAMESPACE }),
      admin.core.readNamespace({ name: NAMESPACE }).then(() => budgetOf("hasty")),
    ]);
    return pods.items.length >= 6 && budget?.expectedPods === 2 ? true : undefined;
  };
  await waitFor("the seeded pods and their budget", watched, { timeoutMs: 120_000 });
});
afterAll(async () => {
  await leave();
  await ours.leave();
  await testing.leave();
});

function seeds(): KubernetesObject[] {
  const text = readFileSync(new URL("../fixtures/doctor-seeds.yaml", import.meta.url), "utf8")
    .replaceAll("{{NAMESPACE}}", NAMESPACE)
    .replaceAll("{{IMAGE}}", lab.images.busybox)
    .replaceAll("{{NODE}}", lab.nodes[0] ?? "");
  return parseAllDocuments(text).map((each): KubernetesObject => each.toJS());
}

async function budgetOf(name: string): Promise<{ readonly expectedPods?: number } | undefined> {
  const read: KubernetesObject & { status?: { expectedPods?: number } } = await admin.objects.read({
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { namespace: NAMESPACE, name },
  });
  return read.status;
}

async function leave(): Promise<void> {
  const unlessGone = (error: unknown) => {
    if (!isNotFound(error)) throw error;
  };
  await admin.objects
    .delete({ apiVersion: "networking.k8s.io/v1", kind: "IngressClass", metadata: { name: NAMESPACE } })
    .catch(unlessGone);
  await admin.core.deleteNamespace({ name: NAMESPACE }).catch(unlessGone);
  const gone = () =>
    admin.core.readNamespace({ name: NAMESPACE }).then(
      () => undefined,
      () => true,
    );
  await waitFor(`the end of ${NAMESPACE}`, gone, { timeoutMs: 120_000 });
}

async function doctor(...args: string[]): Promise<Diagnosis> {
  const ran = await packetwalk(["doctor", "--json", "--rate", "2600", ...args]);
  expect(ran.code, ran.stderr).toBe(0);
  return DIAGNOSIS.parse(JSON.parse(ran.stdout));
}

const namesOf = ({ findings }: Diagnosis) => [...new Set(findings.map(({ check }) => check))];

test("finds each seeded misconfiguration, with numbers, and its exit code says how bad", async () => {
  const seen = await doctor("--lab", SHARED_LAB);
  expect(namesOf(seen)).toEqual(expect.arrayContaining(SEEDED));
  expect(seen.unseen).toEqual([]);
  expect(seen.requests).toBeLessThan(20);
  const table = seen.findings.find(({ check }) => check === "conntrack-table");
  expect(table?.consequence).toMatch(/^at 2,600 connections\/s this node's table (is full after \d+ s|never fills)/);
  const gate = await packetwalk(["doctor", "--fail-on", "critical", "--lab", SHARED_LAB]);
  expect(gate.code, gate.stderr).toBe(1);
});

test("who may only read gets the same, less what the API does not have", async () => {
  const [all, read] = [await doctor("--lab", SHARED_LAB), await doctor("--kubeconfig", reader)];
  // The lab's kube-proxy has no ConfigMap, and its CNI no DaemonSet: only whoever built the lab knows their settings.
  expect(read.unseen.map(({ what }) => what)).toEqual([
    "kube-proxy's settings",
    "how packets get from node to node (CNI, encapsulation, MTU)",
  ]);
  const silent = read.unseen.flatMap(({ checks }) => checks);
  expect(namesOf(read).sort()).toEqual(
    namesOf(all)
      .filter((name) => !silent.includes(name))
      .sort(),
  );
});

test("who may read next to nothing is told what was not seen, in the API's words", async () => {
  const tester = await ours.userWith("load.yaml");
  const ran = await packetwalk(["doctor", "--json", "--kubeconfig", tester]);
  expect(ran.code, ran.stderr).toBe(5);
  const seen = DIAGNOSIS.parse(JSON.parse(ran.stdout));
  expect(seen.findings).toEqual([]);
  expect(seen.unseen.length).toBeGreaterThan(5);
  for (const { because } of seen.unseen) expect(because).toMatch(/^HTTP 403 |^no ConfigMap/);
});

async function narrowRuns(): Promise<true | undefined> {
  const { items } = await admin.core.listNamespacedPod({ namespace: NAMESPACE, labelSelector: "app=narrow" });
  return items.some(({ status }) => status?.phase === "Running") ? true : undefined;
}

test("--on-nodes finds what only nodes show, measures the rate, and leaves nothing", async () => {
  await waitFor("the pod with few ports", narrowRuns, { timeoutMs: 180_000 });
  const ran = await packetwalk(["doctor", "--json", "--on-nodes", "--lab", SHARED_LAB]);
  expect(ran.code, ran.stderr).toBe(0);
  const seen = DIAGNOSIS.parse(JSON.parse(ran.stdout));
  expect(seen.onNodes).toEqual({ looked: [...lab.nodes].sort(), failed: [], left: [] });
  expect(seen.rate?.from).toBe("measured");
  const narrow = seen.findings.filter(({ check }) => check === "port-range-narrow");
  const ours = narrow.find(({ subject }) => subject.startsWith(`pod ${NAMESPACE}/narrow-`));
  expect(ours?.value).toContain("ports 40000 to 40599: 600");
  expect(ours?.consequence).toContain("at most 10 short connections/s");
  const tables = seen.findings.filter(({ check }) => check === "conntrack-table");
  for (const { value } of tables) expect(value).toMatch(/ in it now; \d+ s in TIME_WAIT$/);
  expect(seen.unseen.map(({ what }) => what)).not.toContain("the inside of nodes");
  await expect(admin.core.readNamespace({ name: OWN_NAMESPACE })).rejects.toSatisfy(isNotFound);
  const keeper = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole" };
  await expect(admin.objects.read({ ...keeper, metadata: { name: `${OWN_NAMESPACE}-keeper` } })).rejects.toSatisfy(
    isNotFound,
  );
});

test("--on-nodes by who may only read says why nodes were not looked into, and tells all the rest", async () => {
  const seen = await doctor("--on-nodes", "--kubeconfig", reader);
  expect(seen.onNodes).toBeNull();
  const refused = seen.unseen.find(({ what }) => what === "the inside of nodes");
  expect(refused?.because).toMatch(/can't be created: HTTP 403 /);
  expect(refused?.checks).toContain("port-range-narrow");
  expect(namesOf(seen)).toEqual(expect.arrayContaining(["dns-one-replica", "no-prestop"]));
});
