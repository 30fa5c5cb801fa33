import { describe, expect, it } from "vitest";
import { mannWhitneyP } from "../../../runner/analysis/mann-whitney.ts";
import { detectableCountFromZero, detectableDeviations } from "../../../runner/analysis/power.ts";
import { normalFrom, seededUniform } from "../../../runner/analysis/random.ts";
import { pooledDeviation } from "../../../runner/analysis/samples.ts";
import references from "./references/references.json" with { type: "json" };

/** How often the exact test finds so many deviations, where the deviation is what another run estimated. */
function shareFound(rounds: number, deviations: number, alpha: number): number {
  const draw = normalFrom(seededUniform(99));
  const arm = (shift = 0) => Array.from({ length: rounds }, () => draw() + shift);
  const repeats = 2_000;
  let found = 0;
  for (let i = 0; i < repeats; i++) {
    const shift = deviations * pooledDeviation(arm(), arm());
    if (mannWhitneyP(arm(), arm(shift)) < alpha) found += 1;
  }
  return found / repeats;
}

describe("detectableDeviations", () => {
  it.each([5, 8])("is a shift that the exact test of %i a side really finds four times out of five", (rounds) => {
    const deviations = detectableDeviations(rounds, rounds, 0.025);
    if (deviations === null) throw new Error(`${rounds} a side can detect something`);
    const found = shareFound(rounds, deviations, 0.05);
    expect(found).toBeGreaterThan(0.77);
    expect(found).toBeLessThan(0.83);
  });

  it("is null where no effect, however large, could be found", () => {
    expect(detectableDeviations(3, 3, 0.025)).toBeNull();
    expect(detectableDeviations(5, 5, 0.025 / 7)).toBeNull();
    expect(detectableDeviations(5, 5, 0.025 / 6)).not.toBeNull();
  });

  it("shrinks with more rounds, and grows with a stricter level", () => {
    const of = (rounds: number, level: number) => detectableDeviations(rounds, rounds, level) ?? Number.NaN;
    expect(of(12, 0.025)).toBeLessThan(of(6, 0.025));
    expect(of(8, 0.0125)).toBeGreaterThan(of(8, 0.025));
  });
});

describe("detectableCountFromZero", () => {
  it("is the mean count at which every block shows an event with 80 % probability", () => {
    const mean = detectableCountFromZero(5);
    expect((1 - Math.exp(-mean)) ** 5).toBeCloseTo(0.8, 12);
    expect(mean).toBeGreaterThan(3);
  });
});

describe("against R and SciPy", () => {
  const { deviations, fromZero } = references.power;

  // Ours draws 4000 times, so it may be off by about 1 %; few blocks estimate their deviation badly, which spreads it.
  it.each(deviations)("deviations that $n against $m find at $alpha, two-sided", ({ n, m, alpha, deviations }) => {
    const ours = detectableDeviations(n, m, alpha / 2) ?? Number.NaN;
    expect(Math.abs(ours / deviations - 1)).toBeLessThan(0.04);
  });

  it.each(fromZero)("the count from zero that $n blocks show", ({ n, mean }) => {
    expect(detectableCountFromZero(n)).toBeCloseTo(mean, 9);
  });
});
