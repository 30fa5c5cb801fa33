import { expect, test } from "vitest";
import { oncePerPair } from "../../../runner/doctor/once.ts";
import { served } from "../../../runner/doctor/subjects.ts";
import { wellConfigured } from "./well-configured.ts";

test("what is worked out of two parts is worked out once, and anew for another pair", () => {
  let times = 0;
  const lengths = oncePerPair((a: readonly number[], b: readonly number[]) => {
    times += 1;
    return a.length + b.length;
  });
  const [one, two] = [[1], [1, 2]];
  expect([lengths(one, two), lengths(one, two), times]).toEqual([3, 3, 1]);
  expect([lengths(two, one), lengths(one, one), times]).toEqual([3, 2, 3]);
});

test("checks of one state share what users meet, and another state has its own", () => {
  const { workloads, services } = wellConfigured();
  expect(served(workloads, services)).toBe(served(workloads, services));
  expect(served(workloads, [])).toEqual([]);
});
