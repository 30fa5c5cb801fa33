import { describe, expect, it, test } from "vitest";
import { type Breach, guardsOf, type WholeStage } from "../../../../runner/analysis/rehearsal/guards.ts";
import type { RehearsedSecond, Slo, SloState } from "../../../../runner/result/rehearsal.ts";
import { DROPS, FAILED, LATENCY, STATUS_5XX, second } from "./stages.ts";

type Told = (atS: number) => RehearsedSecond | undefined;

const stage = (durationS: number, idlePerSecond = 0) => ({ durationS, ratePerSecond: 100, idlePerSecond });

interface Around {
  readonly lateS?: number;
  readonly whole?: WholeStage;
  readonly idlePerSecond?: number;
}

/** Feeds a stage at 100/s; what `told` leaves out was not seen. */
function watch(
  slo: Slo,
  durationS: number,
  told: Told,
  { lateS = 0, whole, idlePerSecond }: Around = {},
): { breaches: Breach[]; state: SloState } {
  const guards = guardsOf([slo], stage(durationS, idlePerSecond));
  const breaches: Breach[] = [];
  for (let atS = 0; atS < durationS + lateS; atS++) {
    const one = told(atS);
    const breach = one ? guards.second(one) : null;
    if (breach) breaches.push(breach);
  }
  const [state] = guards.states(whole);
  if (!state) throw new Error("one SLO, one state");
  return { breaches, state };
}

const good: Told = (atS) => second(atS);

test("an SLO that every second keeps is held", () => {
  for (const slo of [FAILED, STATUS_5XX, LATENCY, DROPS]) {
    const { breaches, state } = watch(slo, 60, good);
    expect(breaches).toEqual([]);
    expect(state).toEqual({ slo: slo.name, held: true, worst: 0, spent: 0, unseenS: 0 });
  }
});

describe("a share", () => {
  it("is judged over the window: what a second has too much of, the others may make up for", () => {
    // 1 of 1,000 in 10 s is 0.1 %, which is allowed; 2 are not.
    expect(watch(FAILED, 60, (atS) => second(atS, { failed: atS === 30 ? 1 : 0 })).state.held).toBe(true);
    const { breaches, state } = watch(FAILED, 60, (atS) => second(atS, { failed: atS === 30 || atS === 35 ? 1 : 0 }));
    expect(breaches).toEqual([{ slo: "failed", atS: 36, value: 0.002 }]);
    expect(state).toMatchObject({ held: false, worst: 0.002, spent: 1 });
  });

  it("of 5xx counts no other failure", () => {
    expect(watch(STATUS_5XX, 60, (atS) => second(atS, { failed: 50 })).state.held).toBe(true);
    expect(watch(STATUS_5XX, 60, (atS) => second(atS, { status5xx: 1 })).state.held).toBe(false);
  });

  it("ends before the first window is whole only where no good rest could save it", () => {
    // 10 of 1,000 that a window will have is 1 %, whatever the rest is.
    expect(watch(FAILED, 60, (atS) => second(atS, { failed: 10 })).breaches[0]).toMatchObject({ atS: 1, value: 0.01 });
    const one = { ...FAILED, most: 0.01 };
    const first: Told = (atS) => second(atS, atS === 0 ? { ended: 1, failed: 1 } : {});
    expect(watch(one, 60, first).breaches).toEqual([]);
    expect(watch(one, 60, (atS) => second(atS, { ended: 1, failed: atS === 0 ? 1 : 0 })).breaches).toEqual([
      { slo: "failed", atS: 10, value: 0.1 },
    ]);
  });

  it("of a stage shorter than its window is that of the stage", () => {
    const { breaches } = watch({ ...FAILED, windowS: 300 }, 20, (atS) => second(atS, { failed: atS >= 17 ? 1 : 0 }));
    expect(breaches).toEqual([{ slo: "failed", atS: 20, value: 3 / 2000 }]);
  });

  it("counts what ends after the load's end in its last second, not in windows of its own", () => {
    const late =
      (failed: number): Told =>
      (atS) =>
        atS < 60 ? second(atS) : second(atS, { scheduled: 0, ended: 1, failed: atS === 62 ? failed : 0 });
    expect(watch(FAILED, 60, late(1), { lateS: 5 }).state).toMatchObject({ held: true, unseenS: 0 });
    const lost = watch(
      FAILED,
      60,
      (atS) => (atS < 60 ? second(atS) : second(atS, { scheduled: 0, ended: 2, failed: 2 })),
      { lateS: 5 },
    );
    expect(lost.breaches).toEqual([{ slo: "failed", atS: 61, value: 2 / 1002 }]);
    expect(lost.state).toMatchObject({ held: false, worst: 10 / 1010 });
  });
});

describe("a latency", () => {
  const slow = (count: number) => ({ overLimit: { p99: count } });

  it("is breached by more than one in a hundred of a window's answers, in whatever seconds they came", () => {
    const slowFor = (seconds: number, count: number) =>
      watch(LATENCY, 60, (atS) => second(atS, atS >= 20 && atS < 20 + seconds ? { ...slow(count), p99Ms: 900 } : {}));
    // 10 of 1,000 are allowed.
    expect(slowFor(1, 10).state).toMatchObject({ held: true, worst: 0.01 });
    expect(slowFor(1, 11).breaches).toEqual([{ slo: "p99", atS: 21, value: 0.011 }]);
    expect(slowFor(4, 100).state).toMatchObject({ held: false, worst: 0.4 });
    // A handful of slow ones makes a second's own p99, and no window's.
    expect(slowFor(4, 2).state).toMatchObject({ held: true, worst: 0.008 });
  });

  it("is judged by the answers of all its seconds alike: a second with few of them weighs little", () => {
    const { state } = watch(LATENCY, 60, (atS) =>
      second(atS, atS % 10 === 5 ? { ended: 5, ...slow(5), p99Ms: 900 } : {}),
    );
    expect(state).toMatchObject({ held: true, worst: 5 / 905 });
  });

  it("takes what did not come for slower than any limit", () => {
    const { breaches, state } = watch(LATENCY, 60, (atS) => second(atS, { failed: 100, p99Ms: null }));
    expect(breaches).toEqual([{ slo: "p99", atS: 1, value: 0.1 }]);
    expect(state).toMatchObject({ held: false, worst: 1 });
    const mixed = watch(LATENCY, 60, (atS) => second(atS, atS === 30 ? { failed: 6, ...slow(5) } : {}));
    expect(mixed.breaches).toEqual([{ slo: "p99", atS: 31, value: 0.011 }]);
  });

  it("is not known of seconds in which nobody counted by its limit", () => {
    const { state } = watch(LATENCY, 60, (atS) => second(atS, { overLimit: {} }));
    expect(state).toMatchObject({ held: null, worst: null, unseenS: 60 });
  });
});

describe("drops", () => {
  it("count at once, also in the first second", () => {
    expect(watch(DROPS, 60, (atS) => second(atS, {}, atS === 0 ? 3 : 0)).breaches).toEqual([
      { slo: "drops", atS: 1, value: 3 },
    ]);
  });

  it("count in a window that was hardly seen", () => {
    const { breaches } = watch(DROPS, 60, (atS) => second(atS, {}, atS === 40 ? 1 : null));
    expect(breaches).toEqual([{ slo: "drops", atS: 41, value: 1 }]);
  });

  it("are not known to be none if a single second was not seen", () => {
    const { state } = watch(DROPS, 60, (atS) => second(atS, {}, atS === 40 ? null : 0));
    expect(state).toMatchObject({ held: null, worst: 0, unseenS: 1 });
  });
});

describe("drops without load", () => {
  const noisy =
    (drops: number, background: number): Told =>
    (atS) => ({ ...second(atS, {}, drops), background });

  it("are no stage's as long as there are no more of them than there may be", () => {
    expect(watch(DROPS, 60, noisy(2, 2), { idlePerSecond: 2.5 }).state).toMatchObject({ held: true, worst: 0 });
    const { breaches } = watch(DROPS, 60, noisy(3, 3), { idlePerSecond: 2.5 });
    // 2.5 in a second are no more than 2 of them, 5 in two no more than 5.
    expect(breaches[0]).toEqual({ slo: "drops", atS: 1, value: 1 });
  });

  it("excuse none where there were none", () => {
    const { breaches } = watch(DROPS, 60, noisy(1, 0), { idlePerSecond: 2.5 });
    expect(breaches[0]).toEqual({ slo: "drops", atS: 1, value: 1 });
    expect(watch(DROPS, 60, noisy(1, 1)).state.held).toBe(false);
  });
});

describe("a budget", () => {
  const budgeted: Slo = { ...FAILED, budget: 0.1 };

  it("is spent by seconds whose window is in breach, and not before", () => {
    // From second 30 on each window is in breach: the sixth of them spends a tenth of 60 s.
    const { breaches, state } = watch(budgeted, 60, (atS) => second(atS, { failed: atS >= 30 ? 2 : 0 }));
    expect(breaches).toEqual([{ slo: "failed", atS: 36, value: 12 / 1000 }]);
    expect(state).toMatchObject({ held: false, spent: 30 / 6 });
  });

  it("that is not spent leaves the SLO held, and says how much of it is gone", () => {
    const { breaches, state } = watch({ ...budgeted, windowS: 1 }, 60, (atS) =>
      second(atS, { failed: atS < 3 ? 2 : 0 }),
    );
    expect(breaches).toEqual([]);
    expect(state).toMatchObject({ held: true, worst: 0.02, spent: 0.5 });
  });

  it("is told once, and of the first SLO that spends it", () => {
    const guards = guardsOf([STATUS_5XX, FAILED, DROPS], stage(60));
    expect(guards.second(second(0, { failed: 90 }, 5))).toEqual({ slo: "failed", atS: 1, value: 0.09 });
    expect(guards.second(second(1, { failed: 90 }, 5))).toBeNull();
    expect(guards.states().map(({ held }) => held)).toEqual([null, false, false]);
  });
});

describe("what was not seen", () => {
  const without =
    (from: number, until: number): Told =>
    (atS) =>
      atS >= from && atS < until ? second(atS, null) : second(atS);

  it("up to a tenth of the stage leaves it judged", () => {
    expect(watch(FAILED, 60, without(10, 16)).state).toMatchObject({ held: true, unseenS: 6 });
    expect(watch(FAILED, 60, without(10, 17)).state).toMatchObject({ held: null, unseenS: 7 });
  });

  it("is also a second of which nothing came, and the rest of a stage that ended early", () => {
    expect(watch(FAILED, 60, (atS) => (atS >= 10 && atS < 17 ? undefined : second(atS))).state).toMatchObject({
      held: null,
      unseenS: 7,
    });
    expect(watch(FAILED, 60, (atS) => (atS < 50 ? second(atS) : undefined)).state).toMatchObject({
      held: null,
      unseenS: 10,
    });
  });

  it("dilutes no failure: a window is judged on what was seen of it", () => {
    // 1 of 600 seen is above 0.1 %, though 1 of 1,000 is not.
    const { breaches } = watch(FAILED, 60, (atS) =>
      atS >= 30 && atS < 34 ? second(atS, null) : second(atS, { failed: atS === 36 ? 1 : 0 }),
    );
    expect(breaches).toEqual([{ slo: "failed", atS: 37, value: 1 / 600 }]);
  });

  it("of a window by more than half leaves only what is certain", () => {
    const isSeen = (atS: number) => atS < 20 || atS === 27 || atS >= 45;
    const seen =
      (failed: number): Told =>
      (atS) =>
        isSeen(atS) ? second(atS, { failed: atS === 27 ? failed : 0 }) : second(atS, null);
    expect(watch(FAILED, 60, seen(1)).breaches).toEqual([]);
    expect(watch(FAILED, 60, seen(2)).breaches).toEqual([{ slo: "failed", atS: 28, value: 0.002 }]);
  });

  it("does not take back a breach", () => {
    const { state } = watch(FAILED, 60, (atS) => (atS < 20 ? second(atS, { failed: 5 }) : undefined));
    expect(state).toMatchObject({ held: false, unseenS: 40 });
  });
});

describe("what some workers told", () => {
  it("is judged as it is, and is not all that there was", () => {
    const half: Told = (atS) => second(atS, { ended: 50, failed: atS === 40 ? 5 : 0, toldShare: 0.5 });
    expect(watch(FAILED, 60, half).breaches).toEqual([{ slo: "failed", atS: 41, value: 0.01 }]);
    const good = watch(FAILED, 60, (atS) => second(atS, atS < 40 ? {} : { ended: 50, toldShare: 0.5 }));
    expect(good.state).toMatchObject({ held: null, unseenS: 20 });
  });
});

describe("what the workers reported and no second told", () => {
  const budgeted: Slo = { ...FAILED, budget: 0.01 };
  const whole = (failed: number, over: Partial<WholeStage> = {}): WholeStage => ({
    ...{ ended: 12_000, failed, status5xx: 0, overLimit: { p99: 0 } },
    ...over,
  });
  const unseenFor =
    (seconds: number): Told =>
    (atS) =>
      atS >= 40 && atS < 40 + seconds ? second(atS, null) : second(atS);

  it("is judged by the difference, however large the budget is", () => {
    const { state } = watch(budgeted, 120, unseenFor(12), { whole: whole(1200) });
    // All that failed of two windows that cover the gap, and twelve seconds of 1.2.
    expect(state).toMatchObject({ held: false, spent: 10, worst: 0.6 });
    expect(watch(budgeted, 120, unseenFor(12), { whole: whole(0) }).state).toMatchObject({ held: true, spent: 0 });
    expect(watch(budgeted, 120, unseenFor(12)).state.held).toBe(true);
  });

  it("that may lie so that it spends the budget leaves it not known", () => {
    // 2 of two windows' 2,000 are what they may have; both in one are too many for it.
    expect(watch(FAILED, 120, unseenFor(12), { whole: whole(2) }).state.held).toBeNull();
    expect(watch(FAILED, 120, unseenFor(12), { whole: whole(1) }).state.held).toBe(true);
    // Twenty seconds' worth of failures in sixty of which nobody told, where thirty may be in breach.
    const tolerant: Slo = { ...FAILED, budget: 0.05 };
    const told: Told = (atS) => (atS >= 40 && atS < 100 ? second(atS, null) : second(atS));
    const { state } = watch(tolerant, 600, told, { whole: whole(2_000, { ended: 60_000 }) });
    expect(state).toMatchObject({ held: null, spent: expect.closeTo(20 / 30, 1) });
  });

  it("is judged for a p99 and for 5xx as well", () => {
    const slow = whole(0, { overLimit: { p99: 1200 } });
    expect(watch({ ...LATENCY, budget: 0.01 }, 120, unseenFor(12), { whole: slow }).state.held).toBe(false);
    const wrong = whole(1200, { status5xx: 1200 });
    expect(watch({ ...STATUS_5XX, budget: 0.01 }, 120, unseenFor(12), { whole: wrong }).state.held).toBe(false);
  });

  it("ended in the last second, where all were seen", () => {
    expect(watch(FAILED, 120, good, { whole: whole(2, { ended: 12_002 }) }).state).toMatchObject({
      ...{ held: false, worst: 2 / 1002, unseenS: 0 },
    });
    expect(watch(FAILED, 120, good, { whole: whole(1, { ended: 12_001 }) }).state.held).toBe(true);
  });

  it("is broken where nothing was seen and all failed", () => {
    const { state } = watch(FAILED, 120, () => undefined, { whole: whole(12_000) });
    expect(state).toMatchObject({ held: false, worst: 1 });
  });
});

test("a stage in which no request ended held nothing, not even its drops", () => {
  for (const slo of [FAILED, STATUS_5XX, LATENCY, DROPS]) {
    expect(watch(slo, 60, (atS) => second(atS, { ended: 0, p99Ms: null })).state.held).toBeNull();
  }
});

test("a second that comes twice is refused", () => {
  const guards = guardsOf([FAILED], stage(60));
  guards.second(second(0));
  expect(() => guards.second(second(0))).toThrow(RangeError);
});
