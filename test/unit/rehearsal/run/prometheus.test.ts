import { expect, it } from "vitest";
import { askedPrometheus, prometheusWords } from "../../../../runner/cli/rehearse-prometheus.ts";
import { readQueries } from "../../../../runner/prometheus/queries.ts";
import { NotRead } from "../../../../runner/rehearsal/run/not-read.ts";
import { notTested } from "../../../../runner/rehearsal/run/not-tested.ts";
import { scopeOf } from "../../../../runner/rehearsal/run/prometheus-scope.ts";
import { withOthers } from "../../../../runner/rehearsal/run/readings.ts";
import { BREAKING_HOPS, type HopReading } from "../../../../runner/result/rehearsal.ts";
import { planOf, SMALL } from "../plan/plans.ts";

const reading = (where: string, counter: string, lost: number | null): HopReading => ({
  ...{ hop: "service-dnat", where, counter, lost, used: null, limit: null },
});

it("what an agent read itself is not counted a second time", () => {
  const own = [reading("node one", "conntrackDrop", 5)];
  const others = [reading("node one", "conntrackDrop", 6), reading("node two", "conntrackDrop", 1)];
  expect(withOthers(own, others)).toEqual([own[0], others[1]]);
});

it.each([
  [true, null, []],
  [false, null, ["What the nodes' kernels dropped: no agent could read their counters."]],
  [
    false,
    15,
    [
      "What the nodes' kernels dropped from second to second: drops were read from Prometheus every 15 s, and guards don't see them.",
      "Listen queues within pods: no agent could read their counters.",
    ],
  ],
])("with agents: %s, drops from Prometheus every %s s", (isSeen, dropsEveryS, sentences) => {
  const around = {
    ...{ stages: [], events: [], isSeen, dropsEveryS, notRead: ["It had none."], targets: [], endedEarly: undefined },
    ...{ headroom: BREAKING_HOPS.map((hop) => ({ hop })), dns: null },
  };
  const told = notTested(planOf(SMALL), around);
  expect(told.filter((sentence) => /drop|queue/i.test(sentence))).toEqual(sentences);
  expect(told).toContain("It had none.");
});

it("hops without a row of headroom are named, and what of the Corefile could not be read", () => {
  const around = {
    ...{ stages: [], events: [], isSeen: true, dropsEveryS: null, notRead: [], targets: [], endedEarly: undefined },
    headroom: BREAKING_HOPS.flatMap((hop) => (hop === "overlay" || hop === "target" ? [] : [{ hop }])),
    dns: { forwardsNotRead: "forbidden" },
  };
  const told = notTested(planOf(SMALL), around);
  expect(told).toContain(
    "The network between the nodes and the targets' own programs: how much they have left. No equation or no reading tells it, only whether they broke.",
  );
  expect(told).toContain("How many queries CoreDNS may forward at once: forbidden.");
});

it("its nodes are those of the load and of the targets' pods, by address too", () => {
  const node = (name: string, address: string) => ({
    metadata: { name },
    status: { addresses: [{ type: "InternalIP", address }] },
  });
  const scope = scopeOf(
    {
      nodes: { client: "a", open: ["a", "b"], machineCpus: 2, bootIds: { a: "1", b: "1", c: "2" } },
      targets: [
        {
          report: { name: "web", kind: "service", what: "Service shop/web", addresses: [], share: 1 },
          aim: { kind: "names", names: ["x"] },
          namespace: "shop",
          pods: [{ name: "web-6d4f9-x2x2x", uid: "u", node: "c", ip: "" }],
          services: [],
          isProxied: false,
        },
      ],
    },
    [node("a", "10.0.0.1"), node("c", "10.0.0.3"), node("d", "10.0.0.4")],
  );
  expect(Object.fromEntries(scope.nodes)).toEqual({ "10.0.0.1": "a", "10.0.0.3": "c", a: "a", b: "b", c: "c" });
  expect(["a", "b", "c"].map(scope.kernelOf)).toEqual(["a", "a", "c"]);
  expect(scope.workloads).toEqual([{ namespace: "shop", name: "web" }]);
});

it("what could not be read is told by name, with the stages", () => {
  const queries = readQueries().filter(({ name }) => name === "conntrack-drop" || name === "listen-drops");
  const notRead = new NotRead(queries, ["one", "two"], new Set(["a store was away"]));
  expect(notRead.sentences()).toEqual(["What Prometheus left out by its own word: a store was away."]);
  const places = [new Map([["node one", []]]), new Map()];
  notRead.stage([reading("node one", "conntrackDrop", null)], undefined, places);
  notRead.stage([reading("node one", "conntrackDrop", 4)], undefined, places);
  notRead.stage([reading("node one", "conntrackDrop", null)], "it was away", []);
  expect(notRead.sentences()).toEqual([
    "What Prometheus has no series of here: node_netstat_TcpExt_ListenDrops.",
    "node_nf_conntrack_stat_drop of two: Prometheus has no such series.",
    "conntrackDrop of node one in 1 of 3 stages: Prometheus had no sample before or none after.",
    "What Prometheus counted in 1 of 3 stages: it was away.",
    "What Prometheus left out by its own word: a store was away.",
  ]);
});

it("the command that repeats it has no password, and options of no use are refused", () => {
  const options = {
    prometheus: "https://me:hunter22@prom.example/p",
    prometheusWrite: "http://w.example/api/v1/write",
  };
  const asked = askedPrometheus(options, {});
  expect(asked.read?.address.url.href).toBe("https://prom.example/p");
  expect(asked.write?.url.href).toBe("http://w.example/api/v1/write");
  expect(prometheusWords(options).join(" ")).toBe(
    "--prometheus 'https://***@prom.example/p' --prometheus-write http://w.example/api/v1/write",
  );
  expect(() => askedPrometheus({ prometheusQueries: "q.yaml" }, {})).toThrow(
    /^--prometheus-queries: is of no use without/,
  );
});
