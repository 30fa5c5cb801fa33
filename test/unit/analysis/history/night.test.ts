import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { differences } from "../../../../runner/analysis/history/differences.ts";
import { nightOf } from "../../../../runner/analysis/history/night.ts";
import { Night } from "../../../../runner/result/night.ts";
import type { Result } from "../../../../runner/result/result.ts";

const result = JSON.parse(
  readFileSync(new URL("../../../fixtures/connection-flood-recommended.json", import.meta.url), "utf8"),
) as Result;

describe("what is followed of a result", () => {
  it("has each metric's value in each arm, as the result has it", () => {
    const night = nightOf(result);
    expect(Night.parse(night)).toEqual(night);
    expect(night.metrics.map(({ name, values }) => [name, values])).toEqual(
      result.metrics.map(({ name, baseline, tuned }) => [name, { baseline, recommended: tuned }]),
    );
    expect(night.metrics.find(({ name }) => name === "latency-p999")?.decides).toBe(false);
    expect(night.metrics.find(({ name }) => name === "drops")?.decides).toBe(true);
  });

  it("knows a cluster by its UID, and marks a context's name as one", () => {
    const on = (target: Partial<Result["target"]>) => nightOf({ ...result, target: { ...result.target, ...target } });
    expect(on({ uid: "8d0f", context: "staging" }).cluster).toBe("8d0f");
    expect(on({ uid: null, context: "staging" }).cluster).toBe("context:staging");
  });

  it("tells what was not alike in two nights, and settings of the own arm only", () => {
    const before = nightOf({ ...result, asked: { "--seed": "1", suites: "a" } });
    const after = nightOf({
      ...result,
      asked: { "--seed": "2", suites: "a b", "--rounds": "9" },
      target: { ...result.target, kernel: "6.12.0" },
      tunings: result.tunings.map((each) => ({ ...each, arrival: "never-arrived" as const })),
    });
    expect(differences(before, before, "recommended")).toEqual([]);
    const common = [
      { what: "kernel", from: result.target.kernel, to: "6.12.0" },
      { what: "--rounds", from: null, to: "9" },
    ];
    expect(differences(before, after, "baseline")).toEqual(common);
    const settings = result.tunings.filter(({ arrival }) => arrival !== "never-arrived");
    expect(settings.length).toBeGreaterThan(0);
    expect(differences(before, after, "recommended")).toEqual([
      ...common,
      ...settings.map(({ setting, arrival }) => ({ what: setting, from: arrival, to: "never-arrived" })),
    ]);
    // A result of before does not tell its options: none is new.
    expect(differences({ ...before, asked: null }, { ...before, asked: after.asked }, "baseline")).toEqual([]);
  });
});
