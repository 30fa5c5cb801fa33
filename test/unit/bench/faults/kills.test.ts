import { expect, test } from "vitest";
import { killPlan } from "../../../../bench/faults/kills/plan.ts";
import { allArms } from "../../../../bench/faults/runs/comparison.ts";
import { seededUniform } from "../../../../runner/analysis/random.ts";

const named = ({ suite, tuned }: { suite: string; tuned: string }) => `${suite} ${tuned}`;

test("every arm of every suite has its turn before one comes again", () => {
  const all = allArms().map(named);
  const plan = killPlan(all.length, 0, seededUniform(1)).map(named);
  expect([...plan].sort()).toEqual([...all].sort());
});

test("as many as asked are left to the cluster, some are restored from elsewhere, and a seed gives the same plan again", () => {
  const plan = killPlan(50, 3, seededUniform(7));
  expect(plan.filter(({ healing }) => healing === "nobody")).toHaveLength(3);
  expect(plan.filter(({ healing }) => healing === "restore-elsewhere").length).toBeGreaterThan(0);
  expect(plan.every(({ baseline, tuned }) => baseline !== tuned)).toBe(true);
  expect(killPlan(50, 3, seededUniform(7))).toEqual(plan);
});
