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
/** Filled beforehand to `start` and in use up to `most` under the load. */
const passed = (start: number, most: number, drops = 0, earlyDrops = 0, scheduled = 6_000): Block => {
  const sample = (atMs: number, entries: number) => ({ atMs, node: "node-1", entries, limit: LIMIT, drops: 0 });
  return block({
    scheduled,
    counters: [{ hop: "client-conntrack", deltas: { conntrackDrop: drops, conntrackEarlyDrop: earlyDrops } }],
    overrides: { conntrack: [sample(-900, 100), sample(-100, start), sample(500, most), sample(1_000, most)] },
  });
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

  it("is not met by a table that is full of what was put there, while no packet of the load comes by", () => {
    const prefilled = passed(9_700, 9_712);
    const past = premise(prefilled, passed(9_700, 9_705));
    expect(past).toEqual({
      state: "not-met",
      because: { kind: "of-suite", said: { kind: "table-not-passed", grown: 12, requests: 6_000 } },
    });
    if (past.state === "not-met" && past.because.kind === "of-suite")
      expect(floodWords(past.because.said)).toContain("grew by 12 entries while 6,000 requests were sent");
    // Somebody else's connection met the full table.
    expect(premise(passed(9_700, 9_720, 3)).state).toBe("not-met");
  });

  it("is met where the table took what it had room for, and what it had to drop counts as well", () => {
    expect(premise(passed(9_700, 9_999))).toEqual({ state: "met" });
    expect(premise(passed(10_000, 10_000, 5_900))).toEqual({ state: "met" });
    expect(premise(passed(9_700, 9_750, 0, 6_000))).toEqual({ state: "met" });
    // Nearly idle clients make few connections: then few entries are all of them.
    expect(premise(passed(9_000, 9_020, 0, 0, 30))).toEqual({ state: "met" });
  });

  it("asks of one node's table for the connections of its own pods", () => {
    const placement = { client: { "node-1": 2, "node-2": 2, "node-3": 2, "node-4": 2 }, server: {} };
    const spread = { ...passed(8_000, 9_100, 0, 0, 8_000), placement };
    expect(premise(spread)).toEqual({ state: "met" });
    expect(premise(passed(7_500, 9_010, 0, 0, 8_000)).state).toBe("met");
    expect(premise({ ...passed(7_500, 9_010, 0, 0, 8_000), placement: {} }).state).toBe("met");
    expect(premise(passed(7_500, 8_700, 0, 0, 8_000)).state).toBe("not-met");
  });

  it("is not told by drops elsewhere than in the table", () => {
    const listening = block({ counters: [{ hop: "listen-queue", deltas: { listenDrops: 40 } }] });
    expect(premise(listening).state).toBe("unread");
  });

  it("is not told by the warm-up, nor by blocks that do not count", () => {
    expect(premise(filled(LIMIT, 0), voided(filled(LIMIT)), filled(100)).state).toBe("not-met");
  });
});
