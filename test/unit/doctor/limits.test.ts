/** What breaks first under load: every hop in one order, in connections a second of one node; what is not known is said, and is no first. */
import { describe, expect, test } from "vitest";
import { firstToBreak, timesWords } from "../../../reports/doctor/limits.ts";
import { doctorMarkdown } from "../../../reports/doctor/markdown.ts";
import { doctorPage } from "../../../reports/doctor/page/page.ts";
import { doctorWords } from "../../../reports/doctor/terminal.ts";
import { limitsOf } from "../../../runner/doctor/limits/limits.ts";
import { type ClusterState, NOT_ON_NODES, type Parts } from "../../../runner/doctor/state.ts";
import type { Limit } from "../../../runner/result/diagnosis.ts";
import { diagnosis } from "./diagnosis.ts";
import {
  COREFILE,
  coredns,
  corefile,
  inside,
  node,
  nodeInside,
  podInside,
  web,
  wellConfigured,
} from "./well-configured.ts";

interface Asking {
  readonly rate?: number;
  readonly clients?: number;
  /** Nobody looked into nodes. */
  readonly byApi?: true;
}

function limits(parts: Partial<Parts>, { rate, clients, byApi }: Asking = {}): Limit[] {
  const entries = Object.entries({ ...wellConfigured(), ...parts }).map(([part, seen]) => [part, { seen }]);
  const state = { ...Object.fromEntries(entries), ...(byApi ? NOT_ON_NODES : {}) } as unknown as ClusterState;
  return limitsOf(state, { rate: rate ?? null, kubectl: [], ...(clients === undefined ? {} : { clients }) });
}

const rates = (all: readonly Limit[]) =>
  all.flatMap(({ hop, breaksAtPerSecond }) =>
    breaksAtPerSecond === null ? [] : [[hop, Math.round(breaksAtPerSecond)] as const],
  );
const unknown = (all: readonly Limit[], hop: Limit["hop"]) =>
  all.flatMap((limit) => (limit.hop === hop && limit.unknown !== null ? [limit.unknown] : []));

/** A pod of Service shop/web on node a, with so many places to wait in. */
const queue = (most: number) => ({
  inside: inside(
    nodeInside("a", {
      queues: { seen: [{ pod: { namespace: "shop", name: "web-1" }, port: 8080, most, waiting: 0 }] },
    }),
  ),
});

describe("the first hop to break is the one that was made narrow", () => {
  const table = inside(
    nodeInside("a", { newPerSecond: 0, counters: { conntrackLimit: 262_144, conntrackEntries: 250_144 } }),
  );
  test.each<readonly [string, Partial<Parts>, Asking, Limit["hop"], number]>([
    ["a table with 12,000 entries left for 132 s each", { inside: table }, { clients: 2 }, "conntrack", 91],
    ["one client pod with 28,232 ports for 60 s each", {}, { clients: 1 }, "ports", 471],
    [
      "0.1 of a core for look-ups of 8 queries",
      { workloads: [web(), coredns({}, { cpuLimit: 0.1 })] },
      { clients: 10 },
      "dns",
      420,
    ],
    [
      "10 forwards at once in each of two pods, of 100 ms each, two for a look-up",
      {
        corefile: corefile(COREFILE.replace("max_concurrent 1000", "max_concurrent 10")),
        dnsMetrics: { ...wellConfigured().dnsMetrics, upstreamMs: 100 },
      },
      { clients: 10 },
      "dns",
      100,
    ],
    ["9 places for 100 ms, in each of three pods", queue(8), { clients: 10 }, "listen-queue", 270],
  ])("%s", (_, parts, asking, hop, perSecond) => {
    expect(rates(limits(parts, asking))[0]).toEqual([hop, perSecond]);
  });
});

test("at a rate: how often it is taken, and after how long it breaks", () => {
  const all = limits({ nodes: [node("a", { cpus: 2 })] }, { rate: 2600, clients: 8, byApi: true });
  expect(rates(all)).toEqual([
    ["conntrack", 1986],
    ["ports", 3764],
  ]);
  expect(all[0]).toMatchObject({ ratePerSecond: 2600, subject: "node a" });
  expect(all[0]?.times).toBeCloseTo(0.764, 3);
  expect(all[0]?.inS).toBeCloseTo(100.8, 1);
  expect(all[1]).toMatchObject({ inS: null });
  expect(all[1]?.times).toBeCloseTo(1.448, 3);
  const early = limits({ nodes: [node("a", { cpus: 2 })] }, { rate: 2600, clients: 1, byApi: true });
  expect(early[0]?.hop).toBe("ports");
  expect(early[0]?.inS).toBeCloseTo(10.86, 2);
});

test("entries that present connections explain leave again; the others stay", () => {
  const of = (newPerSecond: number | null) =>
    limits({
      inside: inside(
        nodeInside("a", { newPerSecond, counters: { conntrackLimit: 132_000, conntrackEntries: 66_000 } }),
      ),
      nodes: [node("a")],
    });
  const table = (all: readonly Limit[]) => rates(all).find(([hop]) => hop === "conntrack")?.[1];
  expect(table(of(500))).toBe(1000);
  expect(table(of(250))).toBe(750);
  expect(table(of(0))).toBe(500);
  expect(table(of(null))).toBe(500);
});

test("each node's table is held against what comes to that node, the others against the busiest", () => {
  const tables = limits({
    inside: inside(
      nodeInside("a", { newPerSecond: 100, counters: { conntrackLimit: 262_144 } }),
      nodeInside("b", { newPerSecond: 900 }),
    ),
  }).filter(({ hop, breaksAtPerSecond }) => hop === "conntrack" && breaksAtPerSecond !== null);
  expect(tables.map(({ subject, ratePerSecond }) => [subject, ratePerSecond])).toEqual(
    expect.arrayContaining([
      ["node a", 100],
      ["node b", 900],
    ]),
  );
});

test("a nearly full table does not hide behind an empty one to which more comes now", () => {
  const all = limits({
    inside: inside(
      nodeInside("a", { newPerSecond: 0, counters: { conntrackLimit: 262_144, conntrackEntries: 250_144 } }),
      nodeInside("b", { newPerSecond: 3, counters: { conntrackLimit: 262_144, conntrackEntries: 100 } }),
    ),
    nodes: [node("a"), node("b")],
  });
  const tables = all.filter(({ hop, breaksAtPerSecond }) => hop === "conntrack" && breaksAtPerSecond !== null);
  expect(tables.map(({ subject, breaksAtPerSecond }) => [subject, Math.round(breaksAtPerSecond ?? 0)])).toEqual([
    ["node a", 91],
    ["node b", 1986],
  ]);
});

test("a node whose kernel does not tell its limit has what is configured", () => {
  const silent = nodeInside("a");
  const { conntrackLimit: _, ...counters } = silent.counters;
  const { "net.netfilter.nf_conntrack_max": __, ...sysctls } = silent.sysctls;
  const all = limits({ nodes: [node("a", { cpus: 2 })], inside: inside({ ...silent, counters, sysctls }) });
  expect(rates(all)).toContainEqual(["conntrack", 1986]);
});

describe("client ports", () => {
  test("are not placed while nobody says who opens the connections", () => {
    for (const byApi of [true, undefined] as const) {
      const all = limits({}, { rate: 2600, ...(byApi ? { byApi } : {}) });
      expect(rates(all).map(([hop]) => hop)).not.toContain("ports");
      expect(unknown(all, "ports")).toEqual([expect.stringMatching(/^a pod takes 471 connections\/s .*--clients N/)]);
    }
  });

  test("go by the pod that opens the most now, with the range that it has", () => {
    const pods = {
      seen: {
        looked: [
          podInside("gateway", { growth: { activeOpens: 1600 } }),
          podInside("idle", { growth: { activeOpens: 8 } }),
        ],
        more: 0,
      },
    };
    const all = limits({ inside: inside(nodeInside("a", { newPerSecond: 800, pods })) });
    const ports = all.find(({ hop }) => hop === "ports");
    // It opens 400 of 800 a second.
    expect(ports).toMatchObject({ subject: "pod shop/gateway", ratePerSecond: 800 });
    expect(ports?.breaksAtPerSecond).toBeCloseTo(2 * 470.5, 0);
    expect(ports?.assumes).toContain("50 %");
  });
});

describe("what is not known has a reason, and no number", () => {
  test.each<readonly [string, Partial<Parts>, Asking, Limit["hop"], RegExp]>([
    ["listen queues without agents", {}, { byApi: true }, "listen-queue", /--on-nodes/],
    ["listen queues of pods that no Service leads to", {}, {}, "listen-queue", /no pod that a Service leads to/],
    ["an upstream without agents", {}, { byApi: true }, "dns", /--on-nodes/],
    [
      "an upstream that was asked too little",
      { dnsMetrics: { ...wellConfigured().dnsMetrics, forwarded: 5 } },
      {},
      "dns",
      /only 5 queries/,
    ],
    ["a CoreDNS without a CPU limit", {}, {}, "dns", /no CPU limit/],
    ["a cluster without CoreDNS", { workloads: [] }, {}, "dns", /no Deployment/],
    [
      "tables of Cilium's own",
      { proxy: { kind: "replaced", by: "Cilium", readFrom: "cilium-config" } },
      {},
      "conntrack",
      /^Cilium leads Services/,
    ],
  ])("%s", (_, parts, asking, hop, says) => {
    const all = limits(parts, asking);
    expect(unknown(all, hop).join("\n")).toMatch(says);
    for (const each of all) expect(each.unknown === null).toBe(each.breaksAtPerSecond !== null);
  });

  test("where the API refuses, in its words", () => {
    const refused = Object.fromEntries(Object.keys(wellConfigured()).map((part) => [part, { unseen: `403 ${part}` }]));
    const all = limitsOf(refused as unknown as ClusterState, { rate: 2600, kubectl: [] });
    expect(rates(all)).toEqual([]);
    expect(all.map(({ hop }) => hop)).toEqual(["ports", "conntrack", "dns", "listen-queue"]);
    expect(unknown(all, "conntrack")).toEqual(["403 nodes"]);
  });
});

describe("words", () => {
  test("one sentence, alike on the terminal, in Markdown and on the page", async () => {
    const seen = await diagnosis(
      { nodes: [node("a", { cpus: 2 })], workloads: [web(), coredns({}, { cpuLimit: 1 })] },
      { rate: 2600 },
    );
    const sentence =
      "Under load the connection table (node a) breaks first, at 1,986/s of one node, in 101 s at 2,600/s; the others have DNS 1.6x; not known: ports, DNS, listen queues.";
    expect(firstToBreak(seen)).toBe(sentence);
    expect(doctorWords(seen, { width: 400, colour: false })).toContain(sentence);
    expect(doctorMarkdown(seen)).toContain(sentence);
    expect(doctorPage(seen)).toContain(sentence);
    expect(doctorMarkdown(seen)).toContain("| connection table | node a | entries of the connection table | 1,986/s |");
  });

  test("without a rate the others are told by the first one's; and where nothing is known, that", async () => {
    const seen = await diagnosis({ workloads: [web(), coredns({}, { cpuLimit: 0.1 })] });
    expect(firstToBreak(seen)).toMatch(
      /^Under load DNS .* breaks first, at 420\/s of one node; the others have connection table 4\.7x; /,
    );
    expect(firstToBreak({ limits: [] })).toBe("What breaks first under load is not known.");
  });

  test("what is just not enough does not look like enough", () => {
    expect([0.999, 1.999, 12.34, 250, null].map(timesWords)).toEqual(["0.99x", "1.9x", "12.3x", "250x", "–"]);
  });
});
