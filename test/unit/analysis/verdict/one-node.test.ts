/** A load and its workload on one node share its CPUs: that is said beside the verdict. */
import { expect, test } from "vitest";
import { successRate } from "../../../../runner/analysis/metrics.ts";
import { judge } from "../../../../runner/analysis/verdict/judge.ts";
import { oneNodeOf } from "../../../../runner/analysis/verdict/one-node.ts";
import type { Placement } from "../../../../runner/result/block.ts";
import { block } from "../blocks.ts";

const TOGETHER: Placement = { client: { a: 1 }, server: { a: 2 } };

test.each<[string, Placement[], string | null]>([
  ["all on one", [TOGETHER, TOGETHER], "a"],
  ["a workload elsewhere", [TOGETHER, { client: { a: 1 }, server: { b: 2 } }], null],
  ["a workload on two", [{ client: { a: 1 }, server: { a: 1, b: 1 } }], null],
  ["a load of which alone it is known", [{ client: { a: 1 } }], null],
  ["no record", [], null],
])("%s", (_, placements, node) => {
  expect(oneNodeOf(placements.map((placement) => ({ placement })))).toBe(node);
});

test.each<[string, Placement, Placement, string[] | null]>([
  ["one node", TOGETHER, TOGETHER, ["a"]],
  ["one node each, on two clusters", TOGETHER, { client: { b: 1 }, server: { b: 2 } }, ["a", "b"]],
  ["two nodes in one arm", TOGETHER, { client: { a: 1 }, server: { b: 2 } }, null],
])("the verdict of %s says so", (_, before, after, nodes) => {
  const arm = (role: "baseline" | "tuned", placement: Placement) => ({
    ...{ name: role, role, tunings: [] },
    blocks: [1, 2, 3].map((round) => block({ round, overrides: { placement } })),
  });
  const { warnings } = judge({
    suite: { metrics: [successRate({ primary: true, floor: { absolute: 0.5 } })] },
    arms: [arm("baseline", before) as never, arm("tuned", after) as never],
    tunings: [],
    plan: { scheduledPerBlock: 6_000, workers: 4 },
    spent: 1,
    twoClusters: nodes?.length === 2,
  });
  expect(warnings.filter(({ kind }) => kind === "one-node")).toEqual(
    nodes === null ? [] : [{ kind: "one-node", nodes }],
  );
});
