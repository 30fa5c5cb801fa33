import { describe, expect, it } from "vitest";
import {
  duetShift,
  judgedByPairs,
  levelOfPairs,
  ranksOfPairs,
  totalOfPairs,
} from "../../../runner/analysis/paired-shift.ts";
import { normalFrom, seededUniform } from "../../../runner/analysis/random.ts";
import { rankShift } from "../../../runner/analysis/shift-test.ts";

const draw = (n: number, from: () => number) => Array.from({ length: n }, from);

describe("ranks of pairs", () => {
  // R 4: wilcox.test(x, alternative = "greater", exact = TRUE), and with "less"; conf.int = TRUE gives the interval and the
  // pseudo-median.
  it.each([
    { x: [1.1, 2.3, -0.4, 3.2, 0.9, 1.7], greater: 0.03125, less: 0.984375, median: 1.4 },
    { x: [4.2, -1.3, 0.7, 2.8, 3.3, -0.2, 1.9, 0.4, 5.1], greater: 0.01953125, less: 0.986328125, median: 1.9 },
  ])("are those of R's wilcox.test: $x", ({ x, greater, less, median }) => {
    const { effect, higherP, lowerP } = ranksOfPairs(x);
    expect(higherP).toBeCloseTo(greater, 12);
    expect(lowerP).toBeCloseTo(less, 12);
    expect(effect).toBeCloseTo(median, 12);
  });

  it("have an interval no wider than R's next one, of a higher confidence", () => {
    // R: wilcox.test(x, conf.int = TRUE)$conf.int is [-0.4, 3.2] and [0.10, 3.75]; its steps are 96.9 % and 96.1 %.
    const wide = ranksOfPairs([1.1, 2.3, -0.4, 3.2, 0.9, 1.7]).interval(0.95);
    expect(wide.confidence).toBe(0.95);
    expect(wide.bounds[0]).toBeGreaterThanOrEqual(-0.4);
    expect(wide.bounds[1]).toBeLessThanOrEqual(3.2);
    const [low, high] = ranksOfPairs([4.2, -1.3, 0.7, 2.8, 3.3, -0.2, 1.9, 0.4, 5.1]).interval(0.95).bounds;
    expect(low).toBeGreaterThanOrEqual(0.1);
    expect(high).toBeLessThanOrEqual(3.75);
    expect(low).toBeLessThan(0.6);
    expect(high).toBeGreaterThan(3.2);
  });

  it("of no difference at all are no difference", () => {
    const { effect, higherP, lowerP, interval } = ranksOfPairs([0, 0, 0, 0, 0, 0]);
    expect({ effect, higherP, lowerP }).toEqual({ effect: 0, higherP: 1, lowerP: 1 });
    expect(interval(0.95).bounds).toEqual([0, 0]);
  });

  it("count a zero for neither side", () => {
    // Pratt (1959): zeros are ranked and then left out. Of the others' ranks 2 to 5 all are positive: one of 2^4 ways.
    expect(ranksOfPairs([0, 1, 2, 3, 4]).higherP).toBe(1 / 16);
  });
});

describe("levels of few pairs", () => {
  it("are those of R's t.test", () => {
    // R: t.test(c(1.1, 2.3, -0.4, 3.2, 0.9, 1.7), alternative = "greater")$p.value, and with "less"
    const { higherP, lowerP } = levelOfPairs([1.1, 2.3, -0.4, 3.2, 0.9, 1.7]);
    expect(higherP).toBeCloseTo(0.016969488289, 10);
    expect(lowerP).toBeCloseTo(0.983030511711, 10);
  });

  it("are no difference where nothing differs, and a sure one where all differ alike", () => {
    expect(levelOfPairs([0, 0, 0, 0, 0, 0])).toMatchObject({ higherP: 0.5, lowerP: 0.5 });
    expect(levelOfPairs([3, 3, 3, 3, 3, 3])).toMatchObject({ higherP: 0, lowerP: 1 });
  });

  it("are ranks where these can decide", () => {
    const many = [1, 2, -1, 4, 3, 2, 5, 0, 1, 2];
    expect(levelOfPairs(many).higherP).toBe(ranksOfPairs(many).higherP);
  });

  it("with long tails are called different too seldom rather than too often", () => {
    const normal = normalFrom(seededUniform(9));
    const heavy = () => normal() / Math.hypot(normal(), normal());
    let called = 0;
    for (let i = 0; i < 4_000; i++) {
      const { higherP, lowerP } = levelOfPairs(draw(6, heavy));
      if (Math.min(higherP, lowerP) < 0.005) called += 1;
    }
    expect(called / 4_000).toBeLessThan(0.01);
  });
});

describe("totals of pairs", () => {
  it("count every way to flip signs", () => {
    // Of the 8 ways none has a larger sum, and the one that flips 1 and 2 together with no other has none as large.
    expect(totalOfPairs([1, 2, 4]).higherP).toBe(1 / 8);
    // +1 −2 +4 = 3: as large or larger are 3, 7, 5 and 3 with the signs of 1 and 2 the other way round.
    expect(totalOfPairs([1, -2, 4]).higherP).toBe(3 / 8);
  });

  it("see one burst in many pairs for what it is", () => {
    const { effect, higherP } = totalOfPairs([0, 0, 0, 0, 0, 600]);
    expect(effect).toBe(100);
    expect(higherP).toBe(0.5);
  });
});

describe.each([
  ["ranks", ranksOfPairs],
  ["totals", totalOfPairs],
] as const)("the interval of %s", (_name, test) => {
  it.each([6, 8, 11])("holds the shift of %i pairs in 93 to 97 of 100", (pairs) => {
    const normal = normalFrom(seededUniform(3));
    let held = 0;
    for (let i = 0; i < 2_000; i++) {
      const [low, high] = test(draw(pairs, () => 1 + normal())).interval(0.95).bounds;
      if (low <= 1 && 1 <= high) held += 1;
    }
    expect(held / 2_000).toBeGreaterThanOrEqual(0.93);
    expect(held / 2_000).toBeLessThanOrEqual(0.975);
  });
});

describe("a duet", () => {
  const normal = normalFrom(seededUniform(5));
  /** Blocks that share most of their noise. */
  const duet = (rounds: number, shift: number) => {
    const shared = draw(rounds, () => 100 + 20 * normal());
    const baseline = shared.map((value) => value + normal());
    const tuned = shared.map((value) => value + shift + normal());
    return { baseline, tuned, differences: tuned.map((value, i) => value - (baseline[i] ?? 0)) };
  };

  it("sees what the arms as a whole do not", () => {
    let pairs = 0;
    let whole = 0;
    for (let i = 0; i < 300; i++) {
      const run = duet(8, 3);
      if ((duetShift(run, false)?.higherP ?? 1) < 0.025) pairs += 1;
      if ((rankShift(run.baseline, run.tuned)?.higherP ?? 1) < 0.025) whole += 1;
    }
    expect(pairs).toBeGreaterThan(270);
    expect(whole).toBeLessThan(30);
  });

  it("calls no difference where there is none, however much noise is shared", () => {
    let called = 0;
    for (let i = 0; i < 1_000; i++) {
      const { higherP = 1, lowerP = 1 } = duetShift(duet(8, 0), i % 2 === 0) ?? {};
      if (Math.min(higherP, lowerP) < 0.025) called += 1;
    }
    expect(called).toBeLessThan(65);
  });

  it("is clear after six rounds where everything differs", () => {
    const baseline = [3_010, 2_950, 3_100, 2_990, 3_020, 3_005];
    const tuned = [0, 0, 0, 0, 0, 0];
    const shift = duetShift({ baseline, tuned, differences: baseline.map((value) => -value) }, true);
    // 2 · 1/924 by the values; the pairs alone reach no less than 1/64.
    expect(shift?.lowerP).toBeCloseTo(2 / 924, 12);
  });

  it("with fewer pairs is judged as arms that took turns", () => {
    const run = duet(5, 3);
    expect(judgedByPairs(run.differences)).toBe(false);
    expect(duetShift(run, false)?.higherP).toBe(rankShift(run.baseline, run.tuned)?.higherP);
  });
});
