import { describe, expect, it } from "vitest";
import type { Block } from "../../../../../runner/result/block.ts";
import { rolloutPremise } from "../../../../../suites/rolling-update/analysis/premise.ts";
import type { RolloutEvidence } from "../../../../../suites/rolling-update/evidence.ts";
import { rolledBlock } from "./block.ts";

const premise = (...baseline: Block<RolloutEvidence>[]) =>
  rolloutPremise([
    { name: "baseline", role: "baseline", tunings: [], blocks: baseline },
    { name: "native-sleep", role: "tuned", tunings: [], blocks: [] },
  ]);
function still(round: number): Block<RolloutEvidence> {
  const rolled = rolledBlock({ round, failed: 0 });
  return { ...rolled, evidence: { ...rolled.evidence, rollouts: [] } };
}

describe("a rolling update's premise", () => {
  it("is met where pods were replaced, whether or not that cost a request", () => {
    expect(premise(rolledBlock({ round: 1, failed: 0 }))).toEqual({ state: "met" });
    expect(premise(still(1), rolledBlock({ round: 2, failed: 40 }))).toEqual({ state: "met" });
  });

  it("is not met where none was", () => {
    expect(premise(still(1), still(2))).toEqual({
      state: "not-met",
      because: { kind: "of-suite", said: { kind: "nothing-replaced" } },
    });
  });

  it("is not told by the warm-up, and not asked where no block counts", () => {
    expect(premise(rolledBlock({ round: 0, failed: 40 }), still(1)).state).toBe("not-met");
    expect(premise(rolledBlock({ round: 0, failed: 40 }))).toEqual({ state: "met" });
  });
});
