import { describe, expect, it } from "vitest";
import { mannWhitneyP } from "../../../runner/analysis/mann-whitney.ts";
import { normalFrom, seededUniform } from "../../../runner/analysis/random.ts";
import { hodgesLehmann } from "../../../runner/analysis/shift.ts";
import references from "./references/references.json" with { type: "json" };

describe("hodgesLehmann", () => {
  it("gives the median of all differences and the interval of the published tables", () => {
    // R: wilcox.test(6:10, 1:5, conf.int = TRUE) gives 5 and [2, 8], at a level of 96.8 %
    expect(hodgesLehmann([1, 2, 3, 4, 5], [6, 7, 8, 9, 10])).toEqual({
      effect: 5,
      ci: [2, 8],
      coverage: expect.closeTo(1 - 8 / 252, 12),
    });
  });

  it("says so when so few rounds cannot give 95 %", () => {
    expect(hodgesLehmann([1, 2, 3], [6, 7, 8])).toMatchObject({ ci: [3, 7], coverage: expect.closeTo(0.9, 12) });
  });

  it("is null without values", () => {
    expect(hodgesLehmann([], [1])).toBeNull();
  });

  it("excludes 0 just when the test rejects, and covers the true shift about as often as it says", () => {
    const draw = normalFrom(seededUniform(11));
    let covered = 0;
    const repeats = 1_000;
    for (let i = 0; i < repeats; i++) {
      const before = Array.from({ length: 5 }, draw);
      const after = Array.from({ length: 5 }, () => draw() + 1.5);
      const shift = hodgesLehmann(before, after);
      if (!shift) throw new Error("no shift");
      expect(shift.ci[0] > 0 || shift.ci[1] < 0).toBe(mannWhitneyP(before, after) < 0.05);
      if (shift.ci[0] <= 1.5 && 1.5 <= shift.ci[1]) covered += 1;
    }
    expect(covered / repeats).toBeGreaterThan(0.95);
    expect(covered / repeats).toBeLessThan(0.985);
  });
});

it.each(references.hodgesLehmann)("equals R's wilcox.test(conf.int = TRUE): $effect in $ci", (reference) => {
  const shift = hodgesLehmann(reference.baseline, reference.tuned);
  expect(shift?.effect).toBeCloseTo(reference.effect, 10);
  expect(shift?.ci[0]).toBeCloseTo(reference.ci[0] ?? Number.NaN, 10);
  expect(shift?.ci[1]).toBeCloseTo(reference.ci[1] ?? Number.NaN, 10);
  expect(shift?.coverage).toBeCloseTo(reference.coverage, 10);
});
