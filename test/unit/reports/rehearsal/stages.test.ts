/** What is said of a stage, and of which it is said at all. */
import { describe, expect, test } from "vitest";
import { dayOf, unseenSeconds } from "../../../../reports/rehearsal/day.ts";
import { firstWords, foundWords } from "../../../../reports/rehearsal/found.ts";
import { hopLimits } from "../../../../reports/rehearsal/limits.ts";
import { clockTicks, ticks } from "../../../../reports/rehearsal/page/scale.ts";
import {
  decisiveStage,
  dropsWords,
  failedShareOf,
  judgeStage,
  stageSentence,
} from "../../../../reports/rehearsal/stages.ts";
import {
  clockWords,
  eventWords,
  idleWords,
  leftWords,
  spanOf,
  spentWords,
  timesWords,
  worstWords,
} from "../../../../reports/rehearsal/words.ts";
import { day, HEADROOM, rehearsal, SLOS, second, stage, state } from "./rehearsal.ts";

describe("a stage", () => {
  test("is held where every SLO was, and nothing dropped", () => {
    expect(judgeStage(stage(2000), SLOS)).toEqual({ state: "held", detail: "" });
  });

  test("fails by an SLO, by drops, and by a hop's own counter", () => {
    expect(judgeStage(stage(2000, { slos: [state("p99", { held: false })] }), SLOS).detail).toBe("“p99” broken");
    const dropped = stage(2000, { seconds: [second(0, 2000), second(1, 2000, { drops: 1 })] });
    expect(judgeStage(dropped, SLOS)).toEqual({ state: "failed", detail: "drops" });
    const reading = { hop: "dns" as const, where: "x", counter: "y", lost: 3, used: null, limit: null };
    const broken = stage(2000, { readings: [reading], slos: [state("failed", { held: false })] });
    expect(judgeStage(broken, SLOS)).toEqual({ state: "failed", detail: "“failed” broken; drops at DNS" });
    expect(judgeStage(stage(2000, { readings: [{ ...reading, lost: null }] }), SLOS).state).toBe("held");
  });

  test("in which our load was at its limit says nothing of the target, also where an SLO was broken", () => {
    const load = { lagP99Ms: 900, saturated: ["worker 2 has no CPU left"], lostShare: 0.25, asClients: false };
    expect(judgeStage(stage(4000, { load, slos: [state("p99", { held: false })] }), SLOS)).toEqual({
      state: "load",
      detail: "worker 2 has no CPU left; “p99” broken; 25 % of workers gave no report",
    });
    expect(judgeStage(stage(4000, { end: "load-failed" }), SLOS).state).toBe("load");
  });

  test("is not held where no SLO was judged, or one is not known; drops that nobody saw are told", () => {
    expect(judgeStage(stage(1, { slos: [] }), SLOS)).toEqual({ state: "unseen", detail: "no SLO was judged" });
    expect(judgeStage(stage(1, { slos: [state("p99", { held: null })] }), SLOS).detail).toBe("“p99” is not known");
    expect(judgeStage(stage(1, { seconds: [second(0, 1), second(1, 1, { drops: null })] }), SLOS).detail).toBe(
      "drops not seen in 1 s",
    );
    expect(judgeStage(stage(1, { seconds: [] }), SLOS)).toEqual({ state: "held", detail: "drops were not seen" });
  });

  test("that was stopped before its end was not held", () => {
    expect(judgeStage(stage(1, { end: "called-off", ranS: 9 }), SLOS)).toEqual({
      state: "stopped",
      detail: "called off after 9 s",
    });
    expect(judgeStage(stage(1, { end: "guard" }), SLOS).state).toBe("stopped");
  });

  test("too short for what it builds up says so", () => {
    expect(judgeStage(stage(1, { steady: false }), SLOS).detail).toBe("too short for the state that it builds up");
  });

  test("drops of some seconds are a lower bound, of none unknown", () => {
    expect(dropsWords(stage(1, { seconds: [second(0, 1, { drops: 7 }), second(1, 1, { drops: null })] }))).toBe("≥ 7");
    expect(dropsWords(stage(1, { seconds: [second(0, 1, { drops: null })] }))).toBe("not seen");
    expect(dropsWords(stage(1, { seconds: [second(0, 1)] }))).toBe("0");
  });

  test("without a request has no failed share", () => {
    expect(failedShareOf(stage(1, { outcomes: { ok: 0 } }))).toBeNull();
    expect(failedShareOf(stage(1, { outcomes: { ok: 3, reset: 1 } }))).toBe(0.25);
  });

  test("in one sentence", () => {
    const breach = { slo: "p99", atS: 43, ratePerSecond: 3400, stoppedAfterS: null };
    expect(stageSentence(stage(3400, { breach, ranS: 44, end: "guard", outcomes: { ok: 99, refused: 1 } }), SLOS)).toBe(
      "3,400/s for 44 s: failed (“p99” broken after 43 s, at 3,400/s; when the load was off was not seen); p99 38.5 ms, longest 212 ms, 1 % failed, drops: 0",
    );
  });
});

test("the SLOs are those of the day; without one, of the first stage with the whole peak", () => {
  const [low, peak, high] = [stage(1000), stage(2000), stage(3000)];
  const daily = day();
  expect(decisiveStage(rehearsal({ stages: [high, daily, peak] }))).toBe(daily);
  expect(decisiveStage(rehearsal({ stages: [high, low, peak] }))).toBe(peak);
  expect(decisiveStage(rehearsal({ stages: [low] }))).toBe(low);
  expect(decisiveStage(rehearsal({ stages: [] }))).toBeNull();
});

describe("what was found", () => {
  const found = (held: number | null, failed: number | null, limitedBy: "target" | "load" | "cap" | "unseen") =>
    foundWords(rehearsal({ found: { held, failed, limitedBy } }));

  test("is an interval, and a multiple of the peak", () => {
    expect(found(3200, 3400, "target")).toBe(
      "3,200/s held (1.6 × the peak), 3,400/s failed: the most lies between, 6.25 % apart",
    );
  });

  test("where only one end is known says of which", () => {
    expect(found(3200, null, "cap")).toContain("the target may take more");
    expect(found(null, 500, "target")).toBe("no rate was held; 500/s failed, and nothing lower was found to be held");
    expect(found(null, null, "unseen")).toBe("no rate was found; a stage could not be judged, which ended the search");
  });

  test("the load's own limit is told as the load's", () => {
    const load = { lagP99Ms: null, saturated: ["no ports left"], lostShare: 0, asClients: false };
    const seen = rehearsal({
      stages: [
        stage(1000, { load: { ...load, saturated: ["a moment without CPU"] }, slos: [state("p99", { held: false })] }),
        stage(1000),
        stage(2000),
        stage(4000, { load, slos: [state("p99", { held: false })] }),
      ],
      found: { held: 2000, failed: null, limitedBy: "load" },
    });
    expect(foundWords(seen)).toBe(
      "2,000/s held (1 × the peak); our load ended at 4,000/s (no ports left) before the target did: it may take more",
    );
  });

  test("a multiple is not rounded up to what is wanted", () => {
    expect(timesWords(1.4999)).toBe("1.49 ×");
    expect(timesWords(1.15)).toBe("1.15 ×");
  });

  test("what breaks first is named with its counter, or said to be unknown, or unseen up to a rate", () => {
    expect(firstWords(rehearsal())).toBe(
      "the connection table of the client’s node, at 3,400/s: node worker-1, conntrack drop, 412 lost, measured",
    );
    expect(firstWords(rehearsal({ breaksFirst: null }))).toBe("not known: no counter that was read names it");
    const open = { held: 3000, failed: null, limitedBy: "cap" as const };
    expect(firstWords(rehearsal({ breaksFirst: null, found: open }))).toBe("nothing was seen to break, up to 3,000/s");
    const blind = { held: null, failed: null, limitedBy: "unseen" as const };
    expect(firstWords(rehearsal({ breaksFirst: null, found: blind }))).toMatch(/^not known/);
  });
});

describe("hops", () => {
  test("are one row each, of the place with the least left", () => {
    expect(hopLimits(rehearsal()).map(({ hop, where, others }) => [hop, where, others])).toEqual([
      ["client-ports", "load worker 1", 0],
      ["client-conntrack", "node worker-1", 1],
      ["dns", "CoreDNS", 0],
      ["service-dnat", "node worker-2", 0],
      ["listen-queue", "pod shop/web-7c9", 0],
    ]);
  });

  test("a place of which nothing is known does not stand for one that is nearly full", () => {
    const [, full] = HEADROOM;
    const headroom = full ? [{ ...full, where: "unknown", left: null }, full] : [];
    expect(hopLimits(rehearsal({ headroom }))[0]?.where).toBe("node worker-1");
  });

  test("the one that broke has a row, also without any headroom", () => {
    const [row] = hopLimits(rehearsal({ headroom: [] }));
    expect(row).toMatchObject({ hop: "client-conntrack", left: null, brokeAtPerSecond: 3400 });
  });
});

describe("the day", () => {
  test("has gaps where nobody saw it, and no zeros there", () => {
    const seen = dayOf(rehearsal());
    expect(seen?.gaps).toEqual([{ fromS: 210, toS: 222 }]);
    expect(seen?.runs.map((run) => [run[0]?.atS, run.at(-1)?.atS])).toEqual([
      [0.5, 209.5],
      [222.5, 299.5],
    ]);
    expect(seen && unseenSeconds(seen)).toBe(12);
  });

  test("seconds that are not in it at all are gaps too, up to where it ran", () => {
    const seen = dayOf(rehearsal({ stages: [day({ seconds: [second(3, 10)], ranS: 6.4 })] }));
    expect(seen?.gaps).toEqual([
      { fromS: 0, toS: 3 },
      { fromS: 4, toS: 6 },
    ]);
  });

  test("a second without an answer has no p99, and one without an end no failed share", () => {
    const load = { scheduled: 5, ended: 0, failed: 0, status5xx: 0, p99Ms: null, overLimit: {}, toldShare: 1 };
    const seen = dayOf(rehearsal({ stages: [day({ seconds: [second(0, 0, { load })], ranS: 1, durationS: 1 })] }));
    expect(seen?.runs).toEqual([[{ atS: 0.5, ratePerSecond: 5, failedShare: null, p99Ms: null }]]);
  });

  test("a long one is put together: mean rate, failed of all, the worst second's p99", () => {
    const seconds = Array.from({ length: 720 }, (_, atS) => {
      const load = {
        scheduled: atS % 2,
        ended: 1,
        failed: atS % 2,
        status5xx: 0,
        p99Ms: atS,
        overLimit: {},
        toldShare: 1,
      };
      return second(atS, 1, { load });
    });
    const seen = dayOf(rehearsal({ stages: [day({ seconds, durationS: 720, ranS: 720 })] }));
    expect(seen?.runs[0]).toHaveLength(360);
    expect(seen?.runs[0]?.[1]).toEqual({ atS: 3, ratePerSecond: 0.5, failedShare: 0.5, p99Ms: 3 });
  });

  test("seconds of which some workers only told have no rate", () => {
    const load = { scheduled: 5, ended: 5, failed: 1, status5xx: 0, p99Ms: 9, overLimit: {}, toldShare: 0.5 };
    const seen = dayOf(rehearsal({ stages: [day({ seconds: [second(0, 0, { load })], ranS: 1, durationS: 1 })] }));
    expect(seen?.runs).toEqual([[{ atS: 0.5, ratePerSecond: null, failedShare: 0.2, p99Ms: 9 }]]);
  });

  test("which was not rehearsed is none", () => {
    expect(dayOf(rehearsal({ stages: [stage(1)] }))).toBeNull();
  });
});

describe("words", () => {
  test("what was dropped before any load is told, and that nobody could read it as well", () => {
    expect(idleWords(rehearsal())).toBe("nothing was dropped in 10 s");
    expect(idleWords(rehearsal({ idle: null }))).toBe("what is dropped without load could not be read");
    const reading = { hop: "service-dnat", counter: "conntrackDrop", used: null, limit: null } as const;
    const readings = [
      { ...reading, where: "node one", lost: 3 },
      { ...reading, where: "node two", lost: 0 },
    ];
    expect(idleWords(rehearsal({ idle: { seconds: 10.02, readings } }))).toBe(
      "3 packets dropped in 10 s (node one): of a stage only what goes beyond that counts",
    );
  });

  test("of a p99 the worst window is how much was over it", () => {
    expect(worstWords({ kind: "latency-p99-ms" }, 0.12)).toBe("12 % over it");
    expect(worstWords({ kind: "drops" }, 12)).toBe("12");
  });

  test("an event says when it came, or that it did not", () => {
    const event = { name: "release", kind: "rollout", atS: 300, startedAfterS: 1, endedAfterS: 43, trouble: null };
    expect(eventWords(event)).toBe("5:00 release (rollout): began at 5:01, over at 5:43");
    expect(spanOf(event)).toEqual({ startS: 301, endS: 343 });
    expect(eventWords({ ...event, startedAfterS: null, endedAfterS: null, trouble: "refused" })).toBe(
      "5:00 release (rollout): did not begin; refused",
    );
    expect(eventWords({ ...event, endedAfterS: null })).toContain("its end was not seen");
  });

  test("too little headroom is no headroom, and an unknown one neither", () => {
    expect([0.27, -0.12, 0, null].map((left) => leftWords({ left }))).toEqual([
      "27 % left",
      "12 % short",
      "0 % left",
      "not known",
    ]);
    expect(spentWords({ spent: null })).toBe("not known");
    expect(spentWords({ spent: 2.5 })).toBe("250 %");
  });

  test("a clock has hours where there are any", () => {
    expect([5, 65, 3725].map(clockWords)).toEqual(["0:05", "1:05", "1:02:05"]);
  });

  test("axes have round numbers, at whatever length", () => {
    expect(ticks(3604, 6)).toEqual([0, 1000, 2000, 3000]);
    expect(ticks(0, 6)).toEqual([0]);
    expect(clockTicks(300, 10)).toEqual([0, 30, 60, 90, 120, 150, 180, 210, 240, 270, 300]);
    expect(clockTicks(7 * 86_400, 5).length).toBeLessThanOrEqual(6);
  });
});
