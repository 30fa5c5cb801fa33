import { describe, expect, it } from "vitest";
import type { Block } from "../../../../runner/result/block.ts";
import type { ArmsOf } from "../../../../runner/result/result.ts";
import { floodPremise } from "../../../../suites/connection-flood/analysis/premise.ts";
import { floodWords } from "../../../../suites/connection-flood/report/words.ts";
import { block, voided } from "../../analysis/blocks.ts";

const LIMIT = 10_000;
const filled = (entries: number, round = 1): Block => {
  const sample = (atMs: number, of: number) => ({ atMs, node: "node-1", entries: of, limit: LIMIT, drops: 0 });
  return block({ round, overrides: { conntrack: [sample(0, 100), sample(500, entries), sample(1_000, 200)] } });
};
const dropping = (drops: number): Block =>
  block({ counters: [{ hop: "client-conntrack", deltas: { conntrackDrop: drops } }] });
const premise = (...baseline: Block[]) => {
  const arms: ArmsOf = [
    { name: "baseline", role: "baseline", tunings: [], blocks: baseline },
    { name: "recommended", role: "tuned", tunings: [], blocks: [] },
  ];
  return floodPremise(arms);
};

describe("a flood's premise", () => {
  it("is met where the table came near its limit in a block of the baseline, or packets were dropped", () => {
    expect(premise(filled(200), filled(9_000))).toEqual({ state: "met" });
    expect(premise(dropping(1))).toEqual({ state: "met" });
  });

  it("is not met by a table that stays far from it", () => {
    const far = premise(filled(4_200), filled(2_000));
    expect(far).toEqual({
      state: "not-met",
      because: { kind: "of-suite", said: { kind: "table-far-from-full", share: 0.42 } },
    });
    if (far.state === "not-met" && far.because.kind === "of-suite")
      expect(floodWords(far.because.said)).toContain("42 % full at most");
    expect(premise(filled(8_999)).state).toBe("not-met");
  });

  it("is not read where nobody shows how full it is", () => {
    const unread = premise(block(), dropping(0));
    expect(unread).toEqual({ state: "unread", said: { kind: "table-not-seen" } });
    if (unread.state === "unread") expect(floodWords(unread.said)).toContain("is not known");
  });

  it("is not told by the warm-up, nor by blocks that do not count", () => {
    expect(premise(filled(LIMIT, 0), voided(filled(LIMIT)), filled(100)).state).toBe("not-met");
  });
});
