/** Settings on a Deployment of the user's before a real API: who owns its fields, and its pods' template, are as before. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { parse } from "yaml";
import { type Cluster, isNotFound } from "../../../runner/cluster/cluster.ts";
import { OWN_NAMESPACE } from "../../../runner/cluster/own-namespace.ts";
import { waitFor } from "../../../runner/cluster/wait.ts";
import { workloadPatchOf } from "../../../runner/experiment/workload-patches.ts";
import { tryOnWorkload } from "../../../runner/experiment/workload-try.ts";
import type { Lab } from "../../../runner/lab/index.ts";
import { connectAgents } from "../../../runner/probes/agents.ts";
import { silent } from "../../../runner/progress.ts";
import { resultSchema } from "../../../runner/result/result.ts";
import type { WorkloadTry } from "../../../runner/result/workload.ts";
import type { Tuning } from "../../../runner/tunings/tuning.ts";
import { type RawDeployment, readRaw } from "../../../runner/tunings/workload/deployment-api.ts";
import { areSameOwners, type FieldOwner } from "../../../runner/tunings/workload/field-owners.ts";
import { rolloutEnd } from "../../../runner/tunings/workload/rollout.ts";
import type { Change } from "../../../runner/undo/registry.ts";
import { undoChanges } from "../../../runner/undo/undo.ts";
import { rollingUpdate } from "../../../suites/rolling-update/suite.ts";
import { SATURATION_EVIDENCE } from "../../../suites/saturation/evidence.ts";
import { tuningsOf } from "../../support/arms.ts";
import { packetwalk } from "../../support/packetwalk.ts";
import { labToBreak } from "../lab-to-break.ts";
import { ONE_ROUND } from "../one-round.ts";

const NAMESPACE = `${OWN_NAMESPACE}-shop`;
const WEB = { namespace: NAMESPACE, name: "web" };
const RESULT = resultSchema("saturation", SATURATION_EVIDENCE);
// Its runs would wait for the entries that others leave in the tables of a lab in which they are at work.
const testing = labToBreak("workload");
let lab: Lab;
let cluster: Cluster;
let folder: string;
let before: RawDeployment;

beforeAll(async () => {
  ({ lab, cluster, folder } = await testing.open());
  await leave(); // an earlier run's
  await waitFor(
    `the end of ${NAMESPACE}`,
    () =>
      cluster.core.readNamespace({ name: NAMESPACE }).then(
        () => undefined,
        () => true,
      ),
    { timeoutMs: 120_000 },
  );
  await cluster.core.createNamespace({ body: { metadata: { name: NAMESPACE } } });
});
afterAll(async () => {
  await leave();
  await testing.leave();
});

async function leave(): Promise<void> {
  await cluster.core.deleteNamespace({ name: NAMESPACE }).catch((error: unknown) => {
    if (!isNotFound(error)) throw error;
  });
}

beforeEach(async () => {
  const text = readFileSync(new URL("../fixtures/shop.yaml", import.meta.url), "utf8")
    .replaceAll("{{NAMESPACE}}", NAMESPACE)
    .replaceAll("{{IMAGE}}", lab.images.busybox);
  await cluster.objects.create(parse(text));
  expect(await rolloutEnd(cluster, WEB)).toEqual({ done: true });
  before = await readRaw(cluster, WEB);
});
afterEach(async () => {
  await cluster.apps.deleteNamespacedDeployment({ ...WEB, propagationPolicy: "Foreground" });
  const gone = () =>
    readRaw(cluster, WEB).then(
      () => undefined,
      (error: unknown) => (isNotFound(error) ? true : undefined),
    );
  await waitFor("the end of the Deployment", gone, { timeoutMs: 180_000 });
});

/** Its controller's own entry is about what it did meanwhile. */
const usersOf = ({ metadata }: RawDeployment): FieldOwner[] =>
  metadata.managedFields.filter(({ manager }) => manager !== "kube-controller-manager");

async function expectAsBefore(): Promise<void> {
  const after = await readRaw(cluster, WEB);
  expect(after.spec).toEqual(before.spec);
  expect(areSameOwners(usersOf(after), usersOf(before))).toBe(true);
  const { items } = await cluster.apps.listNamespacedReplicaSet({ namespace: NAMESPACE });
  expect(items.map(({ spec }) => spec?.replicas)).toEqual([2]);
}

const ASKED = ["--workload", `${NAMESPACE}/deployment/web`];

test("is asked for, before anything is created", async () => {
  const out = join(folder, "unasked");
  const ran = await packetwalk(["compare", "rolling-update", "--quick", "--lab", testing.name, "--out", out, ...ASKED]);
  expect(ran.code).toBe(4);
  expect(ran.stderr).toContain("add --allow-workload-changes");
  expect(existsSync(out)).toBe(false);
  await expectAsBefore();
});

test("a run tells whether its settings came to the user's pods, and leaves all as it was", async () => {
  const out = join(folder, "tried");
  const suite = ["compare", "saturation", ...ONE_ROUND, "--tuned", "pod-port-range"];
  const ran = await packetwalk([...suite, "--lab", testing.name, "--out", out, ...ASKED, "--allow-workload-changes"]);
  expect([2, 3], ran.stderr).toContain(ran.code); // one round decides nothing
  expect(ran.stdout).toContain("On your own workload");
  const { workload, arms } = RESULT.parse(JSON.parse(readFileSync(join(out, "result.json"), "utf8")));
  expect(workload).toMatchObject({ container: "app", rollout: "done", differs: [] });
  expect(workload?.tunings.map(({ name }) => name)).toEqual(arms[1].tunings);
  expect(workload?.tunings).toMatchObject([{ arrival: "arrived", because: null }]);
  const got = workload?.tunings.flatMap(({ readBacks }) => readBacks.map((each) => each.got));
  expect(new Set(got)).toEqual(new Set(["1024 65535"]));
  await expectAsBefore();
});

async function tried(tunings: readonly Tuning[]): Promise<WorkloadTry> {
  const recorded: Change[] = [];
  const agents = await connectAgents(cluster);
  const target = { cluster, agents: async () => agents, nodes: async () => lab.nodes, isHurried: () => false };
  return tryOnWorkload(
    {
      ...{ cluster, agents, signal: new AbortController().signal },
      workload: { ...WEB, kind: "Deployment", container: "app" },
      tunings: tunings.map((tuning) => ({ tuning, patch: workloadPatchOf(rollingUpdate, tuning) })),
      changes: {
        record: (change) => void recorded.push(change),
        revert: () => undoChanges({ ...target, tell: () => undefined }, recorded, silent),
      },
    },
    silent,
  );
}

test("a hook that was not there is in the pods’ specs, and gone afterwards", async () => {
  const { tunings, differs } = await tried(await tuningsOf(rollingUpdate, "native-sleep"));
  expect(tunings).toMatchObject([{ name: "prestop-native-sleep-10", arrival: "arrived", because: null }]);
  expect(tunings[0]?.readBacks).toEqual([
    { where: "2 pods’ specs, spec.containers[app].lifecycle.preStop.sleep.seconds", wanted: "10", got: "10" },
  ]);
  expect(differs).toEqual([]);
  await expectAsBefore();
});

test("pods that a quota does not let be are told in its words", async () => {
  const quota = { namespace: NAMESPACE, name: "tight" };
  await cluster.core.createNamespacedResourceQuota({
    namespace: NAMESPACE,
    body: { metadata: quota, spec: { hard: { pods: "2" } } },
  });
  try {
    const counted = () =>
      cluster.core.readNamespacedResourceQuota(quota).then(({ status }) => (status?.used?.pods ? true : undefined));
    await waitFor("the quota's count", counted, { timeoutMs: 180_000 });
    const seen = await tried(await tuningsOf(rollingUpdate, "grace-period-45"));
    expect(seen).toMatchObject({ rollout: "failed", differs: [], tunings: [{ arrival: "refused" }] });
    expect(seen.tunings[0]?.because).toContain("exceeded quota: tight");
  } finally {
    await cluster.core.deleteNamespacedResourceQuota(quota);
  }
  await expectAsBefore();
});

test("a paused Deployment is left alone", async () => {
  const body = [{ op: "add", path: "/spec/paused", value: true }];
  await cluster.apps.patchNamespacedDeployment({ ...WEB, body });
  const seen = await tried(await tuningsOf(rollingUpdate, "grace-period-45"));
  expect(seen).toMatchObject({ rollout: "none", tunings: [{ arrival: "refused" }] });
  expect(seen.tunings[0]?.because).toMatch(/is paused/);
});

test("after kill -9 in its midst restore puts it back", async () => {
  const suite = ["compare", "saturation", "--quick", "--rounds", "1", "--tuned", "pod-port-range"];
  let child: number | undefined;
  const running = packetwalk(
    [...suite, "--lab", testing.name, "--out", join(folder, "killed"), ...ASKED, "--allow-workload-changes"],
    {
      onStart: (pid) => {
        child = pid;
      },
    },
  );
  const isChanged = async () =>
    (await readRaw(cluster, WEB)).metadata.managedFields.some(({ manager }) => manager === "packetwalk") || undefined;
  await waitFor("the settings on the user's Deployment", isChanged, { timeoutMs: 180_000, intervalMs: 200 });
  if (child !== undefined) process.kill(child, "SIGKILL");
  expect((await running).signal).toBe("SIGKILL");
  const restored = await packetwalk(["restore"]);
  expect(restored.code, restored.stderr).toBe(0);
  await expectAsBefore();
});
