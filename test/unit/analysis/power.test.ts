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

describe("detectableDeviations", () => {
  it("is a shift that the exact test really finds four times out of five", () => {
    const shift = detectableDeviations(5, 5, 0.05);
    if (shift === null) throw new Error("5 a side can detect something");
    const draw = normalFrom(seededUniform(99));
    const repeats = 2_000;
    let found = 0;
    for (let i = 0; i < repeats; i++) {
      const p = mannWhitneyP(
        Array.from({ length: 5 }, draw),
        Array.from({ length: 5 }, () => draw() + shift),
      );
      if (p < 0.05) found += 1;
    }
    expect(found / repeats).toBeGreaterThan(0.77);
    expect(found / repeats).toBeLessThan(0.83);
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
