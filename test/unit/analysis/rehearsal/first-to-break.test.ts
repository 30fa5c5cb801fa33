import { describe, expect, it, test } from "vitest";
import {
  type BreakFacts,
  firstToBreak,
  predictedToBreak,
} from "../../../../runner/analysis/rehearsal/first-to-break.ts";
import { verdictOf } from "../../../../runner/analysis/rehearsal/stage-verdict.ts";
import type { Headroom, RehearsedStage } from "../../../../runner/result/rehearsal.ts";
import { SLOS, type StageFacts, stage } from "./stages.ts";

/** Timeouts of 3 s on Linux 6.18: a connection that timed out lost three SYNs. */
const FACTS: BreakFacts = {
  slos: SLOS,
  found: { held: 100 },
  behindProxy: false,
  target: "service shop/web:80",
  timeoutMs: 3000,
  kernel: "6.18.44",
};
const failed = { failed: { held: false, worst: 0.1, spent: 1 } };
const isSlow = { p99: { held: false, worst: 0.05, spent: 1 } };
const SLOWEST = { p50: 3, p99: 1040, max: 1060 };

const broken = (facts: StageFacts) => stage({ rate: 200, slos: failed, ...facts });
const breaks = (
  facts: StageFacts,
  others: RehearsedStage[] = [stage({ rate: 100 })],
  known: Partial<BreakFacts> = {},
) => firstToBreak([...others, broken(facts)], { ...FACTS, ...known });

describe("what broke first", () => {
  const cases: [string, StageFacts, object | null][] = [
    [
      "connects that time out, with drops of a table",
      { failures: { "connect-timeout": 100 }, readings: [{ lost: 320 }] },
      { hop: "client-conntrack", where: "node one", counter: "conntrackDrop", lost: 320 },
    ],
    [
      "connects that time out, with overflows of a queue, which drops count again",
      {
        failures: { "connect-timeout": 100 },
        readings: [
          { hop: "listen-queue", where: "pod shop/web-1", counter: "listenDrops", lost: 320 },
          { hop: "listen-queue", where: "pod shop/web-1", counter: "listenOverflows", lost: 320 },
        ],
      },
      { hop: "listen-queue", where: "pod shop/web-1", counter: "listenOverflows", lost: 320 },
    ],
    [
      "two hops that lost packets: the one that accounts for more",
      {
        failures: { "connect-timeout": 100 },
        readings: [{ lost: 90 }, { hop: "listen-queue", where: "pod shop/web-1", counter: "listenDrops", lost: 300 }],
      },
      { hop: "listen-queue", counter: "listenDrops", lost: 300 },
    ],
    [
      "the place of a hop that lost most",
      {
        failures: { "connect-timeout": 100 },
        readings: [
          { where: "node one", lost: 100 },
          { where: "node two", lost: 300 },
        ],
      },
      { hop: "client-conntrack", where: "node two", lost: 300 },
    ],
    [
      "slow answers of a client that is late since its ports are crowded",
      {
        slos: isSlow,
        slow: 600,
        load: { saturated: ["worker 0: late"], asClients: true },
        readings: [
          {
            hop: "client-ports",
            where: "1 load worker of web",
            counter: "port-exhausted",
            lost: 0,
            used: 24_393,
            limit: 28_232,
          },
        ],
      },
      { hop: "client-ports", where: "1 load worker of web", counter: "ports in TIME_WAIT", lost: null },
    ],
    [
      "slow answers to a client that is in time, though its ports are crowded",
      {
        slos: isSlow,
        slow: 600,
        load: { asClients: true },
        readings: [
          {
            hop: "client-ports",
            where: "1 load worker of web",
            counter: "port-exhausted",
            lost: 0,
            used: 24_393,
            limit: 28_232,
          },
        ],
      },
      { hop: "target", counter: "latency-p99" },
    ],
    [
      "unanswered requests with overflows of a queue",
      {
        failures: { "response-timeout": 50 },
        readings: [{ hop: "listen-queue", where: "pod shop/web-1", counter: "listenOverflows", lost: 50 }],
      },
      { hop: "listen-queue", lost: 50 },
    ],
    [
      "no port, at the fullest worker",
      {
        failures: { "port-exhausted": 900 },
        readings: [
          { hop: "client-ports", where: "load worker 0", counter: "timeWaitSockets", used: 200, limit: 1000 },
          { hop: "client-ports", where: "load worker 1", counter: "timeWaitSockets", used: 1000, limit: 1000 },
        ],
      },
      { hop: "client-ports", where: "load worker 1", counter: "port-exhausted", lost: 900 },
    ],
    [
      "no port, with nothing read of it",
      { failures: { "port-exhausted": 900 } },
      { hop: "client-ports", where: "load pods", counter: "port-exhausted", lost: 900 },
    ],
    [
      "names that are not found in time",
      { failures: { "dns-timeout": 90, "dns-servfail": 300 } },
      { hop: "dns", where: "the cluster's DNS", counter: "dns-servfail", lost: 300 },
    ],
    [
      "queries that DNS itself counted as refused",
      {
        failures: { "dns-servfail": 300 },
        readings: [{ hop: "dns", where: "CoreDNS", counter: "forwardRejects", lost: 280 }],
      },
      { hop: "dns", where: "CoreDNS", counter: "forwardRejects", lost: 280 },
    ],
    [
      "a target that does not answer",
      { failures: { "response-timeout": 300 } },
      { hop: "target", where: "service shop/web:80", counter: "response-timeout", lost: 300 },
    ],
    ["a target that fails", { failures: { "status-500": 300 } }, { hop: "target", counter: "status-500", lost: 300 }],
    ["a target that is slow", { slos: isSlow, slow: 600 }, { hop: "target", counter: "latency-p99", lost: null }],
    [
      "connects that are slow by a SYN's time, with drops of a table",
      {
        ...{ slos: isSlow, slow: 180, overrides: { latencyMs: SLOWEST } },
        readings: [{ hop: "service-dnat", where: "node two", lost: 200 }],
      },
      { hop: "service-dnat", where: "node two", counter: "conntrackDrop", lost: 200 },
    ],
    [
      "a target that is slower than drops can be",
      { slos: isSlow, slow: 180, drops: 2, readings: [{ lost: 2 }], overrides: { latencyMs: SLOWEST } },
      { hop: "target", counter: "latency-p99" },
    ],
    [
      "a target that is slow by less than a SYN's time, whatever was dropped",
      { slos: isSlow, slow: 180, readings: [{ lost: 200 }] },
      { hop: "target", counter: "latency-p99" },
    ],
    [
      "packets that were dropped while nothing was felt",
      {
        slos: {},
        drops: 30,
        readings: [{ lost: 4 }, { hop: "softnet", where: "kernel of one", counter: "softnetDropped", lost: 26 }],
      },
      { hop: "softnet", where: "kernel of one", counter: "softnetDropped", lost: 26 },
    ],
    [
      "clashes that the kernel resolved are no loss",
      {
        failures: { "connect-timeout": 100 },
        readings: [{ lost: 0 }, { counter: "conntrackInsertFailed", lost: 9000 }],
      },
      null,
    ],
    [
      "inserts that failed where drops are not read",
      { failures: { "connect-timeout": 100 }, readings: [{ counter: "conntrackInsertFailed", lost: 300 }] },
      { hop: "client-conntrack", counter: "conntrackInsertFailed", lost: 300 },
    ],
    ["connects that time out without any counter", { failures: { "connect-timeout": 100 } }, null],
    [
      "more that no counter covers than one does",
      { failures: { "connect-timeout": 100 }, readings: [{ lost: 60 }] },
      null,
    ],
    [
      "requests without an answer that breach a p99, with overflows of a queue",
      {
        failures: { "response-timeout": 200 },
        slos: isSlow,
        readings: [{ hop: "listen-queue", where: "pod shop/web-1", counter: "listenOverflows", lost: 200 }],
      },
      { hop: "listen-queue", counter: "listenOverflows", lost: 200 },
    ],
    [
      "a counter that moves as much without any load",
      { failures: { "connect-timeout": 100 }, readings: [{ lost: 320, background: 320 }] },
      null,
    ],
    ["a network that can't be reached", { failures: { unreachable: 100 } }, null],
    ["drops of which only their sum is known", { slos: {}, drops: 4 }, null],
  ];
  test.each(cases)("%s", (_, facts, expected) => {
    const broke = breaks(facts);
    if (expected === null) expect(broke).toBeNull();
    else expect(broke).toMatchObject({ ...expected, atPerSecond: 200, how: "measured" });
  });

  it("at a proxy is what answers for it; without one a 502 is the target's own", () => {
    const facts = { failures: { "status-502": 300 } };
    expect(breaks(facts, [], { behindProxy: true })).toMatchObject({
      hop: "ingress-upstream",
      counter: "status-502",
      lost: 300,
    });
    expect(breaks(facts, [])).toMatchObject({ hop: "target", counter: "status-502" });
  });

  it("is no counter that moved as much per request in what was held", () => {
    const loses = (lost: number) => [{ counter: "retransmits", hop: "overlay" as const, lost }];
    const facts = { failures: { "connect-timeout": 100 }, readings: loses(400) };
    expect(breaks(facts, [stage({ rate: 100, readings: loses(200) })])).toBeNull();
    expect(breaks(facts, [stage({ rate: 100, readings: loses(10) })])).toMatchObject({ hop: "overlay", lost: 380 });
  });
});

describe("the stage in which it broke", () => {
  const resets = { failures: { reset: 1200 }, slos: failed };

  it("is the lowest that broke", () => {
    const stages = [
      stage({ rate: 100 }),
      broken({ ...resets, rate: 300 }),
      broken({ failures: { "port-exhausted": 900 }, rate: 150 }),
    ];
    expect(firstToBreak(stages, FACTS)).toMatchObject({ hop: "client-ports", atPerSecond: 150 });
  });

  it("is none below a rate that was held: that was noise", () => {
    const stages = [
      broken({ ...resets, rate: 90 }),
      stage({ rate: 100 }),
      broken({ failures: { "port-exhausted": 900 } }),
    ];
    expect(firstToBreak(stages, FACTS)).toMatchObject({ hop: "client-ports", atPerSecond: 200 });
  });

  it("is the day's, whatever the search held above it", () => {
    const stages = [broken({ ...resets, kind: "day", rate: 90 }), stage({ rate: 100 })];
    expect(firstToBreak(stages, FACTS)).toMatchObject({ hop: "target", atPerSecond: 90 });
  });

  it("is the search's rather than the day's at one rate", () => {
    const stages = [broken({ ...resets, kind: "day" }), broken({ failures: { "port-exhausted": 900 } })];
    expect(firstToBreak(stages, FACTS)?.hop).toBe("client-ports");
  });

  it("is one whose own load found no port: that ended this path, and says nothing of the target", () => {
    const portless = broken({ failures: { "port-exhausted": 900 } });
    expect(verdictOf(portless, SLOS)).toBe("load-limited");
    expect(firstToBreak([stage(), portless], FACTS)).toMatchObject({
      hop: "client-ports",
      atPerSecond: 200,
      lost: 900,
    });
  });

  it("is none where all was held, or the load was at its own limit", () => {
    expect(firstToBreak([], FACTS)).toBeNull();
    expect(firstToBreak([stage(), broken({ slos: {}, load: { saturated: ["worker 0: late"] } })], FACTS)).toBeNull();
  });
});

test("what would break first by the model is the hop with the lowest rate", () => {
  const row = (hop: Headroom["hop"], predictedPerSecond: number | null): Headroom => ({
    hop,
    where: `at ${hop}`,
    of: "ports to one destination",
    predictedPerSecond,
    measuredPerSecond: null,
    left: null,
  });
  expect(predictedToBreak([row("service-dnat", 900), row("client-ports", 470), row("dns", null)])).toEqual({
    hop: "client-ports",
    where: "at client-ports",
    counter: "ports to one destination",
    lost: null,
    atPerSecond: 470,
    how: "predicted",
  });
  expect(predictedToBreak([row("client-conntrack", 300)])).toMatchObject({ counter: "conntrackDrop" });
  expect(predictedToBreak([row("dns", null)])).toBeNull();
});
