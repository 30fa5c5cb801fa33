import { expect, it } from "vitest";
import { changePoints } from "../../../../runner/analysis/history/change-points.ts";
import { withOutliersDrawnIn } from "../../../../runner/analysis/history/outliers.ts";
import { seededUniform } from "../../../../runner/analysis/random.ts";

/** Noise without a pattern, between −1 and 1. */
const noise = (count: number, seed = 1) => {
  const uniform = seededUniform(seed);
  return Array.from({ length: count }, () => 2 * uniform() - 1);
};

it("a single night that went wrong is drawn in to where noise ends, and the others stay", () => {
  const quiet = noise(30).map((each) => 100 + each);
  const wrong = quiet.with(12, 160);
  const drawn = withOutliersDrawnIn(wrong);
  expect(drawn[12]).toBeLessThan(110);
  expect(drawn.filter((value, i) => value !== wrong[i])).toHaveLength(1);
});

it("what happens in more than a quarter of all nights is how nights differ, and stays", () => {
  const [few, many] = [4, 3].map((every) => Array.from({ length: 60 }, (_, i) => (i % every === 0 ? 105 : 100)));
  if (!few || !many) throw new Error("two series expected");
  expect(withOutliersDrawnIn(few)).toEqual(few.map(() => 100));
  expect(withOutliersDrawnIn(many)).toEqual(many);
});

it("nights of few values, in no order, have no changes", () => {
  const values = [0.926, 1.101, 1.165, 1.165, 1.202, 1.324];
  const found = Array.from({ length: 20 }, (_, at) => {
    const uniform = seededUniform(at + 1);
    return changePoints(Array.from({ length: 30 }, () => values[Math.floor(uniform() * values.length)] ?? 0));
  });
  expect(found.flat()).toEqual([]);
});
