/** Who has few rights, and clusters that refuse: what is said, and that nothing but ours is touched. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { KubernetesObjectApi } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { parse, parseAllDocuments, stringify } from "yaml";
import type { Cluster } from "../../../runner/cluster/cluster.ts";
import { podsOfOurs } from "../../../runner/cluster/lent-namespace.ts";
import { ALL_OURS } from "../../../runner/cluster/ours.ts";
import { OWN_NAMESPACE } from "../../../runner/cluster/own-namespace.ts";
import { waitFor } from "../../../runner/cluster/wait.ts";
import type { Lab } from "../../../runner/lab/index.ts";
import { resultSchema } from "../../../runner/result/result.ts";
import { FLOOD_EVIDENCE } from "../../../suites/connection-flood/evidence.ts";
import { packetwalk } from "../../support/packetwalk.ts";
import { sharedLab } from "../shared-lab.ts";

const testing = sharedLab();
const TEAM = `${OWN_NAMESPACE}-team`;
const RESULT = resultSchema("connection-flood", FLOOD_EVIDENCE);

let lab: Lab;
let admin: Cluster;
let folder: string;

beforeAll(async () => {
  ({ lab, cluster: admin, folder } = await testing.open());
  await namespaceGone();
  const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
  await admin.core.createNamespace({ body: { metadata: { name: TEAM, labels } } });
  const metadata = { name: "tester" };
  await admin.core.createNamespacedServiceAccount({ namespace: TEAM, body: { metadata } });
  for (const object of rightsInDocs()) await KubernetesObjectApi.makeApiClient(admin.kubeconfig).create(object);
  await admin.core.createNamespacedConfigMap({ namespace: TEAM, body: { metadata: { name: "mine" } } });
  writeFileSync(join(folder, "team"), await restricted());
});
afterAll(async () => {
  await namespaceGone();
  await testing.leave();
});

/** As docs/own-cluster.md gives them out. */
function rightsInDocs() {
  const text = readFileSync(new URL("../../../docs/rights.yaml", import.meta.url), "utf8");
  return parseAllDocuments(text.replaceAll("namespace: team", `namespace: ${TEAM}`)).map((each) => each.toJS());
}

/** A kubeconfig of a user who has them and no others. */
async function restricted(): Promise<string> {
  const { status } = await admin.core.createNamespacedServiceAccountToken({
    ...{ namespace: TEAM, name: "tester" },
    body: { spec: { audiences: [], expirationSeconds: 3600 } },
  });
  const { users: _, contexts, ...own } = parse(readFileSync(lab.kubeconfigPath, "utf8"));
  const [context] = contexts;
  const users = [{ name: "tester", user: { token: status?.token } }];
  return stringify({ ...own, users, contexts: [{ ...context, context: { ...context.context, user: "tester" } }] });
}

async function namespaceGone(): Promise<void> {
  await admin.core.deleteNamespace({ name: TEAM }).catch(() => undefined);
  const gone = () =>
    admin.core.readNamespace({ name: TEAM }).then(
      () => undefined,
      () => true,
    );
  await waitFor(`the end of ${TEAM}`, gone, { timeoutMs: 120_000 });
}

const asTeam = () => ["--kubeconfig", join(folder, "team"), "--namespace", TEAM, ...images()];
const images = () => ["--agent-image", lab.images.busybox, "--web-image", lab.images.web];
const compare = (out: string, ...more: string[]) => [
  "compare",
  "connection-flood",
  "--quick",
  "--rounds",
  "1",
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
    await waitFor("the quota", async () => ((await counted()) === "3" ? true : undefined), { timeoutMs: 30_000 });
    const ran = await packetwalk(compare("quota", ...IN_PODS));
    expect(ran.code).toBe(5);
    expect(ran.stderr).toMatch(/exceeded quota: small, requested: pods=1/);
    expect(await leftInNamespace()).toEqual([]);
  });
});
