/**
 * A user with few rights rehearses his own Service, Ingress and Gateway from a namespace of PodSecurity restricted, where the nodes are
 * seen by Prometheus alone.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { type Cluster, isNotFound } from "../../../runner/cluster/cluster.ts";
import { podsOfOurs } from "../../../runner/cluster/lent-namespace.ts";
import { waitFor } from "../../../runner/cluster/wait.ts";
import { type Lab, labIngress } from "../../../runner/lab/index.ts";
import { silent } from "../../../runner/progress.ts";
import { failuresIn } from "../../../runner/result/outcomes.ts";
import { Rehearsal } from "../../../runner/result/rehearsal.ts";
import { type RunningPrometheus, startPrometheus } from "../../programs/prometheus/prometheus.ts";
import { packetwalk } from "../../support/packetwalk.ts";
import { SHARED_LAB } from "../names.ts";
import { type NodeExporters, startNodeExporters } from "../node-exporters.ts";
import { sharedLab } from "../shared-lab.ts";
import { SHOP, TEAM, type Team, team } from "../team.ts";

const testing = sharedLab();
let lab: Lab;
let admin: Cluster;
let folder: string;
let ours: Team;
let exporters: NodeExporters;
let prometheus: RunningPrometheus;

const removeShop = () =>
  admin.core.deleteNamespace({ name: SHOP }).catch((error: unknown) => {
    if (!isNotFound(error)) throw error;
  });

beforeAll(async () => {
  const open = await testing.open();
  ({ lab, cluster: admin, folder } = open);
  await removeShop(); // an earlier run's
  const isGone = () =>
    admin.core.readNamespace({ name: SHOP }).then(
      () => undefined,
      () => true,
    );
  await waitFor(`the end of ${SHOP}`, isGone, { timeoutMs: 120_000 });
  await labIngress(SHARED_LAB, silent);
  await admin.core.createNamespace({ body: { metadata: { name: SHOP } } });
  for (const document of parseAllDocuments(filled("guarded-shop.yaml"))) await admin.objects.create(document.toJS());
  exporters = await startNodeExporters(lab);
  prometheus = await startPrometheus({
    global: { scrape_interval: "1s" },
    scrape_configs: [...exporters.addresses].map(([node, address]) => ({
      job_name: `node-exporter-${node}`,
      static_configs: [{ targets: [address], labels: { node } }],
    })),
  });
  ours = await team(open, { "pod-security.kubernetes.io/enforce": "restricted" });
  await waitFor("the shop", isServed, { timeoutMs: 120_000 });
  // By two samples a Prometheus is known to scrape.
  const scraped = async () => (Number(await written("min(count_over_time(up[1m]))")) >= 3 ? true : undefined);
  await waitFor("what Prometheus scrapes", scraped, { timeoutMs: 180_000 });
});
afterAll(async () => {
  await prometheus?.[Symbol.asyncDispose]();
  await exporters?.[Symbol.asyncDispose]();
  await removeShop();
  await ours.leave();
  await testing.leave();
});

function filled(file: string): string {
  return readFileSync(new URL(`../fixtures/${file}`, import.meta.url), "utf8")
    .replaceAll("{{NAMESPACE}}", SHOP)
    .replaceAll("{{IMAGE}}", lab.images.web);
}

async function isServed(): Promise<true | undefined> {
  const deployment = await admin.apps.readNamespacedDeployment({ namespace: SHOP, name: "web" });
  return deployment.status?.readyReplicas === 1 ? true : undefined;
}

/** @param change of the plan's text */
function rehearse(kubeconfig: string, out: string, change = (text: string) => text) {
  const plan = join(folder, `${out}.yaml`);
  writeFileSync(plan, change(filled("rehearsals/guarded-shop.yaml")));
  const images = ["--agent-image", lab.images.busybox, "--web-image", lab.images.web];
  return packetwalk([
    ...["rehearse", plan, "--yes", "--out", join(folder, out)],
    ...["--kubeconfig", kubeconfig, "--namespace", TEAM, ...images],
    ...["--prometheus", prometheus.url, "--prometheus-write", `${prometheus.url}/api/v1/write`],
  ]);
}

function sheet(out: string): Rehearsal {
  return Rehearsal.parse(JSON.parse(readFileSync(join(folder, out, "rehearsal.json"), "utf8")));
}

async function leftInTeam(): Promise<string[]> {
  const { items } = await admin.core.listNamespacedSecret({ namespace: TEAM });
  return [...items.map(({ metadata }) => metadata?.name ?? ""), ...(await podsOfOurs({ ...admin, namespace: TEAM }))];
}

/** What Prometheus has of it now. */
async function written(query: string): Promise<string | undefined> {
  const answer = await fetch(`${prometheus.url}/api/v1/query?${new URLSearchParams({ query })}`);
  const { data } = (await answer.json()) as { data: { result: { value: [number, string] }[] } };
  return data.result[0]?.value[1];
}

test("rights that are missing are said by name, before anything is made", async () => {
  const ran = await rehearse(await ours.userWith("load.yaml"), "refused");
  expect(ran.code).toBe(5);
  expect(ran.stderr).toContain(`create, patch, get, delete secrets in namespace ${TEAM}`);
  expect(ran.stderr).toContain(`get services web in namespace ${SHOP} (target service)`);
  expect(ran.stderr).toContain(`list ingresses.networking.k8s.io in namespace ${SHOP} (target ingress)`);
  expect(ran.stderr).toContain(`get secrets rehearsal in namespace ${SHOP} (target gateway)`);
  expect(ran.stderr).toMatch(/docs\/rights\/rehearse\.yaml has what a plan takes/);
  expect(await leftInTeam()).toEqual([]);
});

test("with them the load reaches Service, Ingress and Gateway with a Secret's header, and the sheet says what was not seen", async () => {
  const ran = await rehearse(await ours.userWith("load.yaml", "rehearse.yaml"), "sheet");
  expect(ran.code, ran.stderr).toBe(2);
  const { stages, targets, notTested, decision } = sheet("sheet");
  // The search is left out, and nobody saw drops from second to second: never a go.
  expect(decision.state, decision.because.join(" ")).toBe("go-with-conditions");
  const [day] = stages;
  const failed = failuresIn(day?.outcomes ?? { ok: 0 });
  // Without the header it is 403, which only the stranger expects: so each got there as it is.
  expect(failed.filter(([cause]) => cause.startsWith("status") || cause === "unexpected-status")).toEqual([]);
  expect(day?.outcomes.ok).toBeGreaterThan(90);
  const reached = await Promise.all([
    admin.core.readNamespacedService({ namespace: SHOP, name: "web" }),
    admin.core.readNamespacedService({ namespace: "traefik", name: "traefik" }),
  ]);
  const [service, traefik] = reached.map(({ spec }) => spec?.clusterIP);
  expect(targets.map(({ name, addresses }) => [name, ...addresses])).toEqual([
    ["service", `${service}:8000`],
    ["ingress", `${traefik}:80`],
    ["gateway", `${traefik}:80`],
    ["stranger", `${service}:8000`],
  ]);
  expect(ran.stderr).toContain(`service: Service ${SHOP}/web at ${service}:8000`);
  expect(ran.stderr).toContain(`Namespaces: ${SHOP}, traefik`);
  expect(notTested).toEqual(
    expect.arrayContaining([
      "What the nodes' kernels dropped from second to second: drops were read from Prometheus every 1 s, and guards don't see them.",
      "Listen queues within pods: no agent could read their counters.",
    ]),
  );
  const tables = day?.readings.filter(({ counter }) => counter === "conntrackEntries") ?? [];
  expect(tables.length).toBeGreaterThan(0);
  for (const { where, used, limit } of tables) {
    expect(lab.nodes.map((node) => `node ${node}`)).toContain(where);
    // Every second of it opens new connections, which stay in the table.
    expect(used).toBeGreaterThan(0);
    expect(limit).toBeGreaterThan(used ?? 0);
  }
  expect(await written(`packetwalk_rehearsal_stage_end{rehearsal="guarded-shop",stage="day",end="completed"}`)).toBe(
    "1",
  );
  expect(await written(`packetwalk_rehearsal_decision{rehearsal="guarded-shop",state="go-with-conditions"}`)).toBe("1");
  expect(Number(await written(`count_over_time(packetwalk_rehearsal_ended_per_second[5m])`))).toBeGreaterThan(3);
  expect(ran.stdout + ran.stderr + JSON.stringify(stages)).not.toContain("hush-17");
  expect(await leftInTeam()).toEqual([]);
});

test("once as many requests have failed as the plan lets, the load ends long before the day does, and the sheet says so", async () => {
  // A quarter of 20/s is of a stranger who expects to be let in.
  const strict = (text: string) =>
    text
      .replace(", expect: [403]", "")
      .replace("for: 6s", "for: 60s")
      .replace("mostMinutes: 1", "mostMinutes: 1, mostFailedRequests: 20");
  const ran = await rehearse(await ours.userWith("load.yaml", "rehearse.yaml"), "stopped", strict);
  expect(ran.code, ran.stderr).toBe(2);
  const { stages, decision, stopRule } = sheet("stopped");
  expect(stages).toMatchObject([{ kind: "day", end: "called-off", breach: null }]);
  expect(stages[0]?.ranS).toBeLessThan(30);
  expect(stages[0]?.outcomes["status-4xx"]).toBeGreaterThanOrEqual(20);
  expect(stopRule?.failedRequests).toBeGreaterThanOrEqual(20);
  expect(decision.because.at(-1)).toMatch(
    /^The rehearsal was ended by its stop rule: \d+ requests had failed in all, and limits\.mostFailedRequests is 20\.$/,
  );
  expect(await leftInTeam()).toEqual([]);
});
