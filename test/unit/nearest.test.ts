import { expect, test } from "vitest";
import { nearest } from "../../runner/nearest.ts";

test.each([
  ["abc", ["abd", "xyz"], "abd"],
  ["abc", ["xyz"], undefined],
  ["abc", [], undefined],
  ["", ["a"], undefined],
])("nearest to %j of %j", (typed, names, near) => {
  expect(nearest(typed, names)).toBe(near);
});
