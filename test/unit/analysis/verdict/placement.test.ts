import { describe, expect, it } from "vitest";
import { placedAlike } from "../../../../runner/analysis/verdict/placement.ts";
import type { Block, Placement } from "../../../../runner/result/block.ts";
import { block, voided } from "../blocks.ts";

const SPREAD: Placement = { web: { "node-1": 2, "node-2": 2 }, load: { "node-1": 4 } };
const CROWDED: Placement = { ...SPREAD, web: { "node-1": 4 } };
const at = (placement: Placement, round = 1): Block => block({ round, overrides: { placement } });
const arm = (...placements: Placement[]) => placements.map((placement, index) => at(placement, index + 1));
const valid = (blocks: readonly Block[]) => blocks.map((each) => each.valid);

describe("blocks whose pods were elsewhere", () => {
  it("do not count, in either arm", () => {
    const { baseline, tuned } = placedAlike(arm(SPREAD, SPREAD, CROWDED), arm(SPREAD, CROWDED, SPREAD));
    expect(valid(baseline)).toEqual([true, true, false]);
    expect(valid(tuned)).toEqual([true, false, true]);
    expect(tuned[1]).toMatchObject({ invalidBecause: [{ kind: "placed-elsewhere", workload: "web" }] });
  });

  it("leave none of an arm that was placed otherwise all the time", () => {
    const { baseline, tuned } = placedAlike(arm(SPREAD, SPREAD), arm(CROWDED, CROWDED));
    expect(valid(baseline)).toEqual([true, true]);
    expect(valid(tuned)).toEqual([false, false]);
  });

  it("are told by where pods are, not by the order in which they are listed", () => {
    const listed: Placement = { load: { "node-1": 4 }, web: { "node-2": 2, "node-1": 2, "node-3": 0 } };
    expect(valid(placedAlike(arm(SPREAD, SPREAD), arm(listed, listed)).tuned)).toEqual([true, true]);
  });

  it("keep what spoke against them before", () => {
    const before = voided(at(CROWDED));
    const [after] = placedAlike(arm(SPREAD), [before]).tuned;
    expect(after).toMatchObject({
      invalidBecause: [{ kind: "nothing-scheduled" }, { kind: "placed-elsewhere", workload: "web" }],
    });
  });

  it("are not told by the warm-up, and not where nobody recorded where they were", () => {
    const warmUp = at(CROWDED, 0);
    expect(valid(placedAlike([warmUp, at(SPREAD, 1)], arm(SPREAD)).baseline)).toEqual([false, true]);
    expect(valid(placedAlike([block({ round: 1 })], arm(SPREAD)).baseline)).toEqual([true]);
    expect(valid(placedAlike([block({ round: 1 })], [block({ round: 1 })]).tuned)).toEqual([true]);
  });

  it("go by the tuned arm where only that was recorded", () => {
    expect(valid(placedAlike([block({ round: 1 })], arm(SPREAD, SPREAD, CROWDED)).tuned)).toEqual([true, true, false]);
  });
});

describe("on two clusters", () => {
  const ELSEWHERE: Placement = { web: { "old-1": 2, "old-2": 2 }, load: { "old-1": 4 } };

  it("each arm has a place of its own, whatever its nodes are called", () => {
    const { baseline, tuned } = placedAlike(arm(SPREAD, SPREAD), arm(ELSEWHERE, ELSEWHERE), true);
    expect([valid(baseline), valid(tuned)]).toEqual([
      [true, true],
      [true, true],
    ]);
  });

  it("a block that was elsewhere in its own cluster does not count", () => {
    const { baseline, tuned } = placedAlike(arm(SPREAD, SPREAD, CROWDED), arm(ELSEWHERE, SPREAD, ELSEWHERE), true);
    expect([valid(baseline), valid(tuned)]).toEqual([
      [true, true, false],
      [true, false, true],
    ]);
  });
});
