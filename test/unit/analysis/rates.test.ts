import { describe, expect, it } from "vitest";
import { garwoodInterval, mostThatZeroAllows, poissonRatesP } from "../../../runner/analysis/rates.ts";

describe("poissonRatesP", () => {
  it("is the binomial test of one side's share", () => {
    // 5 of 5 events on one of two equal sides: 2 · (1/2)^5
    expect(poissonRatesP({ events: 5, opportunities: 100 }, { events: 0, opportunities: 100 })).toBeCloseTo(1 / 16, 12);
    expect(poissonRatesP({ events: 0, opportunities: 100 }, { events: 10, opportunities: 100 })).toBeCloseTo(
      2 / 1024,
      12,
    );
  });

  it("takes unequal exposure into account", () => {
    expect(poissonRatesP({ events: 30, opportunities: 300 }, { events: 10, opportunities: 100 })).toBeGreaterThan(0.8);
  });

  it("sees no evidence in nothing", () => {
    expect(poissonRatesP({ events: 0, opportunities: 10 }, { events: 0, opportunities: 10 })).toBe(1);
    expect(poissonRatesP({ events: 0, opportunities: 0 }, { events: 0, opportunities: 0 })).toBe(1);
  });
});

describe("garwoodInterval", () => {
  it("gives the published 95 % limits", () => {
    expect(garwoodInterval(0)[0]).toBe(0);
    expect(garwoodInterval(0)[1]).toBeCloseTo(3.689, 3);
    expect(garwoodInterval(5)[0]).toBeCloseTo(1.6235, 3);
    expect(garwoodInterval(5)[1]).toBeCloseTo(11.668, 3);
  });
});

describe("mostThatZeroAllows", () => {
  it("is the rule of three", () => {
    expect(mostThatZeroAllows(300)).toBeCloseTo(0.01, 12);
    expect(mostThatZeroAllows(0)).toBe(Number.POSITIVE_INFINITY);
  });
});
