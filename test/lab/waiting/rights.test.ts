/** Who has few rights, and clusters that refuse: what is said, and that nothing but ours is touched. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type Cluster, isNotFound } from "../../../runner/cluster/cluster.ts";
import { podsOfOurs } from "../../../runner/cluster/lent-namespace.ts";
import { ALL_OURS } from "../../../runner/cluster/ours.ts";
import { OWN_NAMESPACE } from "../../../runner/cluster/own-namespace.ts";
import { waitFor } from "../../../runner/cluster/wait.ts";
import type { Lab } from "../../../runner/lab/index.ts";
import { resultSchema } from "../../../runner/result/result.ts";
import { FLOOD_EVIDENCE } from "../../../suites/connection-flood/evidence.ts";
import { SUITES } from "../../../suites/index.ts";
import { packetwalk } from "../../support/packetwalk.ts";
import { ONE_ROUND } from "../one-round.ts";
import { sharedLab } from "../shared-lab.ts";
import { TEAM, type Team, team } from "../team.ts";

const testing = sharedLab();
const RESULT = resultSchema("connection-flood", FLOOD_EVIDENCE);

let lab: Lab;
let admin: Cluster;
let folder: string;
let ours: Team;
/** Kubeconfigs. */
let tester: string;
let reader: string;

beforeAll(async () => {
  const open = await testing.open();
  ({ lab, cluster: admin, folder } = open);
  ours = await team(open, { "pod-security.kubernetes.io/enforce": "restricted" });
  [tester, reader] = [await ours.userWith("load.yaml"), await ours.userWith("read.yaml")];
  await admin.core.createNamespacedConfigMap({ namespace: TEAM, body: { metadata: { name: "mine" } } });
});
afterAll(async () => {
  await ours.leave();
  await testing.leave();
});

const asTeam = () => ["--kubeconfig", tester, "--namespace", TEAM, ...images()];
const images = () => ["--agent-image", lab.images.busybox, "--web-image", lab.images.web];
const compare = (out: string, ...more: string[]) => [
  "compare",
  "connection-flood",
  ...ONE_ROUND,
  "--out",
  join(folder, out),
  ...more,
  ...asTeam(),
];
const IN_PODS = ["--tuned", "pod-port-range"];

/** What is ours in the namespace, whoever sees it: an administrator here. */
async function leftInNamespace(): Promise<string[]> {
  const asked = { namespace: TEAM, labelSelector: ALL_OURS };
  const lists = await Promise.all([
    admin.core.listNamespacedService(asked),
    admin.core.listNamespacedConfigMap(asked),
    admin.apps.listNamespacedDeployment(asked),
    admin.apps.listNamespacedDaemonSet(asked),
    admin.batch.listNamespacedJob(asked),
  ]);
  const named = lists.flatMap(({ items }) => items.map(({ metadata }) => metadata?.name ?? ""));
  return [...named, ...(await podsOfOurs({ ...admin, namespace: TEAM }))];
}

async function versionOfMine(): Promise<string | undefined> {
  return (await admin.core.readNamespacedConfigMap({ namespace: TEAM, name: "mine" })).metadata?.resourceVersion;
}

describe("a user without rights on nodes, in a namespace of PodSecurity restricted", () => {
  test("preflight says what can run, what is missing, and with which arm", async () => {
    const seen = await packetwalk(["preflight", "connection-flood", "--quick", ...asTeam()]);
    expect(seen.code, seen.stderr).toBe(0);
    expect(seen.stdout).toContain("can run, but");
    expect(seen.stdout).toMatch(/privileged pods are refused: .*violates PodSecurity "restricted:latest"/);
    expect(seen.stdout).toContain("- without kernel counters, since agents are refused");
    expect(seen.stdout).toMatch(/- nodes can't be listed .*kernel, size and network of the nodes are not readable/);
    expect(seen.stdout).toContain("- arms that can be run: pod-port-range");
    expect(seen.stdout).toMatch(/next +packetwalk compare connection-flood --baseline baseline --tuned pod-port-range/);
  });

  test("an arm that changes nodes is refused in one sentence, before anything is created", async () => {
    const ran = await packetwalk(compare("arm"));
    expect(ran.code).toBe(5);
    expect(ran.stderr).toMatch(
      /arm recommended sets .*, which only an agent there can do.*these can be run: pod-port-range/,
    );
    expect(await leftInNamespace()).toEqual([]);
  });

  test("a flood in full size fills a node's table without any agent: it is refused until its owner allows it", async () => {
    const full = compare("full", ...IN_PODS).filter((word) => word !== "--quick");
    const ran = await packetwalk(full);
    expect(ran.stderr).toMatch(
      /connection-flood in full size fills .* real limit .*other people's new connections.*; add --allow-node-changes if you own that cluster, or take --quick\n$/,
    );
    expect(ran.code).toBe(4);
    expect(await leftInNamespace()).toEqual([]);
  });

  test("what is interrupted is restored: the namespace stays, with what is not ours", async () => {
    const before = await versionOfMine();
    let killed = false;
    const ran = await packetwalk(compare("killed", ...IN_PODS), {
      onProgress(pid, stderr) {
        if (!killed && stderr.includes("Block 1:")) process.kill(pid, "SIGKILL");
        killed ||= stderr.includes("Block 1:");
      },
    });
    expect(ran.signal, ran.stderr).toBe("SIGKILL");
    expect(await leftInNamespace()).toContain("web");
    const restored = await packetwalk(["restore"]);
    expect(restored.stdout + restored.stderr).toMatch(/Restored what 1 interrupted run left/);
    expect(await leftInNamespace()).toEqual([]);
    expect(await versionOfMine()).toBe(before);
  });

  test("a flood is compared without kernel counters, by a pod's own setting, and says so", async () => {
    const before = await versionOfMine();
    const ran = await packetwalk(compare("whole", ...IN_PODS));
    // One round is too few for a verdict; on a machine that is busy with other things blocks may be void as well.
    expect([2, 3], ran.stderr).toContain(ran.code);
    expect(ran.stdout).toContain("Without kernel counters: nothing on the nodes was read");
    const result = RESULT.parse(JSON.parse(readFileSync(join(folder, "whole", "result.json"), "utf8")));
    expect(result.target).toMatchObject({ nodes: null, nodeFacts: [], kernel: "not readable", cni: "unknown" });
    expect(result.warnings.map(({ kind }) => kind)).toContain("without-kernel-counters");
    expect(result.metrics.find(({ name }) => name === "drops")).toMatchObject({ state: "unmeasured" });
    expect(result.tunings).toMatchObject([{ name: "pod-port-range", arrival: "arrived" }]);
    for (const block of result.arms.flatMap(({ blocks }) => blocks)) {
      expect(block.outcomes.ok).toBeGreaterThan(0);
      expect(block).toMatchObject({ conntrack: [], stealShare: null, generatorCpu: { shareOfMachine: null } });
      expect(block.counters.map(({ hop }) => hop)).toEqual(["client-ports"]);
      expect(block.drain.method).toMatch(/^nothing was flushed/);
    }
    const page = readFileSync(join(folder, "whole", "report.html"), "utf8");
    expect(page).toContain("Without kernel counters");
    expect(await leftInNamespace()).toEqual([]);
    expect(await versionOfMine()).toBe(before);
  });

  test("what has the name of one of ours is left alone, and named", async () => {
    const labels = { app: "shop" };
    const containers = [{ name: "shop", image: "shop" }];
    const spec = {
      replicas: 0,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers } },
    };
    const at = { namespace: TEAM, name: "web" };
    await admin.apps.createNamespacedDeployment({ namespace: TEAM, body: { metadata: { name: "web" }, spec } });
    onTestFinished(async () => {
      await admin.apps.deleteNamespacedDeployment(at);
    });
    const ran = await packetwalk(compare("taken", ...IN_PODS));
    expect(ran.code).toBe(5);
    expect(ran.stderr).toContain(`namespace ${TEAM} has a Deployment web that packetwalk did not create`);
    expect((await admin.apps.readNamespacedDeployment(at)).spec?.template.spec?.containers[0]?.image).toBe("shop");
    expect(await leftInNamespace()).toEqual([]);
  });

  test("a quota that refuses is quoted, and nothing of ours stays", async () => {
    const quota = { namespace: TEAM, name: "small" };
    await admin.core.createNamespacedResourceQuota({
      namespace: TEAM,
      body: { metadata: { name: "small" }, spec: { hard: { pods: "3" } } },
    });
    onTestFinished(async () => {
      await admin.core.deleteNamespacedResourceQuota(quota);
    });
    const counted = async () => (await admin.core.readNamespacedResourceQuota(quota)).status?.hard?.pods;
    await waitFor("the quota", async () => ((await counted()) === "3" ? true : undefined), { timeoutMs: 120_000 });
    const ran = await packetwalk(compare("quota", ...IN_PODS));
    expect(ran.code).toBe(5);
    expect(ran.stderr).toMatch(/exceeded quota: small, requested: pods=1/);
    expect(await leftInNamespace()).toEqual([]);
  });
});

describe("a user who may only read", () => {
  /** Whether they are there. */
  const made = (reading: Promise<unknown>) =>
    reading.then(
      () => true,
      (error: unknown) => {
        if (isNotFound(error)) return false;
        throw error;
      },
    );

  test("learns by preflight what the cluster is, and which rights each suite would take; nothing is created", async () => {
    const seen = await packetwalk(["preflight", "--kubeconfig", reader, ...images()]);
    expect(seen.stdout.match(/ can't run$/gm), seen.stdout + seen.stderr).toHaveLength(SUITES.length);
    expect(seen.code).toBe(5);
    for (const node of lab.nodes) expect(seen.stdout).toContain(`${node} (`);
    expect(seen.stdout).toContain("not known whether privileged pods are accepted: HTTP 403 pods is forbidden");
    expect(seen.stdout).toMatch(/- you may not create, delete namespaces/);
    expect(seen.stdout).toMatch(/- you may not .*create.* clusterroles\.rbac\.authorization\.k8s\.io/);
    // All that it reads it may read.
    expect(seen.stdout).not.toContain("not seen");
    expect(seen.stdout).toMatch(/next +packetwalk preflight, once what stands in the way is gone/);
    const pod = (name: string) => admin.core.readNamespacedPod({ namespace: "default", name });
    expect(
      await Promise.all([
        made(admin.core.readNamespace({ name: OWN_NAMESPACE })),
        made(pod("packetwalk-agent")),
        made(pod("packetwalk-load")),
      ]),
    ).toEqual([false, false, false]);
  });
});
