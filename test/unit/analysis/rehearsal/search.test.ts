import { describe, expect, it, test } from "vitest";
import { type Judged, nextStage, type SearchPlan } from "../../../../runner/analysis/rehearsal/search.ts";
import type { StageVerdict } from "../../../../runner/analysis/rehearsal/stage-verdict.ts";
import type { FoundMost } from "../../../../runner/result/rehearsal.ts";

const PLAN: SearchPlan = {
  expectedPeakPerSecond: 100,
  factors: [1, 1.5, 2],
  precision: 0.05,
  mostPerSecond: 10_000,
  remainingS: 3600,
  stageS: () => 20,
};

/** Runs the whole search against a target; hands back the rates in their order. */
function search(verdict: (rate: number, nth: number) => StageVerdict, plan: Partial<SearchPlan> = {}) {
  const done: Judged[] = [];
  let remainingS = plan.remainingS ?? PLAN.remainingS;
  for (let stages = 0; stages < 100; stages++) {
    const next = nextStage({ ...PLAN, ...plan, remainingS }, done);
    if ("end" in next) return { rates: done.map(({ ratePerSecond }) => ratePerSecond), found: next.end };
    const nth = done.filter(({ ratePerSecond }) => ratePerSecond === next.ratePerSecond).length + 1;
    done.push({ ratePerSecond: next.ratePerSecond, verdict: verdict(next.ratePerSecond, nth) });
    remainingS -= 20;
  }
  throw new Error("the search does not end");
}

const takes = (most: number) => (rate: number) => (rate <= most ? "held" : "broke") as StageVerdict;

describe("the search", () => {
  it("goes up by the factors, then halves the ratio until both rates are within the precision", () => {
    const { rates, found } = search(takes(170));
    expect(rates).toEqual([100, 150, 200, 173, 161, 167]);
    expect(found).toEqual({ held: 167, failed: 173, limitedBy: "target" });
  });

  it.each([37, 99, 101, 149, 260, 733])("finds %i/s within its precision, between what held and what broke", (most) => {
    const { found } = search(takes(most));
    expect(found.limitedBy).toBe("target");
    expect(found.held).toBeLessThanOrEqual(most);
    expect(found.failed).toBeGreaterThan(most);
    expect((found.failed ?? 0) / (found.held ?? 1)).toBeLessThanOrEqual(1.05);
  });

  it("goes down by halves where the first rate breaks already", () => {
    expect(search(takes(30)).rates.slice(0, 4)).toEqual([100, 50, 25, 35.4]);
  });

  it("ends where nothing is held at all", () => {
    const { rates, found } = search(() => "broke");
    expect(rates).toEqual([100, 50, 25, 12.5, 6.25, 3.125, 1.5625]);
    expect(found).toEqual({ held: null, failed: 1.5625, limitedBy: "target" });
  });

  it("goes on beyond the factors as far as the cap, and tries the cap itself", () => {
    const { rates, found } = search(() => "held", { mostPerSecond: 500 });
    expect(rates).toEqual([100, 150, 200, 300, 450, 500]);
    expect(found).toEqual({ held: 500, failed: null, limitedBy: "cap" });
  });

  it("offers no more than the cap, not even at first", () => {
    expect(search(() => "held", { mostPerSecond: 80 })).toEqual({
      rates: [80],
      found: { held: 80, failed: null, limitedBy: "cap" },
    });
  });

  it("ends at the load's own limit, which is not the target's", () => {
    expect(search((rate) => (rate < 200 ? "held" : "load-limited")).found).toEqual({
      held: 150,
      failed: null,
      limitedBy: "load",
    });
    const bisecting = search((rate) => (rate >= 200 ? "broke" : rate > 150 ? "load-limited" : "held"));
    expect(bisecting.found).toEqual({ held: 150, failed: 200, limitedBy: "load" });
  });

  it("ends at a stage that could not be judged", () => {
    expect(search((rate) => (rate < 150 ? "held" : "unseen")).found).toEqual({
      held: 100,
      failed: null,
      limitedBy: "unseen",
    });
  });

  it.each(["load-limited", "unseen"] as const)(
    "offers a rate once more whose stage was %s, and goes on from its answer",
    (spoilt) => {
      const first = (rates: readonly number[]) => (rate: number, nth: number) =>
        rates.includes(rate) && nth === 1 ? spoilt : takes(170)(rate);
      const { rates, found } = search(first([100, 200, 161]));
      expect(rates).toEqual([100, 100, 150, 200, 200, 173, 161, 161, 167]);
      expect(found).toEqual({ held: 167, failed: 173, limitedBy: "target" });
    },
  );

  it("is at the load's limit only where a rate was spoilt twice", () => {
    const { rates, found } = search((rate) => (rate < 200 ? "held" : "load-limited"));
    expect(rates).toEqual([100, 150, 200, 200]);
    expect(found.limitedBy).toBe("load");
    expect(search((rate, nth) => (rate < 200 ? "held" : nth === 1 ? "load-limited" : "unseen")).found.limitedBy).toBe(
      "unseen",
    );
  });

  it("keeps what was known of a rate whose second stage was spoilt", () => {
    const odd: Judged[] = [
      { ratePerSecond: 100, verdict: "held" },
      { ratePerSecond: 150, verdict: "broke" },
      { ratePerSecond: 200, verdict: "held" },
      { ratePerSecond: 150, verdict: "unseen" },
    ];
    expect(nextStage(PLAN, odd)).toEqual({ ratePerSecond: 150 });
    expect(nextStage(PLAN, [...odd, { ratePerSecond: 150, verdict: "unseen" }])).toEqual({
      end: { held: 100, failed: 150, limitedBy: "unseen" },
    });
  });

  it("does not offer a spoilt rate again for which there is no time", () => {
    expect(search(() => "load-limited", { remainingS: 30 }).found.limitedBy).toBe("time");
  });

  it("ends where the next stage has no time any more, with the interval that it has", () => {
    expect(search(takes(170), { remainingS: 70 })).toEqual({
      rates: [100, 150, 200],
      found: { held: 150, failed: 200, limitedBy: "time" },
    });
    expect(search(takes(170), { stageS: (rate) => (rate > 120 ? 5000 : 20) }).found).toEqual({
      held: 100,
      failed: null,
      limitedBy: "time",
    });
    expect(search(takes(170), { remainingS: 5 }).found).toEqual({ held: null, failed: null, limitedBy: "time" });
  });

  it("does not ask the day's own peak again", () => {
    expect(nextStage(PLAN, [{ ratePerSecond: 100, verdict: "held" }])).toEqual({ ratePerSecond: 150 });
    expect(nextStage(PLAN, [{ ratePerSecond: 99.7, verdict: "held" }])).toEqual({ ratePerSecond: 150 });
  });

  it("ends by itself without a precision", () => {
    expect(search(takes(170), { precision: 0 }).found.limitedBy).toBe("target");
  });
});

describe("a rate that broke below one that was held", () => {
  const odd: Judged[] = [
    { ratePerSecond: 100, verdict: "held" },
    { ratePerSecond: 150, verdict: "broke" },
    { ratePerSecond: 200, verdict: "held" },
  ];

  test("is run once more", () => {
    expect(nextStage(PLAN, odd)).toEqual({ ratePerSecond: 150 });
  });

  test("is broken if it breaks again: what was held above it counts for nothing", () => {
    const next = nextStage(PLAN, [...odd, { ratePerSecond: 150, verdict: "broke" }]);
    expect(next).toEqual({ ratePerSecond: 122 });
    const narrow = nextStage({ ...PLAN, precision: 0.5 }, [...odd, { ratePerSecond: 150, verdict: "broke" }]);
    expect(narrow).toEqual({ end: { held: 100, failed: 150, limitedBy: "target" } satisfies FoundMost });
  });

  test("is held if it is held then, and the search goes on above", () => {
    expect(nextStage(PLAN, [...odd, { ratePerSecond: 150, verdict: "held" }])).toEqual({ ratePerSecond: 300 });
  });
});
