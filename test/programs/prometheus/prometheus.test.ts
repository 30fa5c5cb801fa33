import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { prometheusAddress } from "../../../runner/prometheus/address.ts";
import { openPrometheus, type Prometheus } from "../../../runner/prometheus/client.ts";
import { readQueries } from "../../../runner/prometheus/queries.ts";
import type { Scope } from "../../../runner/prometheus/readings.ts";
import type { Series } from "../../../runner/prometheus/series.ts";
import { openWriter } from "../../../runner/prometheus/writer.ts";
import { prometheusReadings } from "../../../runner/rehearsal/run/from-prometheus.ts";
import type { Readings } from "../../../runner/rehearsal/run/ground.ts";
import { secondSamples, stageSamples } from "../../../runner/rehearsal/run/to-prometheus.ts";
import type { HopReading, RehearsedSecond, RehearsedStage } from "../../../runner/result/rehearsal.ts";
import { type Exporter, startExporter } from "./exporter.ts";
import { type RunningPrometheus, startPrometheus } from "./prometheus.ts";

const NODES = ["one", "two", "outside"];
const PODS = "/pods";
const NODE_PATHS = NODES.map((node) => `/nodes/${node}`);
const signal = new AbortController().signal;

let exporter: Exporter;
let server: RunningPrometheus;

beforeAll(async () => {
  exporter = await startExporter([...NODE_PATHS, PODS]);
  for (const [index, path] of NODE_PATHS.entries()) {
    set(path, "node_nf_conntrack_entries", 100);
    set(path, "node_nf_conntrack_entries_limit", 1000);
    set(path, "node_nf_conntrack_stat_drop", 50 * (index + 1));
    set(path, 'node_softnet_dropped_total{cpu="0"}', 5);
    set(path, 'node_softnet_dropped_total{cpu="1"}', 8);
  }
  set("/nodes/one", "node_netstat_TcpExt_ListenDrops", 3);
  set(PODS, 'kube_pod_container_status_restarts_total{pod="web-6d4f-abcde",namespace="shop",container="web"}', 2);
  set(PODS, 'kube_pod_container_status_restarts_total{pod="web-6d4f-abcde",namespace="other",container="web"}', 2);
  const targets = [exporter.address];
  server = await startPrometheus({
    global: { scrape_interval: "1s" },
    scrape_configs: [
      ...NODES.map((node) => ({
        job_name: `node-${node}`,
        metrics_path: `/nodes/${node}`,
        // As node_exporter is mostly scraped: by the node's address.
        static_configs: [{ targets, labels: { instance: `10.0.0.${NODES.indexOf(node) + 1}:9100` } }],
      })),
      { job_name: "pods", metrics_path: PODS, honor_labels: true, static_configs: [{ targets }] },
    ],
  });
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await exporter?.[Symbol.asyncDispose]();
});

function set(path: string, series: string, value: number): void {
  exporter.values.get(path)?.set(series, value);
}

function add(path: string, series: string, more: number): void {
  set(path, series, (exporter.values.get(path)?.get(series) ?? 0) + more);
}

function at(path: string) {
  const token = { file: undefined, fileFlag: "--prometheus-token-file", variable: "NO_SUCH_VARIABLE" };
  return prometheusAddress("--prometheus", `${server.url}${path}`, token, {});
}

const scope: Scope = {
  nodes: new Map([
    ["10.0.0.1", "one"],
    ["10.0.0.2", "two"],
  ]),
  clientNode: "one",
  kernelOf: (node) => node,
  workloads: [{ namespace: "shop", name: "web" }],
};

/** Once the API shows the two samples by which a Prometheus is known to scrape. */
async function open(): Promise<{ prometheus: Prometheus; readings: Readings }> {
  const prometheus = await openPrometheus(at("/"));
  const enough = async () => {
    const up = await prometheus.samples("up", Date.now() - 600_000, Date.now());
    return up.length === NODES.length + 1 && up.every(({ samples }) => samples.length >= 2);
  };
  for (const untilMs = Date.now() + 60_000; !(await enough()) && Date.now() < untilMs; ) await sleep(200);
  return {
    prometheus,
    readings: await prometheusReadings({ flag: "--prometheus", prometheus, queries: readQueries(), scope, signal }),
  };
}

const only = (readings: readonly HopReading[], where: string, counter: string) => {
  const found = readings.filter((each) => each.where === where && each.counter === counter);
  expect(found, `${counter} of ${where}`).toHaveLength(1);
  return found[0];
};

test("counters are read with what they rose by, and what is missing is told, not zero", async () => {
  const { readings } = await open();
  expect(readings.everyS).toBe(1);

  const fromMs = Date.now();
  await exporter.scraped(1);
  add("/nodes/one", "node_nf_conntrack_stat_drop", 7);
  add("/nodes/outside", "node_nf_conntrack_stat_drop", 900);
  add("/nodes/one", 'node_softnet_dropped_total{cpu="0"}', 1);
  add("/nodes/one", 'node_softnet_dropped_total{cpu="1"}', 2);
  set("/nodes/one", "node_nf_conntrack_entries", 640);
  set("/nodes/two", "node_nf_conntrack_stat_drop", 4); // from 100: it began anew
  add(PODS, 'kube_pod_container_status_restarts_total{pod="web-6d4f-abcde",namespace="shop",container="web"}', 1);
  set(PODS, 'nginx_ingress_controller_requests{controller_pod="nginx-1",controller_namespace="edge",status="503"}', 3);
  await exporter.scraped(2);
  set("/nodes/one", "node_nf_conntrack_entries", 120);
  const read = await readings.over(fromMs, Date.now(), signal);

  expect(only(read, "node one", "conntrackDrop")).toMatchObject({ hop: "client-conntrack", lost: 7 });
  expect(only(read, "node one", "conntrackEntries")).toMatchObject({ lost: null, used: 640, limit: 1000 });
  expect(only(read, "kernel of one", "softnetDropped")).toMatchObject({ hop: "softnet", lost: 3 });
  expect(only(read, "node one", "listenDrops")?.lost).toBe(0);
  expect(only(read, "node two", "conntrackDrop")).toMatchObject({ hop: "service-dnat", lost: 4 });
  expect(only(read, "kernel of two", "softnetDropped")?.lost).toBe(0);
  expect(only(read, "pod shop/web-6d4f-abcde", "container-restarts")).toMatchObject({ lost: null, used: 1 });
  // It was scraped before without that series, which therefore began with zero.
  expect(only(read, "pod edge/nginx-1", "nginx-5xx")).toMatchObject({ hop: "ingress-upstream", lost: 3 });
  const places = new Set(read.map(({ where }) => where));
  expect([...places].sort()).toEqual([
    ...["kernel of one", "kernel of two", "node one", "node two"],
    ...["pod edge/nginx-1", "pod shop/web-6d4f-abcde"],
  ]);
  const told = readings.notRead().join("\n");
  expect(told).toContain("node_netstat_TcpExt_ListenDrops of two: Prometheus has no such series.");
  expect(told).toMatch(/has no series of here: .*node_netstat_TcpExt_ListenOverflows, .*coredns_dns_requests_total/);
  expect(told).not.toContain("node_softnet_dropped_total");
});

test("what is no longer scraped is not known, and what an earlier stage lost is not the next one's", async () => {
  const { readings } = await open();
  let fromMs = Date.now();
  add("/nodes/one", "node_nf_conntrack_stat_drop", 11);
  await exporter.scraped(1);
  const first = await readings.over(fromMs, Date.now(), signal);
  expect(only(first, "node one", "conntrackDrop")?.lost).toBe(11);

  fromMs = Date.now();
  exporter.values.get("/nodes/two")?.delete("node_nf_conntrack_stat_drop");
  await exporter.scraped(2);
  const second = await readings.over(fromMs, Date.now(), signal);
  expect(only(second, "node one", "conntrackDrop")?.lost).toBe(0);
  expect(only(second, "node two", "conntrackDrop")?.lost).toBeNull();
  expect(readings.notRead().join("\n")).toContain("conntrackDrop of node two in 1 of 2 stages");
});

test("an address that has nothing of this cluster, and a query that is none, are refused before any load", async () => {
  const { prometheus } = await open();
  const asked = { flag: "--prometheus", prometheus, signal, queries: readQueries() };
  await expect(
    prometheusReadings({ ...asked, scope: { ...scope, nodes: new Map(), workloads: [] } }),
  ).resolves.toBeTruthy();
  const [query] = readQueries();
  if (!query) throw new Error("there are no queries");
  await expect(
    prometheusReadings({ ...asked, queries: [{ ...query, select: "no_such_series" }], scope }),
  ).rejects.toThrow(/it has no series of this cluster/);
  await expect(
    prometheusReadings({ ...asked, queries: [{ ...query, select: "rate(up[1m])" }], scope }),
  ).rejects.toThrow(/^--prometheus: the query rate\(up\[1m\]\)\[\d+ms\] was refused: .*ranges/);
});

const second = (atS: number, load: Partial<NonNullable<RehearsedSecond["load"]>>): RehearsedSecond => ({
  atS,
  load: {
    ...{ scheduled: 100, ended: 98, failed: 0, status5xx: 0, p99Ms: 12.5, overLimit: {}, toldShare: 1 },
    ...load,
  },
  ...{ drops: atS, background: 0, fill: null },
});

test("what is written can be asked for again, with the same numbers at the same instants", async () => {
  const prometheus = await openPrometheus(at("/"));
  const beganMs = Date.now() - 30_000;
  const seconds = [second(0, {}), second(1, { ended: 50, failed: 5, p99Ms: null }), { ...second(2, {}), load: null }];
  const stage: RehearsedStage = {
    ...{ kind: "search", ratePerSecond: 100, durationS: 3, ranS: 3, end: "completed", breach: null, steady: true },
    startedAt: new Date(beganMs).toISOString(),
    ...{ outcomes: { ok: 148 }, latencyMs: null, overLimit: {}, seconds, slos: [] },
    readings: [{ hop: "softnet", where: "kernel of one", counter: "softnetDropped", lost: 3, used: null, limit: null }],
    load: { lagP99Ms: null, saturated: [], lostShare: 0, asClients: false },
  };
  const of = { rehearsal: "black-friday", number: 1 };
  const writer = openWriter(at("/api/v1/write"));
  for (const each of seconds) writer.add(secondSamples(of, stage, each));
  writer.add(stageSamples(of, stage));
  // Over an hour old: Prometheus refuses it, and with it all that it came with.
  writer.add([{ name: "packetwalk_rehearsal_old", labels: {}, atUnixMs: beganMs - 3 * 86_400_000, value: 1 }]);
  expect(await writer.end()).toMatch(/^1 of \d+ samples were not written to Prometheus: --prometheus: .*HTTP 400/);

  const back = async (name: string): Promise<Series["samples"]> => {
    const found = await prometheus.samples(`packetwalk_rehearsal_${name}`, beganMs - 1_000, Date.now());
    expect(found, name).toHaveLength(1);
    return (found[0]?.samples ?? []).map(({ atMs, value }) => ({ atMs: atMs - beganMs, value }));
  };
  expect(await back('ended_per_second{rehearsal="black-friday",stage="search"}')).toEqual([
    { atMs: 1000, value: 98 },
    { atMs: 2000, value: 50 },
  ]);
  expect(await back("failed_share")).toEqual([
    { atMs: 1000, value: 0 },
    { atMs: 2000, value: 0.1 },
  ]);
  expect(await back("latency_p99_seconds")).toEqual([{ atMs: 1000, value: 0.0125 }]);
  expect((await back("drops_per_second")).map(({ value }) => value)).toEqual([0, 1, 2]);
  expect(await back('stage{number="1",rate_per_second="100"}')).toEqual([
    ...[0, 1000, 2000, 3000].map((atMs) => ({ atMs, value: 1 })),
    { atMs: 3001, value: 0 },
  ]);
  expect(await back('hop_lost{hop="softnet",where="kernel of one"}')).toEqual([{ atMs: 3001, value: 3 }]);
  expect(await prometheus.samples("packetwalk_rehearsal_conntrack_fill_ratio", beganMs, Date.now())).toEqual([]);
});

test("an address that takes no samples is told, with what to give", async () => {
  const writer = openWriter(at("/api/v1/nothing"));
  writer.add([{ name: "packetwalk_rehearsal_any", labels: {}, atUnixMs: Date.now(), value: 1 }]);
  expect(await writer.end()).toMatch(
    /^1 of 1 samples were not written.* takes no samples there \(HTTP 404\).*\/api\/v1\/write/,
  );
});
