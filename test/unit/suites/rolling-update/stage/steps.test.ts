import { expect, test } from "vitest";
import type { Agents } from "../../../../../runner/probes/agents.ts";
import { stepsOf } from "../../../../../suites/rolling-update/stage/steps.ts";

const AGENTS: Agents = { nodes: ["a"], run: async () => "" };

test("a process is killed by an agent only: without them all the other steps are left, at their instants", () => {
  const all = stepsOf("full", AGENTS);
  expect(all.map(({ kind }) => kind)).toContain("kill");
  expect(stepsOf("full", { refused: "no" })).toEqual(all.filter(({ kind }) => kind !== "kill"));
  expect(stepsOf("quick", { refused: "no" })).toEqual(stepsOf("quick", AGENTS));
});
