import { KubeConfig } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { type Cluster, openCluster } from "../../../runner/cluster/cluster.ts";
import { workloadPatchOf } from "../../../runner/experiment/workload-patches.ts";
import { tryOnWorkload } from "../../../runner/experiment/workload-try.ts";
import { silent } from "../../../runner/progress.ts";
import { WorkloadTry } from "../../../runner/result/workload.ts";
import { workload } from "../../../runner/undo/kinds/workload.ts";
import type { Change } from "../../../runner/undo/registry.ts";
import { undoChanges } from "../../../runner/undo/undo.ts";
import { rollingUpdate } from "../../../suites/rolling-update/suite.ts";
import { tuningsOf } from "../../support/arms.ts";
import { fakeAgents } from "../undo/fake-agents.ts";
import { type FakeDeployment, fakeDeployment } from "./fake-deployment.ts";

const EXEC = { exec: { command: ["/bin/sh", "-c", "sleep 1"] } };
const SPEC = () => ({
  replicas: 2,
  selector: { matchLabels: { app: "web" } },
  template: {
    metadata: { labels: { app: "web" } },
    spec: {
      terminationGracePeriodSeconds: 20,
      containers: [{ name: "app", image: "x", lifecycle: { preStop: EXEC } }],
    },
  },
});

async function open({ url }: FakeDeployment): Promise<Cluster> {
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromClusterAndUser({ name: "simulated", server: url, skipTLSVerify: true }, { name: "x" });
  return openCluster(kubeconfig);
}

async function tried(fake: FakeDeployment, arm: string) {
  const cluster = await open(fake);
  const recorded: Change[] = [];
  const told: string[] = [];
  const target = { cluster, agents: async () => fakeAgents([]), nodes: async () => [], isHurried: () => false };
  const tunings = await tuningsOf(rollingUpdate, arm);
  const seen = await tryOnWorkload(
    {
      ...{ cluster, agents: fakeAgents([]), signal: new AbortController().signal },
      workload: { namespace: "shop", kind: "Deployment", name: "web", container: "app" },
      tunings: tunings.map((tuning) => ({ tuning, patch: workloadPatchOf(rollingUpdate, tuning) })),
      changes: {
        // As it comes from a journal.
        record: (change) => void recorded.push(workload.schema.parse(JSON.parse(JSON.stringify(change)))),
        revert: () => undoChanges({ ...target, tell: (sentence) => void told.push(sentence) }, recorded, silent),
      },
    },
    silent,
  );
  expect(WorkloadTry.parse(seen)).toEqual(seen);
  return { seen, recorded, told };
}

const arrivals = ({ tunings }: WorkloadTry) => Object.fromEntries(tunings.map(({ name, arrival }) => [name, arrival]));

test("settings are set, read in the pods and put back, and what is nothing of a workload is named", async () => {
  await using fake = await fakeDeployment(SPEC());
  const { seen, recorded, told } = await tried(fake, "prestop-native-sleep-10,grace-period-45,next-upstream");
  expect(arrivals(seen)).toEqual({
    "prestop-native-sleep-10": "arrived",
    "grace-period-45": "arrived",
    "next-upstream": "not-applicable",
  });
  expect(seen).toMatchObject({ rollout: "done", differs: [] });
  expect(seen.tunings[1]?.readBacks).toEqual([
    { where: "2 pods’ specs, spec.terminationGracePeriodSeconds", wanted: "45", got: "45" },
  ]);
  expect(fake.spec()).toEqual(SPEC());
  expect(JSON.stringify(fake.owners())).not.toContain("packetwalk");
  // Only the hook's other handler takes a merge; two of three patches are put back in one, and then their owners.
  expect(fake.patches.filter((each) => !each.endsWith("dry"))).toEqual(["strategic-merge", "json", "json"]);
  expect(recorded).toMatchObject([{ change: "workload", namespace: "shop", uid: "u1" }]);
  expect(told).toEqual([]);
});

test("what only adds and replaces goes by server-side apply", async () => {
  await using fake = await fakeDeployment(SPEC());
  await tried(fake, "grace-period-45");
  expect(fake.patches[0]).toBe("apply, dry");
  expect(fake.patches.filter((each) => !each.endsWith("dry"))).toEqual(["apply", "json", "json"]);
});

test("a setting that the API refuses is told in its words, and the others are tried", async () => {
  await using fake = await fakeDeployment(SPEC(), { refuses: '"sleep"' });
  const { seen } = await tried(fake, "prestop-native-sleep-10,grace-period-45");
  expect(arrivals(seen)).toEqual({ "prestop-native-sleep-10": "refused", "grace-period-45": "arrived" });
  expect(seen.tunings[0]?.because).toBe('HTTP 422 no: "sleep"');
});

test("pods that do not come are told in the cluster's words, and all is put back", async () => {
  const failing = 'pods "web-1" is forbidden: exceeded quota: tight';
  await using fake = await fakeDeployment(SPEC(), { failing });
  const { seen } = await tried(fake, "grace-period-45");
  expect(seen).toMatchObject({ rollout: "failed", differs: [], tunings: [{ arrival: "refused", because: failing }] });
  expect(fake.spec()).toEqual(SPEC());
});

test("a paused Deployment is left alone, and told so", async () => {
  await using fake = await fakeDeployment({ ...SPEC(), paused: true });
  const { seen, recorded } = await tried(fake, "grace-period-45");
  expect(seen).toMatchObject({ rollout: "none", tunings: [{ arrival: "refused" }] });
  expect(seen.tunings[0]?.because).toMatch(/is paused/);
  expect([recorded, fake.patches]).toEqual([[], []]);
});

test("what somebody else sets meanwhile stays, and is named", async () => {
  await using fake = await fakeDeployment(SPEC(), {
    meddle: (spec) => {
      Object.assign(Object(spec.template).spec, { terminationGracePeriodSeconds: 99 });
    },
  });
  const { seen, told } = await tried(fake, "prestop-native-sleep-10,grace-period-45");
  const field = "spec.template.spec.terminationGracePeriodSeconds";
  expect(seen.differs).toEqual([field]);
  expect(told).toEqual([expect.stringMatching(`^${field} of Deployment shop/web is no longer what this run set`)]);
  expect(fake.spec()).toMatchObject({
    template: { spec: { terminationGracePeriodSeconds: 99, containers: [{ lifecycle: { preStop: EXEC } }] } },
  });
  expect(seen.tunings[1]).toMatchObject({ arrival: "never-arrived" });
});
