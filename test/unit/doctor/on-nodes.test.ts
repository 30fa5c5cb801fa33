/** What doctor makes of what agents and metrics say: which nodes, by turns, and in its own words. */
import type { V1Node, V1Pod } from "@kubernetes/client-node";
import { describe, expect, test } from "vitest";
import { AT_ONCE, readByTurns } from "../../../runner/doctor/read/by-turns.ts";
import { chooseNodes } from "../../../runner/doctor/read/choose-nodes.ts";
import { dnsMetrics } from "../../../runner/doctor/read/dns-metrics.ts";
import { etcdMember } from "../../../runner/doctor/read/etcd-metrics.ts";
import { insideOf } from "../../../runner/doctor/read/on-node.ts";
import { peersOf } from "../../../runner/doctor/read/peers.ts";
import { EnvironmentError } from "../../../runner/errors.ts";
import type { Agents } from "../../../runner/probes/agents.ts";
import { AgentsRefused } from "../../../runner/probes/agents-refused.ts";
import { parsePrometheus } from "../../../runner/probes/prometheus.ts";
import { open, simulated } from "./simulated.ts";

function node(name: string, labels: Record<string, string> = {}, spec: V1Node["spec"] = {}): V1Node {
  return {
    metadata: { name, labels },
    spec,
    status: {
      conditions: [{ type: "Ready", status: "True" }],
      nodeInfo: { operatingSystem: "linux", architecture: "amd64" } as NonNullable<V1Node["status"]>["nodeInfo"] &
        object,
    },
  };
}

describe("nodes to look into", () => {
  const zones = Array.from({ length: 60 }, (_, index) =>
    node(`n${String(index).padStart(2, "0")}`, { "topology.kubernetes.io/zone": index < 50 ? "big" : "small" }),
  );

  test("are all, where they are few; cordoned and tainted ones too", () => {
    const few = [
      node("b"),
      node("a", {}, { unschedulable: true }),
      node("c", {}, { taints: [{ key: "pool", effect: "NoSchedule" }] }),
      node("d", { type: "virtual-kubelet" }),
    ];
    expect(chooseNodes(few, undefined)).toEqual({ looked: ["a", "b", "c"], left: [] });
  });

  test("are 20 of many, evenly of each zone, and the others are told", () => {
    const { looked, left } = chooseNodes(zones, undefined);
    expect(looked).toHaveLength(20);
    expect(looked.filter((name) => name >= "n50")).toHaveLength(10);
    expect(left).toHaveLength(40);
  });

  test("are all that the user's labels name", () => {
    const { looked, left } = chooseNodes(zones, { "topology.kubernetes.io/zone": "big" });
    expect(looked).toHaveLength(50);
    expect(left).toEqual([]);
  });
});

const NO = { unseen: "no" } as const;
const NOTHING = { machine: NO, queues: NO, roundTrips: NO, dnsThrottling: NO } as const;

describe("nodes to which the way is measured", () => {
  const ready = (name: string, zone: string, address: string | null, is = "True"): V1Node => ({
    metadata: { name, labels: { "topology.kubernetes.io/zone": zone } },
    status: {
      conditions: [{ type: "Ready", status: is }],
      ...(address === null ? {} : { addresses: [{ type: "InternalIP", address }] }),
    },
  });

  test("are one of each zone, not all ask the same, and one that is down is not waited for", () => {
    const nodes = [
      ...[ready("a", "x", "10.0.0.1"), ready("b", "x", "10.0.0.2"), ready("c", "x", "10.0.0.3")],
      ...[ready("d", "y", "10.0.0.4", "False"), ready("e", "y", null), ready("f", "y", "10.0.0.6")],
    ];
    const names = (from: string) => peersOf(nodes, from).map(({ name }) => name);
    expect(names("a")).toEqual(["b", "f"]);
    expect(names("b")).toEqual(["c", "f"]);
    expect(names("f")).toEqual(["a"]);
    expect(peersOf(nodes, "a")[0]).toEqual({ name: "b", address: "10.0.0.2", port: 10_250 });
  });
});

describe("turns", () => {
  const names = Array.from({ length: 2 * AT_ONCE + 1 }, (_, index) => `n${index}`);
  const answers: Agents["run"] = async (_node, [command], { onLine } = {}) => {
    if (command === "sysctl") return "[]";
    if (command === "listeners") return '[{"in":"node","port":10250,"most":4096,"waiting":0}]';
    if (command === "reach") return '{"sinceUnixMs":1000,"endedUnixMs":1000.75}';
    if (command === "machine") return '{"devices":[],"search":[]}';
    const tick = (atUnixMs: number) => ({
      atUnixMs,
      samples: [{ where: "node", counters: { activeOpens: atUnixMs, passiveOpens: 0 } }],
    });
    const end = { end: true, ownCpuMs: 1, kernelLog: [], conntrackFrom: "proc" };
    for (const line of [tick(1000), tick(5000), end]) onLine?.(JSON.stringify(line));
    return "";
  };

  async function read(withAgents: (nodes: readonly string[]) => Agents) {
    await using server = await simulated(2);
    const cluster = await open(server.url);
    const signal = new AbortController().signal;
    const turns: number[] = [];
    const result = await readByTurns(cluster, names, {
      update: () => {},
      peersOf: () => [{ name: "other", address: "10.0.0.9", port: 10_250 }],
      signal,
      withAgents(nodes, work) {
        turns.push(nodes.length);
        return work(withAgents(nodes));
      },
    });
    return { ...result, turns };
  }

  test("have agents on so many nodes at a time, and measure each node's rate", async () => {
    const { nodes, failed, turns } = await read((some) => ({ nodes: some, run: answers }));
    expect(turns).toEqual([AT_ONCE, AT_ONCE, 1]);
    expect(nodes.map(({ name }) => name)).toEqual(names);
    expect(failed).toEqual([]);
    expect(nodes[0]).toMatchObject({ overS: 4, newPerSecond: 1000, devices: { seen: [] }, search: { seen: [] } });
    expect(nodes[0]?.roundTrips).toEqual({ seen: [{ to: "other", ms: 0.75 }] });
    expect(nodes[0]?.dnsThrottling).toEqual({ seen: [] });
    expect(nodes[0]?.queues).toEqual({ seen: [{ pod: null, port: 10_250, most: 4096, waiting: 0 }] });
  });

  test("go on without a node whose agent does not come, or fails", async () => {
    const { nodes, failed } = await read((some) => ({
      nodes: some.filter((name) => name !== "n0"),
      run: (name, ...more) =>
        name === "n1" ? Promise.reject(new EnvironmentError("exit 137")) : answers(name, ...more),
    }));
    expect(nodes).toHaveLength(names.length - 2);
    expect(failed).toEqual([
      { name: "n0", because: "no agent came up there in time" },
      { name: "n1", because: "exit 137" },
    ]);
  });

  test("end at once where the cluster refuses privileged pods", async () => {
    let tried = 0;
    const refused = read(() => {
      tried++;
      throw new AgentsRefused("policy restricted");
    });
    await expect(refused).rejects.toThrow("policy restricted");
    expect(tried).toBe(1);
  });
});

test("the inside of a node: what fell is no growth, what is not told is left out, opened and accepted connections add up", () => {
  const pod: V1Pod = { metadata: { uid: "u1", namespace: "shop", name: "web" } };
  const answer = (place: string, key: string, got: string | null) => ({
    in: place,
    key,
    got,
    before: got,
    error: null,
  });
  const sample = (where: string, counters: Record<string, number>) => ({ where, counters });
  const inside = insideOf(
    "a",
    {
      answers: [
        answer("node", "net.core.somaxconn", "4096"),
        answer("node", "x", null),
        answer("pod:u1", "net.core.somaxconn", "128"),
      ],
      machine: { unseen: "agent machine on node a: no" },
      queues: {
        seen: [
          { in: "pod:u1", port: 8080, most: 128, waiting: 3 },
          { in: "pod:gone", port: 8080, most: 8, waiting: 0 },
        ],
      },
      roundTrips: { unseen: "agent reach on node a: no" },
      dnsThrottling: { seen: [] },
    },
    [
      {
        atUnixMs: 0,
        samples: [
          sample("node", { activeOpens: 10, passiveOpens: 5, timeWaitSockets: 9 }),
          sample("pod:u1", { activeOpens: 100, passiveOpens: 0 }),
        ],
      },
      {
        atUnixMs: 4000,
        samples: [
          sample("node", { activeOpens: 20, passiveOpens: 5, timeWaitSockets: 3 }),
          sample("pod:u1", { activeOpens: 190, passiveOpens: 20 }),
        ],
      },
    ],
    { seen: { living: [pod], more: 3 } },
  );
  expect(inside.sysctls).toEqual({ "net.core.somaxconn": "4096" });
  expect(inside.growth).toEqual({ activeOpens: 10, passiveOpens: 0 });
  expect(inside.newPerSecond).toBe(30);
  expect(inside.devices).toEqual({ unseen: "agent machine on node a: no" });
  expect(inside.queues).toEqual({
    seen: [{ pod: { namespace: "shop", name: "web" }, port: 8080, most: 128, waiting: 3 }],
  });
  expect(inside.pods).toMatchObject({
    seen: { more: 3, looked: [{ namespace: "shop", name: "web", sysctls: { "net.core.somaxconn": "128" } }] },
  });
  // Without its pods a node's own connections are too few.
  const ticks = [0, 4000].map((atUnixMs) => ({
    atUnixMs,
    samples: [sample("node", { activeOpens: atUnixMs, passiveOpens: 0 })],
  }));
  for (const listed of [{ unseen: "no" }, { seen: { living: [pod], more: 0 } }])
    expect(insideOf("a", { answers: [], ...NOTHING }, ticks, listed).newPerSecond).toBeNull();
});

describe("metrics", () => {
  const of = (text: string) => parsePrometheus(text);

  test("of CoreDNS's pods add up, by the names of old and new versions", () => {
    const build = 'coredns_build_info{version="1.12.0"} 1\n';
    const now = of(
      `${build}coredns_cache_hits_total{type="success"} 30\ncoredns_cache_requests_total{zones="."} 100\ncoredns_proxy_request_duration_seconds_count{proxy_name="forward"} 10\ncoredns_proxy_request_duration_seconds_sum{proxy_name="forward"} 0.5\ncoredns_forward_max_concurrent_rejects_total 2\n`,
    );
    expect(dnsMetrics([now, now])).toEqual({
      ...{ pods: 2, cacheHits: 60, cacheRequests: 200 },
      ...{ forwarded: 20, forwardRejects: 4, upstreamMs: 50 },
    });
    const old = of(
      `${build}coredns_cache_hits_total 30\ncoredns_cache_misses_total 70\ncoredns_forward_request_duration_seconds_count 4\ncoredns_forward_request_duration_seconds_sum 1\n`,
    );
    expect(dnsMetrics([old])).toMatchObject({ cacheRequests: 100, forwarded: 4, upstreamMs: 250 });
    expect(dnsMetrics([of(build)]).upstreamMs).toBeNull();
    expect(() => dnsMetrics([of("up 1\n")])).toThrow("no CoreDNS");
  });

  test("of etcd have the quantile as Prometheus works it out", () => {
    const name = "etcd_disk_wal_fsync_duration_seconds_bucket";
    const member = (below8: number, below16: number, all: number) =>
      etcdMember(
        "etcd-a",
        of(
          `${name}{le="0.008"} ${below8}\n${name}{le="0.016"} ${below16}\n${name}{le="+Inf"} ${all}\netcd_server_leader_changes_seen_total 2\n`,
        ),
      );
    expect(member(980, 1000, 1000)).toEqual({ pod: "etcd-a", fsyncP99Ms: 12, leaderChanges: 2 });
    expect(member(100, 200, 1000).fsyncP99Ms).toBeNull();
    expect(() => member(0, 0, 0)).toThrow("tells no");
  });
});
