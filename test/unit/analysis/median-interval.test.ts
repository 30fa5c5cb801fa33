import { expect, test } from "vitest";
import { medianInterval } from "../../../runner/analysis/median-interval.ts";

const upTo = (n: number) => Array.from({ length: n }, (_, i) => n - i);

test("of few values it is their range, with the confidence that they allow", () => {
  expect(medianInterval(upTo(5))).toEqual({ low: 1, high: 5, confidence: 0.9375 });
  expect(medianInterval([3, 3])).toEqual({ low: 3, high: 3, confidence: 0.5 });
});

/** Ranks and confidences as tables of the sign test have them. */
test.each([
  [6, 1, 6, 0.96875],
  [10, 2, 9, 0.978516],
  [20, 6, 15, 0.958611],
])("of %i values it is from the %ith to the %ith", (n, low, high, confidence) => {
  const interval = medianInterval(upTo(n));
  expect([interval?.low, interval?.high]).toEqual([low, high]);
  expect(interval?.confidence).toBeCloseTo(confidence, 6);
});

test("one value alone has none, and neither have none", () => {
  expect(medianInterval([4])).toBeNull();
  expect(medianInterval([])).toBeNull();
});
