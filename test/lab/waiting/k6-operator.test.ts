import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { KubernetesObject } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Cluster } from "../../../runner/cluster/cluster.ts";
import { OWN_NAMESPACE } from "../../../runner/cluster/own-namespace.ts";
import { waitFor } from "../../../runner/cluster/wait.ts";
import { EnvironmentError } from "../../../runner/errors.ts";
import { kubectl, type Lab } from "../../../runner/lab/index.ts";
import { command } from "../../../runner/lab/machine/command.ts";
import type { Load, LoadEnd } from "../../../runner/load/load.ts";
import { constant, ramp } from "../../../runner/load/schedule/profiles.ts";
import type { OpenLoad } from "../../../runner/load/spec.ts";
import { servesTestRuns } from "../../../runner/load/test-run.ts";
import { holdOfTheLab } from "../hold.ts";
import { operatorHere, type RunningOperator, startOperator } from "../k6-operator/operator.ts";
import { startStandIn } from "../k6-operator/stand-in.ts";
import { giveStarterImage, supplyStarterImage } from "../k6-operator/starter-image.ts";
import { SHARED_LAB } from "../names.ts";
import { runLoad, total } from "../run-load.ts";
import { sharedLab } from "../shared-lab.ts";
import { deployWebUnderLoad, type WebUnderLoad } from "../web-load.ts";
import { processOf } from "../worker-process.ts";

const testing = sharedLab();
const definition = fileURLToPath(new URL("../k6-operator/crd.yaml", import.meta.url));
let lab: Lab;
let cluster: Cluster;
let nodes: readonly string[];
let workload: WebUnderLoad;

let giveBack: () => void;

beforeAll(async () => {
  giveBack = await holdOfTheLab("test-run-definition");
  const opened = await testing.open();
  ({ lab, cluster } = opened);
  nodes = lab.nodes;
  workload = await deployWebUnderLoad(opened);
});
afterAll(async () => {
  await testing.leave();
  giveBack();
});

/** 2 workers, one a node, 300 requests a second for 3 s. */
const LOAD: OpenLoad = {
  model: "open",
  placement: "all-nodes",
  schedule: constant(300, 3_000),
  timeoutMs: 8_000,
  workers: 2,
};

function deploy(name: string, engineName = "k6", load = LOAD): Promise<Load> {
  const podSysctls = [{ name: "net.ipv4.ip_local_port_range", value: "20000 50000" }];
  return workload.deploy(name, engineName, load, { podSysctls });
}

/** By kubectl: the client library loses the x-kubernetes-… fields of a definition's schema. */
async function install(path: string): Promise<void> {
  expect(await kubectl(SHARED_LAB, ["apply", "--server-side", "-f", path])).toBe(0);
  await waitFor("the CRD", async () => ((await servesTestRuns(cluster)) ? true : undefined), { timeoutMs: 120_000 });
}

async function uninstall(path: string): Promise<void> {
  expect(await kubectl(SHARED_LAB, ["delete", "-f", path])).toBe(0);
  await waitFor("the CRD's end", async () => ((await servesTestRuns(cluster)) ? undefined : true), {
    timeoutMs: 120_000,
  });
}

/** What the operator made in the namespace, by kind and name. */
async function leftOf(name: string): Promise<string[]> {
  const at = { namespace: OWN_NAMESPACE };
  const [jobs, pods, services, maps] = await Promise.all([
    cluster.batch.listNamespacedJob(at),
    cluster.core.listNamespacedPod(at),
    cluster.core.listNamespacedService(at),
    cluster.core.listNamespacedConfigMap(at),
  ]);
  const named = (kind: string, items: KubernetesObject[]) =>
    items.flatMap(({ metadata }) => (metadata?.name?.startsWith(name) ? [`${kind} ${metadata.name}`] : []));
  return [
    ...named("Job", jobs.items),
    ...named("Pod", pods.items),
    ...named("Service", services.items),
    ...named("ConfigMap", maps.items),
  ];
}

test("without the operator's CRD there is no TestRun to use", async () => {
  expect(await servesTestRuns(cluster)).toBe(false);
});

describe("the CRD is there, but no operator", () => {
  beforeAll(() => install(definition));
  afterAll(() => uninstall(definition));

  test("that is said in one sentence, and nothing stays", async () => {
    const alone = workload.deploy("load-alone", "k6", LOAD, { takenUpWithinMs: 5_000 });
    const error: unknown = await alone.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(EnvironmentError);
    expect(String(error)).toContain("no k6-operator took up TestRun load-alone within 5 s: start the operator, or");
    expect(await leftOf("load-alone")).toEqual([]);
  });

  test("engines that are no k6 run in a Job", async () => {
    const load = await deploy("load-flood", "flood");
    try {
      expect(await leftOf("load-flood")).toContain("Job load-flood");
    } finally {
      await load.remove();
    }
  });
});

interface Operator {
  readonly name: string;
  /** File or folder of its CRDs. */
  readonly crds: string;
  start(): Promise<RunningOperator>;
}

const STARTER = "packetwalk.local/k6-starter:1";
const standIn: Operator = {
  name: "a stand-in for the k6-operator",
  crds: definition,
  async start() {
    await giveStarterImage(SHARED_LAB, STARTER);
    return startStandIn(cluster, STARTER);
  },
};
const operators = operatorHere
  ? [standIn, { ...operatorHere, start: () => startOperator(operatorHere?.program ?? "", lab, nodes[0] ?? "") }]
  : [standIn];

describe.each(operators)("with $name", (by) => {
  let operator: RunningOperator | undefined;
  beforeAll(async () => {
    await install(by.crds);
    operator = await by.start();
  });
  afterAll(async () => {
    await operator?.stop();
    await uninstall(by.crds);
  });

  async function run(name: string, load: OpenLoad, during?: Parameters<typeof runLoad>[2]): Promise<LoadEnd> {
    const [deployed] = await Promise.all([deploy(name, "k6", load), supplyStarterImage(cluster, SHARED_LAB, name)]);
    return runLoad(deployed, Date.now() + 1_000, during);
  }

  test.each([
    ["steady", LOAD],
    ["rising", { ...LOAD, schedule: ramp(100, 500, 3_000) }],
  ])("%s load's halves on two nodes add up to the whole, and begin at one instant", async (shape, load) => {
    const name = `load-${shape}`;
    let placed: readonly string[] = [];
    let portRange = "";
    let edgeUnixMs = Number.POSITIVE_INFINITY;
    const { merged, lost } = await run(name, load, async ({ workers }, startAtUnixMs) => {
      edgeUnixMs = startAtUnixMs;
      placed = workers.map((worker) => worker.node);
      const pid = processOf(workers[0]?.uid ?? "", "run");
      const path = "/proc/sys/net/ipv4/ip_local_port_range"; // of the network namespace of who reads it
      portRange = await command("nsenter", [`--net=/proc/${pid}/ns/net`, "cat", path]);
    });
    expect(lost).toEqual([]);
    expect([...placed].sort()).toEqual([...nodes].sort());
    expect(portRange.trim().split(/\s+/)).toEqual(["20000", "50000"]);
    expect(merged.scheduled).toBe(900);
    expect(total(merged.outcomes)).toBe(900);
    expect(merged.outcomes.ok).toBeGreaterThan(880);
    expect(merged.slices.reduce((sum, slice) => sum + slice.scheduled, 0)).toBe(900);
    expect(merged.histograms.scheduleLag.count).toBe(900);
    // By the schedule, which is late requests' as well. Runners are ready seconds apart: without a common start the first one
    // would have begun before it was announced.
    const { first = 0, last = 0 } = merged.startedAtUnixMs ?? {};
    expect(first).toBeGreaterThanOrEqual(edgeUnixMs - 1);
    expect(last - first).toBeLessThan(500);
    expect(await leftOf(name)).toEqual([]);
  });

  test("a killed runner is reported with its share", async () => {
    const longer = { ...LOAD, schedule: constant(150, 6_000) };
    const { merged, lost } = await run("load-killed", longer, async ({ workers }, startAtUnixMs) => {
      await sleep(startAtUnixMs + 1_500 - Date.now()); // in the middle of the load, also where that is late
      process.kill(processOf(workers[1]?.uid ?? "", "run"), "SIGKILL");
    });
    expect(lost).toHaveLength(1);
    expect(lost[0]).toMatchObject({ worker: 1, share: 0.5 });
    expect(lost[0]?.because).toContain("exit code 137");
    expect(merged.scheduled).toBe(450);
    expect(total(merged.outcomes)).toBe(450);
    expect(await leftOf("load-killed")).toEqual([]);
  });

  test("a task that k6 refuses is quoted", async () => {
    await expect(deploy("load-refused", "k6", { ...LOAD, timeoutMs: 999_999_999 })).rejects.toThrow(
      /timeoutMs must be from 1 to/,
    );
    expect(await leftOf("load-refused")).toEqual([]);
  });
});
