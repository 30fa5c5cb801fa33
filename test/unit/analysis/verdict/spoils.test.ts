import { describe, expect, it } from "vitest";
import type { Reading } from "../../../../runner/analysis/metrics.ts";
import { reasonsAgainst, spoiling, spoilsAll } from "../../../../runner/analysis/verdict/spoils.ts";
import type { Block } from "../../../../runner/result/block.ts";
import type { VoidReason } from "../../../../runner/result/reasons.ts";
import { block, voided } from "../blocks.ts";

const READINGS: readonly Reading[] = ["timing", "outcomes", "counters"];
const against = (...reasons: VoidReason[]): Block => ({ ...block(), spoiltBy: reasons });
const spoilt = (each: Block) => READINGS.filter((reading) => spoiling(each, reading));

const LATE: VoidReason = { kind: "generator-lag", p99Ms: 80, mostMs: 50 };
const GAP: VoidReason = { kind: "probe-gap", node: "node-1", ms: 1_600, mostMs: 1_000 };
const workersLost = (lostShare: number, reported = 3): VoidReason => ({
  ...{ kind: "workers-lost", wanted: 4, reported, lost: [], lostShare },
});

describe("what speaks against a block spoils", () => {
  it.each<[string, VoidReason, readonly Reading[]]>([
    ["a late generator: the latencies", LATE, ["timing"]],
    ["a saturated one: the latencies", { kind: "generator-saturated", because: "busy" }, ["timing"]],
    ["stolen CPU: the latencies", { kind: "steal", share: 0.05, mostShare: 0.02 }, ["timing"]],
    ["workers that began apart: the latencies", { kind: "start-spread", ms: 900, mostMs: 250 }, ["timing"]],
    ["a hole in the samples: the counters", GAP, ["counters"]],
    [
      "a few unsent requests: all but what ended",
      { kind: "not-sent", requests: 600, scheduled: 6_000 },
      ["timing", "counters"],
    ],
    ["many of them: all", { kind: "not-sent", requests: 601, scheduled: 6_000 }, READINGS],
    ["a small worker that was lost: all but what ended", workersLost(0.1), ["timing", "counters"]],
    ["a larger one: all", workersLost(0.25), READINGS],
    ["all workers: all", workersLost(0, 0), READINGS],
    ["a step that failed: all", { kind: "step-failed", step: "rollout", because: "timed out" }, READINGS],
    [
      "a setting of the arm that somebody else set: all",
      { kind: "setting-changed", node: "node-1", key: "net.core.somaxconn", from: "1", to: "2" },
      READINGS,
    ],
    [
      "an object of the arm that somebody else changed: all",
      { kind: "object-changed", object: "ConfigMap a/dns", field: "data.Corefile", from: "a", to: "b" },
      READINGS,
    ],
    ["pods elsewhere: all", { kind: "placed-elsewhere", workload: "web" }, READINGS],
    ["a table that was not empty: all", { kind: "not-drained", node: "node-1", entries: 9, allowed: 1 }, READINGS],
  ])("%s", (_, reason, readings) => {
    expect(spoilt(against(reason))).toEqual(readings);
    expect(spoilsAll(reason)).toBe(readings.length === READINGS.length);
  });

  it("nothing where nothing does", () => {
    expect(spoilt(block())).toEqual([]);
    expect(reasonsAgainst(block())).toEqual([]);
  });

  it("the union of several, and names the one that it is", () => {
    const both = against(LATE, GAP);
    expect(spoilt(both)).toEqual(["timing", "counters"]);
    expect(spoiling(both, "timing")).toEqual(LATE);
    expect(spoiling(both, "counters")).toEqual(GAP);
    expect(reasonsAgainst(both)).toEqual([LATE, GAP]);
  });

  it("a voided block by the reasons that it has: those of older results were told for the whole of it", () => {
    expect(spoilt(voided(block(), LATE))).toEqual(["timing"]);
    expect(spoilt(voided(block(), { kind: "nothing-scheduled" }))).toEqual(READINGS);
  });
});
