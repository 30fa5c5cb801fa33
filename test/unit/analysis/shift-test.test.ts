import { describe, expect, it } from "vitest";
import { mannWhitneyP, mannWhitneyTails } from "../../../runner/analysis/mann-whitney.ts";
import { normalFrom, seededUniform } from "../../../runner/analysis/random.ts";
import { mean } from "../../../runner/analysis/samples.ts";
import { rankShift, type ShiftTest, totalShift } from "../../../runner/analysis/shift-test.ts";
import references from "./references/references.json" with { type: "json" };

function told(shift: ShiftTest | null): ShiftTest {
  if (!shift) throw new Error("no shift");
  return shift;
}

/** How often the 95 % interval of arms that differ by `shift` holds it. */
function coverage(test: typeof rankShift, rounds: number, shift: number, repeats: number): number {
  const draw = normalFrom(seededUniform(11));
  let covered = 0;
  for (let i = 0; i < repeats; i++) {
    const before = Array.from({ length: rounds }, draw);
    const after = Array.from({ length: rounds }, () => draw() + shift);
    const [low, high] = told(test(before, after)).interval(0.95).bounds;
    if (low <= shift && shift <= high) covered += 1;
  }
  return covered / repeats;
}

describe("the shift of ranks", () => {
  it("is the median of all differences, with an interval within that of the published tables", () => {
    // R: wilcox.test(6:10, 1:5, conf.int = TRUE) gives 5 and [2, 8], at a level of 96.8 %
    const { effect, interval } = told(rankShift([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]));
    expect(effect).toBe(5);
    const { bounds, confidence } = interval(0.95);
    expect(confidence).toBe(0.95);
    expect(bounds[0]).toBeGreaterThanOrEqual(2);
    expect(bounds[1]).toBeLessThanOrEqual(8);
    // Steps there are only at 0.968 and 0.944, so the bounds lie on these or between.
    expect(bounds[0]).toBeLessThanOrEqual(3);
    expect(bounds[1]).toBeGreaterThanOrEqual(7);
  });

  it("says so when so few rounds cannot give 95 %", () => {
    const { bounds, confidence } = told(rankShift([1, 2, 3], [6, 7, 8])).interval(0.95);
    expect(bounds).toEqual([3, 7]);
    expect(confidence).toBeCloseTo(0.9, 12);
  });

  it("is null without values, and has no confidence in one against one", () => {
    expect(rankShift([], [1])).toBeNull();
    expect(told(rankShift([1], [3])).interval(0.95)).toEqual({ bounds: [2, 2], confidence: 0 });
  });

  it("has the tails of the exact test, of which the smaller doubled is the two-sided p", () => {
    const [before, after] = [
      [1, 5, 9, 2],
      [4.5, 10, 8],
    ];
    const { higherP, lowerP } = told(rankShift(before, after));
    expect({ less: higherP, greater: lowerP }).toEqual(mannWhitneyTails(before, after));
    expect(2 * Math.min(higherP, lowerP)).toBeCloseTo(mannWhitneyP(before, after), 12);
    expect(higherP).toBeLessThan(lowerP);
  });

  it("excludes 0 where the test rejects, and covers the true shift about as often as it says", () => {
    const draw = normalFrom(seededUniform(11));
    for (let i = 0; i < 300; i++) {
      const before = Array.from({ length: 5 }, draw);
      const after = Array.from({ length: 5 }, () => draw() + 1.5);
      const { bounds } = told(rankShift(before, after)).interval(0.95);
      // Being narrower than the stepwise interval, it may exclude 0 a little earlier than the test does.
      if (mannWhitneyP(before, after) < 0.05) expect(bounds[0] > 0 || bounds[1] < 0).toBe(true);
    }
    expect(coverage(rankShift, 5, 1.5, 1_000)).toBeGreaterThan(0.935);
    expect(coverage(rankShift, 5, 1.5, 1_000)).toBeLessThan(0.975);
  });
});

it.each(references.hodgesLehmann)("R's wilcox.test(conf.int = TRUE): $effect, within $ci", (reference) => {
  const { effect, interval } = told(rankShift(reference.baseline, reference.tuned));
  const { bounds, confidence } = interval(0.95);
  const [low, high] = [reference.ci[0] ?? Number.NaN, reference.ci[1] ?? Number.NaN];
  expect(effect).toBeCloseTo(reference.effect, 10);
  // R's is of the next step above 95 %; ours lies between it and the step below.
  expect(confidence).toBeCloseTo(Math.min(0.95, reference.coverage), 10);
  expect(bounds[0]).toBeGreaterThanOrEqual(low - 1e-10);
  expect(bounds[1]).toBeLessThanOrEqual(high + 1e-10);
  expect(bounds[0]).toBeLessThan(effect);
  expect(bounds[1]).toBeGreaterThan(effect);
});

/** The definition itself: of all ways to deal the values out, those whose difference of means is as large. */
function pByEnumeration(before: readonly number[], after: readonly number[]) {
  const all = [...before, ...after];
  const seen = mean(after) - mean(before);
  const splits: number[] = [];
  for (let mask = 0; mask < 2 ** all.length; mask++) {
    const chosen = all.filter((_, i) => (mask >> i) & 1);
    if (chosen.length === after.length) splits.push(mean(chosen) - mean(all.filter((_, i) => !((mask >> i) & 1))));
  }
  const share = (holds: (split: number) => boolean) => splits.filter(holds).length / splits.length;
  return { higherP: share((split) => split >= seen - 1e-9), lowerP: share((split) => split <= seen + 1e-9) };
}

describe("the shift of totals", () => {
  it.each<[number[], number[]]>([
    [
      [0, 0, 0, 0, 0],
      [0, 0, 0, 0, 300],
    ],
    [
      [3, 7, 1, 2],
      [12, 9, 4],
    ],
    [
      [5, 5, 5],
      [5, 5, 5],
    ],
    [
      [0, 12, 900, 4, 0],
      [2, 0, 0, 1, 0, 3],
    ],
  ])("equals the enumeration of all splits: %j against %j", (before, after) => {
    const { higherP, lowerP, effect } = told(totalShift(before, after));
    const expected = pByEnumeration(before, after);
    expect(higherP).toBeCloseTo(expected.higherP, 12);
    expect(lowerP).toBeCloseTo(expected.lowerP, 12);
    expect(effect).toBeCloseTo(mean(after) - mean(before), 12);
  });

  it("of 5 against 5 that do not overlap is 1 in 252, as that of ranks", () => {
    const { higherP, lowerP } = told(totalShift([0, 0, 0, 0, 0], [5, 6, 7, 8, 9]));
    expect(higherP).toBeCloseTo(1 / 252, 12);
    expect(lowerP).toBe(1);
  });

  it("sees what a few large bursts cost, which ranks do not", () => {
    const calm = [10, 11, 12, 9, 10, 11, 12, 9];
    const bursts = [10, 900, 11, 800, 12, 950, 9, 850];
    expect(told(totalShift(calm, bursts)).effect).toBeCloseTo(432.25, 10);
    expect(told(rankShift(calm, bursts)).effect).toBeLessThan(432);
    expect(told(totalShift(calm, bursts)).higherP).toBeLessThan(told(rankShift(calm, bursts)).higherP);
  });

  it("has the interval that holds what the test would not reject", () => {
    const [before, after] = [
      [3, 7, 1, 2, 8, 4],
      [12, 19, 14, 11, 25, 13],
    ];
    const [low, high] = told(totalShift(before, after)).interval(0.95).bounds;
    const pAt = (shift: number) => {
      const moved = after.map((value) => value - shift);
      const { higherP, lowerP } = told(totalShift(before, moved));
      return Math.min(higherP, lowerP);
    };
    expect(pAt(low - 1)).toBeLessThan(0.025);
    expect(pAt(high + 1)).toBeLessThan(0.025);
    expect(pAt(low + 1)).toBeGreaterThan(0.025);
    expect(pAt(high - 1)).toBeGreaterThan(0.025);
  });

  it("covers the true shift about as often as it says", () => {
    expect(coverage(totalShift, 5, 40, 400)).toBeGreaterThan(0.92);
    expect(coverage(totalShift, 5, 40, 400)).toBeLessThan(0.98);
  });

  it("draws splits where there are too many to list, the same ones each time", () => {
    const draw = normalFrom(seededUniform(5));
    const [before, after] = [Array.from({ length: 12 }, draw), Array.from({ length: 12 }, () => draw() + 0.9)];
    const [one, other] = [told(totalShift(before, after)), told(totalShift(before, after))];
    expect(one.higherP).toBe(other.higherP);
    expect(one.interval(0.95)).toEqual(other.interval(0.95));
    // Of 2.7 million ways, 9 999: of normal values the two tests say about the same.
    expect(Math.abs(one.higherP / told(rankShift(before, after)).higherP - 1)).toBeLessThan(0.8);
  });

  it("is null without values", () => {
    expect(totalShift([], [1])).toBeNull();
    expect(totalShift([1], [])).toBeNull();
  });
});
