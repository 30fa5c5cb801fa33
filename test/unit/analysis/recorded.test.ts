import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { judge } from "../../../runner/analysis/verdict/judge.ts";
import { resultSchema } from "../../../runner/result/result.ts";
import { CONNECTION_FLOOD_METRICS } from "../../../suites/connection-flood/analysis/metrics.ts";
import { floodPremise } from "../../../suites/connection-flood/analysis/premise.ts";
import { FLOOD_EVIDENCE } from "../../../suites/connection-flood/evidence.ts";

const RECORDED = resultSchema("connection-flood", FLOOD_EVIDENCE);

/** Blocks of real runs on the lab, judged again. */
function judgeRecorded(name: string, swap: boolean, premise?: typeof floodPremise) {
  const file = new URL(`../../fixtures/${name}.json`, import.meta.url);
  const [baseline, tuned] = RECORDED.parse(JSON.parse(readFileSync(file, "utf8"))).arms;
  const arms = swap
    ? ([
        { ...tuned, role: "baseline" },
        { ...baseline, role: "tuned" },
      ] as const)
    : ([baseline, tuned] as const);
  return judge({
    suite: { metrics: CONNECTION_FLOOD_METRICS, ...(premise ? { premise } : {}) },
    arms,
    tunings: [],
    plan: { scheduledPerBlock: null, workers: null },
    spent: 1,
  });
}

function rejudge(name: string, swap = false) {
  const { metrics } = judgeRecorded(name, swap);
  return new Map(metrics.map((metric) => [metric.name, metric.verdict]));
}

test("a real A/A run: no metric improved or regressed, whichever arm is called tuned", () => {
  for (const swap of [false, true]) {
    const verdicts = [...rejudge("connection-flood-aa", swap).values()];
    expect(verdicts).not.toContain("improved");
    expect(verdicts).not.toContain("regressed");
  }
});

test("a real flood against the recommended arm: the primaries improved, and the other way round they regressed", () => {
  for (const [swap, verdict] of [
    [false, "improved"],
    [true, "regressed"],
  ] as const) {
    const verdicts = rejudge("connection-flood-recommended", swap);
    for (const name of ["success-rate", "drops", "latency-p99"]) expect(verdicts.get(name)).toBe(verdict);
  }
});

test("the other way round the run regressed, though the baseline's table is far from full", () => {
  expect(judgeRecorded("connection-flood-recommended", true, floodPremise).verdict).toBe("regressed");
});
