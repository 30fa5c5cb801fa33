import { describe, expect, it, test } from "vitest";
import {
  brokenSlos,
  dropsUnseenS,
  verdictOf,
  whyLoadLimited,
} from "../../../../runner/analysis/rehearsal/stage-verdict.ts";
import { FAILED, SLOS, type StageFacts, second, stage } from "./stages.ts";

const broke = { held: false, worst: 0.02, spent: 1 };
const unseen = { held: null, worst: null, spent: null, unseenS: 60 };

describe("a stage", () => {
  const cases: [string, StageFacts, ReturnType<typeof verdictOf>][] = [
    ["with every SLO held", {}, "held"],
    ["with failures within what is allowed", { failures: { reset: 3 } }, "held"],
    ["with one SLO breached", { failures: { reset: 120 }, slos: { failed: broke } }, "broke"],
    ["with every SLO held, but a packet dropped", { drops: 1 }, "broke"],
    [
      "with a packet dropped by a hop's counter",
      { readings: [{ counter: "listenDrops", hop: "listen-queue", lost: 2 }] },
      "broke",
    ],
    ["with clashes that the kernel resolved", { readings: [{ counter: "conntrackInsertFailed", lost: 9 }] }, "held"],
    ["whose windows show less than its outcomes", { failures: { "connect-timeout": 600 } }, "broke"],
    ["that says too little of an SLO", { slos: { p99: unseen } }, "unseen"],
    ["that says nothing of an SLO", { overrides: { slos: [] } }, "unseen"],
    ["whose drops nobody reads", { drops: null, slos: { drops: unseen } }, "held"],
    ["that lost a worker", { load: { lostShare: 0.25 } }, "unseen"],
    ["that lost a worker, and broke all the same", { load: { lostShare: 0.25 }, slos: { p99: broke } }, "broke"],
    ["that was called off", { overrides: { end: "called-off" } }, "unseen"],
    ["whose load failed", { overrides: { end: "load-failed" } }, "unseen"],
    ["that a guard ended for no known reason", { overrides: { end: "guard" } }, "unseen"],
    ["in which nothing ended", { overrides: { outcomes: { ok: 0 } } }, "unseen"],
    ["with a worker that was late and sent all of it", { load: { saturated: ["worker 0: no CPU left"] } }, "held"],
    [
      "that a late worker explains as well",
      { load: { saturated: ["worker 0: no CPU left"] }, slos: { p99: { held: false, worst: 900 } } },
      "load-limited",
    ],
    ["with requests that were not sent", { failures: { "not-sent": 600 } }, "load-limited"],
    ["with one request that was not sent", { failures: { "not-sent": 1 } }, "held"],
    ["with fewer requests than its rate says", { overrides: { outcomes: { ok: 5000 } } }, "load-limited"],
    ["with as few requests as a Poisson load may have", { overrides: { outcomes: { ok: 5600 } } }, "held"],
    ["that fails by what was not sent", { failures: { "not-sent": 600 }, slos: { failed: broke } }, "load-limited"],
    [
      "that fails by timeouts of a saturated load",
      { failures: { "response-timeout": 600 }, slos: { failed: broke }, load: { saturated: ["worker 0: late"] } },
      "load-limited",
    ],
    ["that fails by timeouts", { failures: { "response-timeout": 600 }, slos: { failed: broke } }, "broke"],
    [
      "that is slow with a saturated load",
      { slos: { p99: broke }, load: { saturated: ["worker 0: late"] } },
      "load-limited",
    ],
    [
      "that answers 5xx to a saturated load",
      { failures: { "status-503": 600 }, slos: { "5xx": broke }, load: { saturated: ["worker 0: late"] } },
      "broke",
    ],
    [
      "that drops packets of a saturated load",
      { drops: 4, slos: { drops: broke }, load: { saturated: ["worker 0: late"] } },
      "broke",
    ],
    [
      "that refuses a load with requests that were not sent",
      { failures: { refused: 300, "not-sent": 900 }, slos: { failed: broke } },
      "broke",
    ],
    ["whose load found no port", { failures: { "port-exhausted": 900 }, slos: { failed: broke } }, "load-limited"],
    [
      "whose load found no port, where its pods stand for the real clients",
      { failures: { "port-exhausted": 900 }, slos: { failed: broke }, load: { asClients: true } },
      "broke",
    ],
    [
      "whose load found no port, and that resets most of it",
      { failures: { "port-exhausted": 90, reset: 600 }, slos: { failed: broke, p99: broke } },
      "broke",
    ],
    [
      "that is slow while its load finds no port",
      { failures: { "port-exhausted": 90 }, slow: 200, slos: { p99: broke } },
      "load-limited",
    ],
    [
      "that is slow with a load that is late since its ports are crowded, where its pods stand for the real clients",
      {
        slos: { p99: broke },
        load: { saturated: ["worker 0: late"], asClients: true },
        readings: [{ hop: "client-ports", counter: "port-exhausted", used: 14_116, limit: 28_232 }],
      },
      "broke",
    ],
    [
      "that is slow with a load that is late since its own ports are crowded",
      {
        slos: { p99: broke },
        load: { saturated: ["worker 0: late"] },
        readings: [{ hop: "client-ports", counter: "port-exhausted", used: 14_116, limit: 28_232 }],
      },
      "load-limited",
    ],
    [
      "that is slow with a load that is late for another reason than its ports, though its pods stand for the real clients",
      {
        slos: { p99: broke },
        load: { saturated: ["worker 0: late"], asClients: true },
        readings: [{ hop: "client-ports", counter: "port-exhausted", used: 14_000, limit: 28_232 }],
      },
      "load-limited",
    ],
    ["whose whole p99 no window showed", { slow: 100 }, "broke"],
    ["whose load nobody could watch", { overrides: { end: "unwatched" } }, "unseen"],
    [
      "with no more drops than without the load",
      { readings: [{ counter: "conntrackDrop", lost: 4, background: 4 }] },
      "held",
    ],
    [
      "with more drops than without the load",
      { readings: [{ counter: "conntrackDrop", lost: 5, background: 4 }] },
      "broke",
    ],
  ];
  test.each(cases)("%s", (_, facts, verdict) => {
    expect(verdictOf(stage(facts), SLOS)).toBe(verdict);
  });

  it("without any SLO held nothing", () => {
    expect(verdictOf(stage(), [])).toBe("unseen");
  });
});

test("what workers leave unsent when a guard stops them is no limit of the load", () => {
  const seconds = Array.from({ length: 20 }, (_, atS) => second(atS, { failed: atS === 19 ? 12 : 0 }));
  const stopped = (failures: NonNullable<StageFacts["failures"]>) =>
    stage({
      failures,
      slos: { failed: broke },
      overrides: { end: "guard", ranS: 20, seconds, outcomes: { ok: 1988, ...failures } },
    });
  expect(verdictOf(stopped({ reset: 12, "not-sent": 4000 }), SLOS)).toBe("broke");
  expect(whyLoadLimited(stopped({ reset: 12, "not-sent": 4000 }))).toBeNull();
  // The windows saw fail what was never sent.
  expect(verdictOf(stopped({ "not-sent": 4012 }), SLOS)).toBe("load-limited");
});

test("an SLO is broken by its state, by the guard, or by the whole stage's share, with its worst value", () => {
  const names = (facts: StageFacts) => brokenSlos(stage(facts), SLOS).map(({ name, worst }) => [name, worst]);
  expect(names({ slos: { p99: { held: false, worst: 1200 }, failed: broke } })).toEqual([
    ["failed", 0.02],
    ["p99", 1200],
  ]);
  const breach = { slo: "p99", atS: 12, ratePerSecond: 100, stoppedAfterS: 1 };
  expect(names({ overrides: { end: "guard", breach } })).toEqual([["p99", 0]]);
  expect(names({ failures: { reset: 60 } })).toEqual([["failed", 0.01]]);
  // A budget lets as much time be all bad.
  const tolerant = { ...FAILED, budget: 0.1 };
  expect(brokenSlos(stage({ failures: { reset: 600 } }), [tolerant])).toEqual([]);
  expect(brokenSlos(stage({ failures: { reset: 610 } }), [tolerant])).toMatchObject([{ name: "failed" }]);
});

test("a whole stage has a little more than its windows may have, as two of them overlap", () => {
  // 55 s are six windows of 10 s, each of which may have 1 failure.
  const verdict = (reset: number) => verdictOf(stage({ durationS: 55, failures: { reset } }), SLOS);
  expect(verdict(6)).toBe("held");
  expect(verdict(7)).toBe("broke");
});

test("an SLO that nobody planned is broken all the same", () => {
  expect(brokenSlos(stage({ slos: { p99: broke } }), [FAILED])).toMatchObject([{ name: "p99", slo: null }]);
});

test("drops were not seen in seconds that are missing, or where their SLO says so", () => {
  expect(dropsUnseenS(stage(), SLOS)).toBe(0);
  expect(dropsUnseenS(stage({ drops: null }), SLOS)).toBe(60);
  expect(dropsUnseenS(stage({ overrides: { seconds: [second(0), second(1, {}, null)] } }), SLOS)).toBe(59);
  expect(dropsUnseenS(stage({ slos: { drops: { ...unseen, unseenS: 7 } } }), SLOS)).toBe(7);
  expect(dropsUnseenS(stage({ slos: { drops: { ...unseen, unseenS: 0 } } }), SLOS)).toBe(60);
});
