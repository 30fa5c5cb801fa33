import { expect, it } from "vitest";
import { holm } from "../../../runner/analysis/holm.ts";
import references from "./references/references.json" with { type: "json" };

it("multiplies the smallest by the family's size, steps down, and keeps the order", () => {
  const adjusted = holm([0.04, 0.01, 0.03]);
  expect(adjusted[1]).toBeCloseTo(0.03, 12);
  expect(adjusted[2]).toBeCloseTo(0.06, 12);
  expect(adjusted[0]).toBeCloseTo(0.06, 12); // never below the one before it
});

it("never exceeds 1 and takes an empty family", () => {
  expect(holm([0.9, 0.8])).toEqual([1, 1]);
  expect(holm([])).toEqual([]);
});

it.each(references.holm)("adjusts as statsmodels does: $ps", ({ ps, adjusted }) => {
  for (const [index, p] of holm(ps).entries()) expect(p).toBeCloseTo(adjusted[index] ?? Number.NaN, 12);
});
