import { describe, expect, test } from "vitest";
import type { SuiteReport } from "../../../reports/suite-report.ts";
import { exitCodeOfRun } from "../../../runner/cli/exit-codes.ts";
import { runAll } from "../../../runner/cli/run-compare.ts";
import type { Finished } from "../../../runner/cli/run-suite.ts";
import { EnvironmentError, Interrupted, InvalidRunError, UsageError } from "../../../runner/errors.ts";
import type { OverallVerdict, Result } from "../../../runner/result/result.ts";

const ended = (verdict: OverallVerdict, unwritten: string | null = null): Finished => ({
  result: { verdict } as Result,
  report: {} as SuiteReport,
  files: [],
  unwritten,
});

describe("several suites", () => {
  test("what was measured before one failed stands, and the rest is not begun", async () => {
    const failure = new EnvironmentError("the API server is gone");
    const begun: string[] = [];
    const { finished, errors } = await runAll(["a", "b", "c"], async (suite) => {
      begun.push(suite);
      if (suite === "b") throw failure;
      return ended("improved");
    });
    expect([begun, finished.length, errors]).toEqual([["a", "b"], 1, [failure]]);
  });

  test("one whose question does not arise keeps no other from being asked", async () => {
    const { finished, errors } = await runAll(["a", "b"], async (suite) => {
      if (suite === "a") throw new InvalidRunError("no way to the Service");
      return ended("improved");
    });
    expect([finished.length, errors.length]).toEqual([1, 1]);
  });

  test("a result that could not be written is still told, and the others are asked", async () => {
    const all = await runAll(["a", "b"], async (suite) => ended("improved", suite === "a" ? "the disk is full" : null));
    expect(all.finished).toHaveLength(2);
    expect(all.errors).toEqual([new EnvironmentError("the disk is full")]);
  });

  test("a result that could not be added to the history is told as one that could not be written", async () => {
    const { finished, errors } = await runAll(["a"], async () => ({
      ...ended("improved"),
      unstored: "the store is gone",
    }));
    expect([finished.length, errors]).toEqual([1, [new EnvironmentError("the store is gone")]]);
    expect(exitCodeOfRun([{ verdict: "improved" }], errors)).toBe(5);
    expect(exitCodeOfRun([{ verdict: "regressed" }], errors)).toBe(1);
  });

  test("the last one knows that it is", async () => {
    const last: boolean[] = [];
    await runAll(["a", "b"], async (_, isLast) => {
      last.push(isLast);
      return ended("improved");
    });
    expect(last).toEqual([false, true]);
  });
});

test.each<[string, OverallVerdict[], unknown[], number]>([
  ["all well", ["improved", "equivalent"], [], 0],
  ["a regression is not hidden by an error", ["regressed"], [new EnvironmentError("gone")], 1],
  ["nor by an interruption", ["regressed", "improved"], [new Interrupted()], 1],
  ["an error after good news is no good news", ["improved"], [new EnvironmentError("gone")], 5],
  ["a question that did not arise", ["improved"], [new InvalidRunError("no way")], 3],
  ["an arm that is void", ["inconclusive"], [new UsageError("void")], 4],
  ["interrupted", ["improved"], [new Interrupted()], 130],
  ["an error of packetwalk itself is never a verdict", [], [new TypeError("x is undefined")], 5],
  ["nothing at all", [], [], 3],
])("the exit code: %s", (_, verdicts, errors, code) => {
  expect(
    exitCodeOfRun(
      verdicts.map((verdict) => ({ verdict })),
      errors,
    ),
  ).toBe(code);
});
