import { describe, expect, it } from "vitest";
import { beyondIdle, mostPerSecond, withIdle } from "../../../../runner/analysis/rehearsal/idle.ts";
import { dropsIn } from "../../../../runner/analysis/rehearsal/stage-verdict.ts";
import { reading, second, stage } from "./stages.ts";

describe("what is dropped without load", () => {
  it("is at most what a Poisson process of as many events hardly exceeds", () => {
    // Tables of the Poisson distribution: 6.64 and 20.14 are the upper 99 % limits of 1 and of 10 events.
    expect(mostPerSecond(1, 10)).toBeCloseTo(0.6638, 3);
    expect(mostPerSecond(10, 10)).toBeCloseTo(2.0145, 3);
  });

  it("is none where there was none, however short it was watched", () => {
    expect(mostPerSecond(0, 1)).toBe(0);
  });

  const idle = { seconds: 10, readings: [reading({ lost: 1 }), reading({ where: "node two", lost: 0 })] };

  it("is allowed for in proportion to a stage's length, each counter by itself", () => {
    const readings = [
      reading({ lost: 50 }),
      reading({ where: "node two", lost: 50 }),
      reading({ where: "node three", lost: 50 }),
      reading({ lost: null }),
    ];
    expect(withIdle(readings, idle, 60).map(({ background }) => background)).toEqual([
      39,
      undefined,
      undefined,
      undefined,
    ]);
    expect(withIdle(readings, null, 60)).toEqual(readings);
  });

  it("leaves what goes beyond it", () => {
    expect(beyondIdle({ lost: 50, background: 39 })).toBe(11);
    expect(beyondIdle({ lost: 30, background: 39 })).toBe(0);
    expect(beyondIdle({ lost: 3 })).toBe(3);
    expect(beyondIdle({ lost: null })).toBeNull();
  });

  it("is no stage's drop, in its seconds or at its hops", () => {
    const seconds = [{ ...second(0, {}, 5), background: 5 }];
    const quiet = stage({ overrides: { seconds }, readings: [{ lost: 5, background: 39 }] });
    expect(dropsIn(quiet)).toBe(0);
    const lost = [{ ...second(0, {}, 7), background: 5 }];
    expect(dropsIn(stage({ overrides: { seconds: lost } }))).toBe(2);
  });
});
