import { describe, expect, it } from "vitest";
import { MET, notMet, type Premise, premiseOf } from "../../../../runner/analysis/verdict/premise.ts";
import type { Block } from "../../../../runner/result/block.ts";
import { type BlockFacts, block, voided } from "../blocks.ts";

const arm = (facts: BlockFacts) => [1, 2, 3].map((round) => block({ round, ...facts }));
function premise(baseline: readonly Block[], tuned: readonly Block[], own?: () => Premise): Premise {
  return premiseOf(own ? { premise: own } : {}, [
    { name: "a", role: "baseline", tunings: [], blocks: baseline },
    { name: "b", role: "tuned", tunings: [], blocks: tuned },
  ]);
}
const failing = (reset: number, conntrackDrop = 0) =>
  arm({ failures: { reset }, counters: [{ hop: "client-conntrack", deltas: { conntrackDrop } }] });

describe("what every suite needs", () => {
  it("is that a request ended well somewhere", () => {
    expect(premise(failing(6_000), failing(6_000))).toEqual({
      state: "not-met",
      because: { kind: "no-way", requests: 36_000 },
    });
    // That one arm lets nothing through is a finding, not a broken target.
    expect(premise(arm({}), failing(6_000))).toEqual(MET);
  });

  it("is that not most of them fail for nothing, in both arms", () => {
    expect(premise(failing(3_600), failing(3_300))).toEqual({
      state: "not-met",
      because: { kind: "mostly-failed", baselineShare: 0.6, tunedShare: 0.55 },
    });
    expect(premise(failing(3_600), failing(2_900))).toEqual(MET);
  });

  it("takes drops and the lack of ports for an explanation", () => {
    expect(premise(failing(3_600, 3_600), failing(3_600, 3_600))).toEqual(MET);
    const noPort = arm({ failures: { "port-exhausted": 3_600 } });
    expect(premise(noPort, noPort)).toEqual(MET);
  });

  it("leaves a run without a block that counts to another reason", () => {
    expect(premise([], [])).toEqual(MET);
    expect(premise([voided(block())], [block({ round: 0 })])).toEqual(MET);
  });
});

it("then the suite's own is asked, and not before", () => {
  const own = () => notMet({ kind: "nobody-asked" });
  expect(premise(arm({}), arm({}), own)).toEqual({
    state: "not-met",
    because: { kind: "of-suite", said: { kind: "nobody-asked" } },
  });
  expect(premise(failing(6_000), failing(6_000), own)).toMatchObject({ because: { kind: "no-way" } });
});
