import { describe, expect, test } from "vitest";
import { normalFrom, seededUniform } from "../../../../../runner/analysis/random.ts";
import { growing, type Point, valueAt } from "../../../../../suites/service-scale/analysis/orders.ts";

const SIZES = [1, 1, 100, 100, 1_000, 1_000, 2_000, 2_000, 2_000, 2_000, 2_000];

/** A curve with noise of this deviation, at the sizes of a quick run. */
function synthetic(curve: (at: number) => number, deviation: number, seed: number): Point[] {
  const normal = normalFrom(seededUniform(seed));
  return SIZES.map((at) => ({ at, value: curve(at) + deviation * normal() }));
}

describe("the order of a growth", () => {
  test("is linear where each thing more costs the same, with a slope whose interval has the true one", () => {
    const { preferred, perThing, share } = growing(synthetic((at) => 0.1 + 15e-6 * at, 0.001, 1));
    expect(preferred?.order).toBe("linear");
    expect(perThing?.slope).toBeCloseTo(15e-6, 6);
    expect(perThing?.low).toBeLessThan(15e-6);
    expect(perThing?.high).toBeGreaterThan(15e-6);
    expect(share).toBeGreaterThan(0.9);
  });

  test("is logarithmic where each tenfold costs the same", () => {
    expect(growing(synthetic((at) => 1 + Math.log(1 + at), 0.05, 2)).preferred?.order).toBe("logarithmic");
  });

  test("is constant where nothing but noise differs, and where less is measured of more", () => {
    const noise = growing(synthetic(() => 0.1, 0.005, 3));
    expect(noise.preferred?.order).toBe("constant");
    expect(noise.perThing?.low).toBeLessThan(0);
    expect(noise.perThing?.high).toBeGreaterThan(0);
    expect(growing(synthetic((at) => 1 - 1e-4 * at, 0.001, 4)).preferred?.order).toBe("constant");
  });

  test("is told without noise as well", () => {
    expect(growing(synthetic((at) => 3 + 2 * at, 0, 1)).preferred?.order).toBe("linear");
    expect(growing(synthetic(() => 3, 0, 1)).preferred?.order).toBe("constant");
  });

  test("is not told of too few blocks or sizes", () => {
    const none = { preferred: null, share: null, perThing: null };
    expect(growing([])).toEqual(none);
    expect(growing([1, 100, 1_000, 2_000].map((at) => ({ at, value: at })))).toEqual(none);
    expect(growing([1, 1, 1, 2_000, 2_000, 2_000].map((at) => ({ at, value: at })))).toEqual(none);
  });

  test("of noise alone is rarely taken for growth", () => {
    const orders = Array.from(
      { length: 60 },
      (_, seed) =>
        growing(
          synthetic(() => 1, 0.1, 100 + seed),
          1,
          1,
        ).preferred?.order,
    );
    // By AICc's own penalty some 5 % of them: 9 of 60 would be far beyond chance.
    expect(orders.filter((order) => order !== "constant").length).toBeLessThan(9);
  });

  test("has intervals that hold the true slope about as often as they say", () => {
    const hits = Array.from({ length: 60 }, (_, seed) => {
      const { perThing } = growing(
        synthetic((at) => 0.1 + 15e-6 * at, 0.004, 500 + seed),
        1,
        200,
      );
      return perThing !== null && perThing.low <= 15e-6 && perThing.high >= 15e-6;
    });
    expect(hits.filter(Boolean).length).toBeGreaterThanOrEqual(50);
  });
});

test("a fit is prolonged by its own curve", () => {
  expect(valueAt({ order: "linear", base: 1, slope: 2 }, 10)).toBe(21);
  expect(valueAt({ order: "constant", base: 1, slope: 2 }, 10)).toBe(1);
});
