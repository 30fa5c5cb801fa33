import { describe, expect, it } from "vitest";
import { Attribution } from "../../../../../runner/result/hops.ts";
import { Prediction } from "../../../../../runner/result/prediction.ts";
import { attributeRollouts } from "../../../../../suites/rolling-update/analysis/attribution.ts";
import { predictRollouts, type StopFacts } from "../../../../../suites/rolling-update/analysis/predictions.ts";
import type { RolloutBlock } from "../../../../../suites/rolling-update/evidence.ts";
import type { RolloutNote } from "../../../../../suites/rolling-update/result/reasons.ts";
import { type RolledFacts, rolledBlock } from "./block.ts";

const ARM = { name: "baseline" };
const stop: StopFacts = {
  gracePeriodS: 30,
  preStop: { kind: "none" },
  hasShell: true,
  catchesSigterm: true,
  nativeSleepArrived: null,
};
const sleep = (seconds: number): StopFacts["preStop"] => ({ kind: "sleep", seconds });
const atMost = (facts: Partial<StopFacts>, block: Partial<RolledFacts> = {}) => {
  const blocks = [rolledBlock({ round: 1, failed: 0, ...block })];
  const row = predictRollouts(ARM, blocks, { ...stop, ...facts }).find(
    ({ name }) => name === "failed-requests-at-most",
  );
  if (!row) throw new Error("no bound");
  return Prediction.parse(row);
};

describe("the prediction by instants", () => {
  it("is the mean over the blocks that count, beside what they lost", () => {
    const blocks = [
      rolledBlock({ round: 0, failed: 500, expected: 1 }),
      rolledBlock({ round: 1, failed: 40, expected: 44 }),
      rolledBlock({ round: 2, failed: 60, expected: 56 }),
    ];
    const [row] = predictRollouts(ARM, blocks);
    expect(row).toMatchObject({ name: "failed-requests", predicted: 50, measured: 50, error: 0 });
    const byPath: RolloutNote = { kind: "by-path", paths: [{ path: "nginx", expected: 50, measured: 50 }] };
    expect(row?.notes).toContainEqual(byPath);
  });

  it("names the paths of which nothing is known, and has no number where that is all of them", () => {
    const [row] = predictRollouts(ARM, [rolledBlock({ round: 1, failed: 40, path: "ingress-x" })]);
    expect(row).toMatchObject({ predicted: null, measured: null, error: null });
    expect(row?.notes).toContainEqual({ kind: "paths-that-do-not-say", paths: ["ingress-x"] } satisfies RolloutNote);
  });

  it("is not there where nothing was rolled", () => {
    expect(predictRollouts(ARM, [])).toEqual([]);
  });
});

describe("the bound by configuration", () => {
  it("is 0 for a sleep that outlasts every rhythm, and positive without one", () => {
    expect(atMost({ preStop: sleep(10) }).predicted).toBe(0);
    expect(atMost({}).predicted).toBeGreaterThan(0);
  });

  it("does not hold a sleep for more than the grace period, nor a hook that can't run", () => {
    const exec: StopFacts["preStop"] = { kind: "exec", command: ["/bin/sh"], sleepSeconds: 10 };
    expect(atMost({ preStop: exec, gracePeriodS: 1 }).predicted).toBeGreaterThan(0);
    expect(atMost({ preStop: exec, gracePeriodS: 30 }).predicted).toBe(0);
    expect(atMost({ preStop: exec, hasShell: false }).predicted).toBe(atMost({}).predicted);
    expect(atMost({ preStop: sleep(10), nativeSleepArrived: false }).predicted).toBe(atMost({}).predicted);
  });

  it("follows each path's own rhythm", () => {
    const short = { preStop: sleep(2) };
    expect(atMost(short).predicted).toBe(0);
    expect(atMost(short, { rhythmMs: 3_333 }).predicted).toBeGreaterThan(0);
    expect(atMost(short, { rhythmMs: 0 }).predicted).toBe(0);
  });

  it("says so where it can say nothing", () => {
    const unknown: StopFacts["preStop"] = { kind: "exec", command: ["/drain"], sleepSeconds: null };
    expect(atMost({ preStop: unknown })).toMatchObject({
      predicted: null,
      error: null,
      notes: [{ kind: "hook-not-known" }],
    });
    expect(atMost({}, { path: "ingress-unheard-of", rhythmMs: null })).toMatchObject({
      predicted: null,
      notes: [{ kind: "rhythm-not-known", paths: ["ingress-unheard-of"] }],
    });
    const brief = { ...rolledBlock({ round: 1, failed: 0 }), series: [] };
    const [, row] = predictRollouts(ARM, [brief], stop);
    expect(row).toMatchObject({ predicted: null, notes: [{ kind: "load-too-short" }] });
  });

  it("is beside the planned failures only", () => {
    const [, row] = predictRollouts(ARM, [rolledBlock({ round: 1, failed: 40, killed: 20 })], stop);
    expect(row?.measured).toBe(40);
  });
});

describe("the attribution over the arms", () => {
  it("adds up, and counts neither the warm-up nor invalid blocks", () => {
    const invalid: RolloutBlock = {
      ...rolledBlock({ round: 2, failed: 99 }),
      valid: false,
      invalidBecause: [{ kind: "nothing-scheduled" }],
    };
    const arms = [
      {
        name: "baseline",
        role: "baseline" as const,
        tunings: [],
        blocks: [rolledBlock({ round: 0, failed: 7 }), rolledBlock({ round: 1, failed: 40, unexplained: 2 }), invalid],
      },
      { name: "tuned", role: "tuned" as const, tunings: [], blocks: [rolledBlock({ round: 1, failed: 3 })] },
    ];
    const { attribution, hops } = attributeRollouts(arms);
    expect(Attribution.parse(attribution)).toMatchObject({
      failures: 43,
      attributed: 41,
      unexplained: 2,
      byHop: { "terminating-pod": 41 },
    });
    expect(hops.map(({ arm, name, drops }) => [arm, name, drops])).toEqual([
      ["baseline", "terminating-pod", 38],
      ["tuned", "terminating-pod", 3],
    ]);
  });
});
