import { expect, it } from "vitest";
import { dependsOnArm } from "../../../../runner/analysis/verdict/dependence.ts";

const of = (spoilt: number, rounds: number) => ({ rounds, spoilt: Array.from({ length: spoilt }, () => "late") });

/**
 * Spoilt and all blocks of either arm, and twice the p of R's fisher.test(matrix(…), alternative = "less") on the side to which
 * it leans; R 4.2.2.
 */
const FISHER = [
  [0, 5, 3, 5, 0.166667],
  [0, 5, 4, 5, 0.047619],
  [0, 5, 5, 5, 0.007937],
  [5, 5, 5, 5, 1],
  [2, 6, 2, 6, 1],
  [0, 8, 3, 8, 0.2],
  [0, 8, 4, 8, 0.076923],
  [4, 8, 0, 8, 0.076923],
  [1, 8, 5, 8, 0.118881],
  [1, 8, 6, 8, 0.040559],
  [0, 6, 3, 9, 0.369231],
  [5, 6, 1, 9, 0.021978],
  [3, 12, 8, 12, 0.099533],
  [3, 12, 9, 12, 0.039126],
  [1, 12, 5, 12, 0.154953],
  [0, 16, 4, 12, 0.048352],
] as const;

it.each(FISHER)("%i of %i against %i of %i: p = %d", (a, aOf, b, bOf, p) => {
  expect(dependsOnArm(of(a, aOf), of(b, bOf))).toBe(p < 0.1);
  expect(dependsOnArm(of(b, bOf), of(a, aOf))).toBe(p < 0.1);
});

it("is nothing to ask where nothing is spoilt, or an arm has no block", () => {
  expect(dependsOnArm(of(0, 8), of(0, 8))).toBe(false);
  expect(dependsOnArm(of(0, 0), of(8, 8))).toBe(false);
  expect(dependsOnArm(of(8, 8), of(0, 0))).toBe(false);
});
