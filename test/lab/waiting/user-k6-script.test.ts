/** A k6 script of a user's, run unchanged: at the plan's rate, at the hosts that it may talk to, and stopped in time. */
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readK6Script } from "../../../build/bundle.mjs";
import type { Cluster } from "../../../runner/cluster/cluster.ts";
import { loadImage } from "../../../runner/lab/index.ts";
import { type UserScriptReport, type UserScriptTask, userScript } from "../../../runner/load/engines/user-script.ts";
import type { LiveSecond } from "../../../runner/load/live-merge.ts";
import { deployLoad, type Load } from "../../../runner/load/load.ts";
import { constant } from "../../../runner/load/schedule/profiles.ts";
import { silent } from "../../../runner/progress.ts";
import { runLoad, total } from "../run-load.ts";
import { type OpenLab, sharedLab } from "../shared-lab.ts";
import { deployWebUnderLoad, type WebUnderLoad } from "../web-load.ts";

const testing = sharedLab();
const SCRIPT = fileURLToPath(new URL("../fixtures/shop.k6.js", import.meta.url));
const PER_SECOND = 10;
const WORKERS = 2;

let opened: OpenLab;
let cluster: Cluster;
let workload: WebUnderLoad;
let host: string;

beforeAll(async () => {
  opened = await testing.open();
  cluster = opened.cluster;
  workload = await deployWebUnderLoad(opened);
  host = `web.${cluster.namespace}.svc`;
});
afterAll(() => testing.leave());

interface Ran {
  readonly load: Load;
  readonly seconds: LiveSecond[];
  readonly reports: UserScriptReport[];
}

async function deploy(name: string, seconds: number, more: Partial<UserScriptTask> = {}): Promise<Ran> {
  const ran = { seconds: [] as LiveSecond[], reports: [] as UserScriptReport[] };
  const { port } = workload.web;
  const load = await deployLoad(cluster, {
    name,
    engine: userScript,
    image: await loadImage(opened.lab.name, userScript.image, silent),
    delivery: opened.delivery,
    load: {
      model: "open",
      placement: "all-nodes",
      schedule: constant(PER_SECOND, seconds * 1_000),
      timeoutMs: 4_000,
      workers: WORKERS,
    },
    task: {
      script: (await readK6Script(SCRIPT)).text,
      hosts: [`${host}:${port}`],
      mayBePublic: false,
      env: { SHOP: `${host}:${port}`, ELSEWHERE: "" },
      secretEnv: { TOKEN: "a-secret-token" },
      newConnections: true,
      limits: { mostPerSecond: 1_000, mostInFlight: 200 },
      ...more,
    },
    ...{ seed: 3, sliceMs: 1_000, gateTimeoutMs: 180_000, nodes: opened.lab.nodes, podSysctls: [], liveMs: 1_000 },
    onSecond: (second) => ran.seconds.push(second),
    onReport: (_worker, report) => ran.reports.push(report),
  });
  return { load, ...ran };
}

test("it runs at the rate, two requests an iteration, and its seconds add up to its report", async () => {
  const { load, seconds, reports } = await deploy("script", 6);
  const secrets = await cluster.core.listNamespacedSecret({ namespace: cluster.namespace });
  expect(secrets.items.map(({ metadata }) => metadata?.name)).toContain("script");
  const pods = await cluster.core.listNamespacedPod({ namespace: cluster.namespace });
  expect(JSON.stringify(pods.items.map(({ spec }) => spec))).not.toContain("a-secret-token");
  const { merged, lost } = await runLoad(load, Date.now() + 3_000);
  expect(lost).toEqual([]);
  expect(merged.saturated).toEqual([]);
  const iterations = reports.reduce((sum, report) => sum + report.iterations, 0);
  // What is due in the last moments k6 may not begin.
  expect(iterations).toBeGreaterThanOrEqual(6 * PER_SECOND - 2 * WORKERS);
  expect(iterations).toBeLessThanOrEqual(6 * PER_SECOND + WORKERS);
  expect(merged.outcomes).toEqual({ ok: 2 * iterations });
  expect(merged.reused).toBe(0);
  expect(seconds.reduce((sum, { ended }) => sum + ended, 0)).toBe(total(merged.outcomes));
  expect(seconds.map(({ inFlight, lagMs }) => [inFlight, lagMs])).toEqual(seconds.map(() => [null, null]));
});

test("it reaches no host that it is not to talk to, and says so", async () => {
  const api = await cluster.core.readNamespacedService({ namespace: "default", name: "kubernetes" });
  const elsewhere = `${api.spec?.clusterIP}:443`;
  const { port } = workload.web;
  const env = { SHOP: `${host}:${port}`, ELSEWHERE: elsewhere };
  const { load } = await deploy("script-confined", 3, { env });
  const { merged } = await runLoad(load, Date.now() + 3_000);
  expect(merged.outcomes["not-sent"]).toBeGreaterThan(0);
  expect(Object.keys(merged.outcomes).sort()).toEqual(["not-sent", "ok"]);
  expect(merged.saturated.join()).toContain(elsewhere);
});

test("it is stopped by whoever watches, with a report of what it did until then", async () => {
  const { load, seconds } = await deploy("script-stopped", 90);
  const { merged, lost } = await runLoad(load, Date.now() + 3_000, async (_load, startAtUnixMs) => {
    await sleep(startAtUnixMs + 4_000 - Date.now());
    await load.stop();
  });
  expect(lost).toEqual([]);
  expect(merged.stopped.map(({ worker }) => worker)).toEqual([0, 1]);
  expect(merged.outcomes.ok).toBeGreaterThan(0);
  expect(merged.outcomes.ok).toBeLessThan(2 * 30 * PER_SECOND);
  expect(seconds.length).toBeGreaterThan(0);
});

test("a host that there is not is told before any load", async () => {
  await expect(deploy("script-nowhere", 3, { hosts: ["nowhere.nowhere.svc:80"] })).rejects.toThrow(
    "host nowhere.nowhere.svc can't be looked up",
  );
});
