import { expect, test } from "vitest";
import { timeLeft } from "../../../../runner/analysis/live/time-left.ts";
import { atMs, IN_THE_MIDDLE, lived, MIDDLE_NOW_MS, planned, stateAfter, type Told, underLoad } from "./story.ts";

function left(told: readonly Told[], nowMs: number) {
  return timeLeft(stateAfter(told).course ?? expect.fail("no course"), nowMs);
}

test("is not known before a block has ended, and after the last look there is none", () => {
  const begun: Told[] = [
    { atS: 0, event: planned() },
    ...underLoad({ number: 0, round: 0, role: "baseline", startsS: 0 }),
  ];
  expect(left(begun, atMs(30))).toBeNull();
  const over = { kind: "looked", afterRounds: 5, verdict: "equivalent", last: true } as const;
  expect(left([...begun, { atS: 31, event: over }], atMs(31))).toEqual({ leastMs: 0, plannedMs: 0, mostMs: 0 });
});

test("is from the shortest block and the next look to the longest block and every round replaced", () => {
  // Blocks of 40 to 44 s; 21 s of the third round's first block are over. Of two rounds one counts for all metrics that decide.
  expect(left(IN_THE_MIDDLE, MIDDLE_NOW_MS)).toEqual({
    leastMs: 4 * 2 * 40_000 - 21_000,
    plannedMs: 4 * 2 * 44_000 - 21_000,
    mostMs: 8 * 2 * 44_000 - 21_000,
  });
});

test("a look before the last one may settle it, and asks for one metric that has its rounds", () => {
  const told = IN_THE_MIDDLE.map((each) =>
    each.event.kind === "course-began"
      ? { ...each, event: { ...each.event, plannedRounds: 8, mostRounds: 16, looksAfterRounds: [6, 8] } }
      : each,
  );
  expect(left(told, MIDDLE_NOW_MS)).toEqual({
    leastMs: (6 - 2) * 2 * 40_000 - 21_000,
    plannedMs: 7 * 2 * 44_000 - 21_000,
    mostMs: 14 * 2 * 44_000 - 21_000,
  });
});

test("a block that has ended of the round is not waited for again", () => {
  const told: Told[] = [
    ...IN_THE_MIDDLE,
    ...lived({ number: 5, round: 3, role: "baseline", startsS: 224, takesS: 40 }).slice(-1),
  ];
  expect(left(told, atMs(264))?.plannedMs).toBe((4 * 2 - 1) * 44_000);
});

test("a block that takes longer than all before it does not make the time left negative", () => {
  expect(left(IN_THE_MIDDLE, atMs(224 + 500))).toMatchObject({ plannedMs: 7 * 44_000, leastMs: 7 * 40_000 });
});

test("side by side, a round takes as long as one block", () => {
  const told: Told[] = [
    { atS: 0, event: planned({ way: "side-by-side" }) },
    ...lived({ number: 0, round: 0, role: "baseline", startsS: 0, takesS: 50 }),
    ...lived({ number: 1, round: 0, role: "tuned", startsS: 0, takesS: 50 }),
  ];
  // Of the warm-up alone, for want of anything better.
  expect(left(told, atMs(50))).toEqual({ leastMs: 250_000, plannedMs: 250_000, mostMs: 500_000 });
});

test("one arm has a block a round", () => {
  const told: Told[] = [
    {
      atS: 0,
      event: planned({ way: "one-arm", looksAfterRounds: [], arms: { baseline: null, tuned: "recommended" } }),
    },
    ...lived({ number: 0, round: 0, role: "tuned", startsS: 0, takesS: 50 }),
    ...lived({ number: 1, round: 1, role: "tuned", startsS: 50, takesS: 40 }),
    { atS: 90, event: { kind: "round-ended", rounds: 1, usable: 1, mostUsable: 1 } },
  ];
  expect(left(told, atMs(90))).toEqual({ leastMs: 160_000, plannedMs: 160_000, mostMs: 360_000 });
});

test("--max-minutes bounds it: the round that has begun by then is brought to its end", () => {
  const [until, limited] = [atMs(300), IN_THE_MIDDLE.map((each) => ({ ...each }))];
  const told = limited.map((each) =>
    each.event.kind === "course-began" ? { ...each, event: { ...each.event, endsAtUnixMs: until } } : each,
  );
  expect(left(told, MIDDLE_NOW_MS)).toEqual({ leastMs: 143_000, plannedMs: 143_000, mostMs: 143_000 });
  expect(left(told, until + 10_000)?.mostMs).toBe(2 * 44_000);
});
