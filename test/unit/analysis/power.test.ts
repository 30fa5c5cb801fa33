import { describe, expect, it } from "vitest";
import { mannWhitneyP } from "../../../runner/analysis/mann-whitney.ts";
import {
  detectableCountFromZero,
  detectableDeviations,
  MOST_ROUNDS,
  roundsToDetect,
  roundsToEquivalence,
} from "../../../runner/analysis/power.ts";
import { normalFrom, seededUniform } from "../../../runner/analysis/random.ts";
import references from "./references/references.json" with { type: "json" };

/** How often the exact test finds this shift between two arms of normal noise. */
function shareFound(rounds: number, shift: number, alpha: number): number {
  const draw = normalFrom(seededUniform(99));
  const repeats = 2_000;
  let found = 0;
  for (let i = 0; i < repeats; i++) {
    const before = Array.from({ length: rounds }, draw);
    const after = Array.from({ length: rounds }, () => draw() + shift);
    if (mannWhitneyP(before, after) < alpha) found += 1;
  }
  return found / repeats;
}

describe("detectableDeviations", () => {
  it("is a shift that the exact test really finds four times out of five", () => {
    const shift = detectableDeviations(5, 5, 0.05);
    if (shift === null) throw new Error("5 a side can detect something");
    const found = shareFound(5, shift, 0.05);
    expect(found).toBeGreaterThan(0.77);
    expect(found).toBeLessThan(0.83);
  });

  it("is null where no effect, however large, could be found", () => {
    expect(detectableDeviations(3, 3, 0.05)).toBeNull();
  });

  it("shrinks with more rounds", () => {
    expect(detectableDeviations(12, 12, 0.05)).toBeLessThan(detectableDeviations(6, 6, 0.05) ?? 0);
  });
});

describe("detectableCountFromZero", () => {
  it("is the mean count at which every block shows an event with 80 % probability", () => {
    const mean = detectableCountFromZero(5);
    expect((1 - Math.exp(-mean)) ** 5).toBeCloseTo(0.8, 12);
    expect(mean).toBeGreaterThan(3);
  });
});

describe("rounds needed", () => {
  it.each([
    [2, 0.05],
    [1.5, 0.05],
    [2, 0.05 / 6],
  ])("find a shift of %d deviations at %d about four times out of five", (shift, alpha) => {
    const rounds = roundsToDetect(shift, 1, alpha) ?? Number.NaN;
    const found = shareFound(rounds, shift, alpha);
    expect(found).toBeGreaterThan(0.77);
    expect(found).toBeLessThan(0.88);
  });

  it("fall with the effect and rise with the noise", () => {
    const few = roundsToDetect(3, 1, 0.05) ?? Number.NaN;
    expect(few).toBeGreaterThanOrEqual(4); // below 4 a side the test cannot reject at all
    expect(roundsToDetect(1, 1, 0.05)).toBeGreaterThan(few);
    expect(roundsToDetect(1, 2, 0.05)).toBeGreaterThan(roundsToDetect(1, 1, 0.05) ?? Number.NaN);
  });

  it("are null where no reasonable number would do", () => {
    expect(roundsToDetect(0.01, 1, 0.05)).toBeNull();
    expect(roundsToEquivalence(2, 1, 1)).toBeNull();
    expect(roundsToEquivalence(0.99, 1, 1)).toBeNull();
    expect(roundsToEquivalence(0, 1, 1)).toBeLessThan(MOST_ROUNDS);
  });
});

describe("against SciPy and statsmodels", () => {
  const { separated, simulated, rounds, equivalence, fromZero } = references.power;

  // Ours draws 4000 times, so it may be off by about 1 %.
  it.each([...separated, ...simulated])(
    "deviations that $n against $m find at $alpha",
    ({ n, m, alpha, deviations }) => {
      const ours = detectableDeviations(n, m, alpha) ?? Number.NaN;
      expect(Math.abs(ours / deviations - 1)).toBeLessThan(0.02);
    },
  );

  // Ours is a closed form for what statsmodels solves: it may be a round short, and never more.
  it.each(rounds)("rounds to find $effect at $alpha", ({ effect, alpha, rounds }) => {
    if (rounds > MOST_ROUNDS) return expect(roundsToDetect(effect, 1, alpha)).toBeNull();
    expect([rounds - 1, rounds]).toContain(roundsToDetect(effect, 1, alpha));
  });

  // Not the power of an equivalence test: the interval is planned for the effect that was seen.
  it.each(equivalence)("rounds to bound an effect within $room", ({ room, rounds }) => {
    expect([rounds - 1, rounds]).toContain(roundsToEquivalence(0, 1, room));
    expect([rounds - 1, rounds]).toContain(roundsToEquivalence(3, 2, 3 + 2 * room));
  });

  it.each(fromZero)("the count from zero that $n blocks show", ({ n, mean }) => {
    expect(detectableCountFromZero(n)).toBeCloseTo(mean, 9);
  });
});
