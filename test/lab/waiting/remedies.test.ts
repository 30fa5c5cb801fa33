import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import type { Cluster } from "../../../runner/cluster/cluster.ts";
import { createNamespace } from "../../../runner/cluster/namespace.ts";
import type { Delivery } from "../../../runner/delivery/delivery.ts";
import { tuningReports } from "../../../runner/experiment/tuning-reports.ts";
import { type Lab, loadImage } from "../../../runner/lab/index.ts";
import { type Agents, deployAgents } from "../../../runner/probes/agents.ts";
import { silent } from "../../../runner/progress.ts";
import type { ReadBack } from "../../../runner/tunings/read-back.ts";
import type { OnDemandImage } from "../../../runner/workloads/images.ts";
import { deployWebService } from "../../../runner/workloads/web.ts";
import { type RemedyFacts, remedyProblems } from "../../../suites/rolling-update/analysis/remedy-problems.ts";
import { workloadPatch } from "../../../suites/rolling-update/kinds/workload-patch.ts";
import { createRollingWeb } from "../../../suites/rolling-update/stage/rolling-web.ts";
import { remedyFacts } from "../../../suites/rolling-update/stage/tunings/remedy-facts.ts";
import { applyWorkload, readBackWorkload } from "../../../suites/rolling-update/stage/tunings/workload.ts";
import { rollingUpdate } from "../../../suites/rolling-update/suite.ts";
import {
  IN_WEB_PODS,
  type RolloutTuning,
  type WorkloadPatch,
  webImageOf,
} from "../../../suites/rolling-update/tunings.ts";
import * as support from "../../support/arms.ts";
import { SHARED_LAB } from "../names.ts";
import { restartedWeb } from "../restarted-web.ts";
import { sharedLab } from "../shared-lab.ts";

const testing = sharedLab();
let lab: Lab;
let cluster: Cluster;
let delivery: Delivery;
let agents: Agents;

beforeAll(async () => {
  ({ lab, cluster, delivery } = await testing.open());
  await createNamespace(cluster);
  agents = await deployAgents(cluster, delivery, lab.nodes);
  await deployWebService(cluster);
});
afterAll(() => testing.leave());

interface Look {
  readonly facts: RemedyFacts;
  /** Tuning → whether it arrived; those that act in the workload only. */
  readonly arrivals: Readonly<Record<string, string>>;
}

/** The workload as these tunings make it, and what a look at it finds. */
async function look(tunings: readonly RolloutTuning[], image?: OnDemandImage): Promise<Look> {
  const variant = image ?? webImageOf(tunings);
  const reference = variant === "web" ? lab.images.web : await loadImage(SHARED_LAB, variant, silent);
  await createRollingWeb(cluster, reference, () => applyWorkload(cluster, tunings));
  const patches = tunings.filter((each) => each.kind === "workload-patch");
  return {
    facts: await remedyFacts(cluster, agents, { name: "looked-at", tunings }),
    arrivals: arrivalsOf(patches, await readBackWorkload(cluster, tunings)),
  };
}

function arrivalsOf(tunings: readonly RolloutTuning[], readBacks: readonly ReadBack[]): Record<string, string> {
  const reports = tuningReports({ name: "looked-at", tunings }, { writes: [], readBacks });
  return Object.fromEntries(reports.map(({ name, arrival }) => [name, arrival]));
}

const tuningsOf = (arm: string) => support.tuningsOf(rollingUpdate, arm);

const UNTUNED: RemedyFacts = {
  arm: "looked-at",
  gracePeriodS: 30,
  preStop: { kind: "none" },
  hasShell: true,
  catchesSigterm: true,
  readinessPeriodS: 2,
  readinessFailureThreshold: 3,
  drainS: 1,
  nativeSleepArrived: null,
};
const exec: RemedyFacts["preStop"] = { kind: "exec", command: ["/bin/sh", "-c", "sleep 10"], sleepSeconds: 10 };
const native: RemedyFacts["preStop"] = { kind: "sleep", seconds: 10 };

/** For how many seconds the stop signal is held back: from, to. On a busy machine later, but no other hold's time. */
type Held = readonly [number, number];
const SLEEP: Held = [9.5, 25]; // 10 s, where the grace period is 30
const SHORT_GRACE: Held = [0.5, 9]; // 1 s
const NOTHING: Held = [0, 9];

// The hold is looked at in the same pod, where an arm has one: it takes as long as it takes.
test.each<[string, Partial<RemedyFacts>, Held | null]>([
  ["baseline", {}, null],
  ["placebo", {}, null],
  ["article", { preStop: exec }, SLEEP],
  ["article-short-grace", { preStop: exec, gracePeriodS: 1 }, SHORT_GRACE],
  ["native-sleep", { preStop: native, nativeSleepArrived: true }, SLEEP],
  ["recommended", { preStop: native, nativeSleepArrived: true, gracePeriodS: 45, readinessPeriodS: 1 }, null],
])("arm %s: every patch arrives in live pods, facts and hold are those of the arm", async (arm, different, held) => {
  const armTunings = await tuningsOf(arm);
  const { facts, arrivals } = await look(armTunings);
  expect(facts).toEqual({ ...UNTUNED, ...different });
  expect(remedyProblems(facts).some((each) => each.void)).toBe(arm === "article-short-grace");
  expect(new Set(Object.values(arrivals))).toEqual(new Set(armTunings.length > 0 ? ["arrived"] : []));
  if (held) await expectHeld(held);
});

test("an image without a shell is seen to have none, and holds nothing back", async () => {
  const { facts } = await look(await tuningsOf("article"), "web-distroless");
  expect(facts).toEqual({ ...UNTUNED, preStop: exec, hasShell: false });
  expect(remedyProblems(facts)).toMatchObject([{ void: true, kind: "no-shell", program: "/bin/sh" }]);
  await expectHeld(NOTHING);
});

test("a process that has no handler for SIGTERM is seen", async () => {
  const { facts } = await look([patch(new URL("../fixtures/ignores-sigterm.yaml", import.meta.url))]);
  expect(facts.catchesSigterm).toBe(false);
});

test("a patch that the API server refuses is one sentence with its reason: a native sleep beyond the grace period", async () => {
  const [shortGrace] = (await tuningsOf("article-short-grace")).filter(({ name }) => name === "grace-period-1");
  expect(shortGrace).toBeDefined();
  await expect(look([...(await tuningsOf("native-sleep")), ...(shortGrace ? [shortGrace] : [])])).rejects.toThrow(
    /^the cluster refuses tuning grace-period-1 \(terminationGracePeriodSeconds = 1\): HTTP 422 [^\n]*preStop.sleep[^\n]*$/,
  );
});

test("a field that the API server does not know is dropped, and so never arrives", async () => {
  const unknown = patch(new URL("../fixtures/unknown-field.yaml", import.meta.url));
  const { arrivals } = await look([unknown]);
  expect(arrivals).toEqual({ "looked-at": "never-arrived" });
});

function patch(file: URL): WorkloadPatch {
  return workloadPatch({
    name: "looked-at",
    patch: parse(readFileSync(file, "utf8")),
    setting: "a patch of this test",
    scope: "pod-spec",
    actsIn: IN_WEB_PODS,
    note: "",
  });
}

async function expectHeld([fromS, toS]: Held): Promise<void> {
  const [pod] = await restartedWeb(cluster, agents);
  const heldMs = (pod?.signal?.atUnixMs ?? Number.NaN) - (pod?.deleteRequestedAtUnixMs ?? Number.NaN);
  expect(heldMs / 1000).toBeGreaterThanOrEqual(fromS);
  expect(heldMs / 1000).toBeLessThan(toS);
}
