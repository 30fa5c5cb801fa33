import { expect, test } from "vitest";
import { limitChanges, limitSentences } from "../../../../runner/analysis/rehearsal/limit-changes.ts";
import { reading, stage } from "./stages.ts";

const table = (limit: number | null, more: { where?: string; limitBefore?: number } = {}) =>
  stage({ readings: [{ counter: "conntrackEntries", used: 10, limit, ...more }] });

test.each([
  ["one that stays", [table(1000), table(1000)], []],
  ["one that is not read in a stage", [table(1000), table(null), table(1000)], []],
  ["two nodes with limits of their own", [table(1000), table(2000, { where: "node two" })], []],
  [
    "a limit of another kind",
    [stage({ readings: [reading({ counter: "port-exhausted", limit: 5 })] }), table(1000)],
    [],
  ],
  ["one that rose between stages", [table(1000), table(2000)], [{ where: "node one", limits: [1000, 2000] }]],
  ["one that rose within a stage", [table(2000, { limitBefore: 1000 })], [{ where: "node one", limits: [1000, 2000] }]],
  ["one that was put back", [table(1000), table(2000), table(1000)], [{ where: "node one", limits: [1000, 2000] }]],
] as const)("%s", (_, stages, changes) => {
  expect(limitChanges(stages)).toEqual(changes);
});

test("is told with its nodes and both limits", () => {
  const two = { where: "node two" };
  const stages = [table(262_144), table(262_144, two), table(1_048_576), table(1_048_576, two)];
  expect(limitSentences(limitChanges(stages))).toEqual([
    "Somebody changed the limit of the connection table on node one, node two meanwhile (262,144, then 1,048,576 entries): what was found holds for none of them. Rehearse again once it stays.",
  ]);
});
