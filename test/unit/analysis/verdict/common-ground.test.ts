import { describe, expect, it } from "vitest";
import { counterTotal, kernelDrops } from "../../../../runner/analysis/counters.ts";
import { commonGround } from "../../../../runner/analysis/verdict/common-ground.ts";
import type { Block } from "../../../../runner/result/block.ts";
import type { HopName } from "../../../../runner/result/hops.ts";
import { type BlockFacts, block } from "../blocks.ts";

type Entry = NonNullable<BlockFacts["counters"]>[number];
const conntrack = (where: string, conntrackDrop: number): Entry => ({
  ...{ where, hop: "client-conntrack", deltas: { conntrackDrop } },
});
const listening = (where: string, listenDrops: number): Entry => ({
  ...{ where, hop: "listen-queue" satisfies HopName, deltas: { listenDrops } },
});
const of = (...counters: Entry[]): Block => block({ counters });
const drops = (blocks: readonly Block[]) => blocks.map((each) => counterTotal(each, "conntrackDrop"));

describe("counters that both arms have", () => {
  it("are compared, and nothing is left out", () => {
    const [baseline, tuned] = [[of(conntrack("node-1", 5))], [of(conntrack("node-1", 7))]];
    expect(commonGround(baseline, tuned)).toEqual({ baseline, tuned, only: { baseline: [], tuned: [] } });
  });

  it("are all that is compared: a node read in one arm alone is no difference", () => {
    const { baseline, tuned, only } = commonGround(
      [of(conntrack("node-1", 5), conntrack("node-2", 900))],
      [of(conntrack("node-1", 7))],
    );
    expect(drops(baseline)).toEqual([5]);
    expect(drops(tuned)).toEqual([7]);
    expect(only).toEqual({ baseline: ["node-2"], tuned: [] });
  });

  it("are told by counter: one that only one kernel has does not take the rest with it", () => {
    const more: Entry = { where: "node-1", hop: "client-conntrack", deltas: { conntrackDrop: 7, synRetrans: 3 } };
    const { tuned, only } = commonGround([of(conntrack("node-1", 5))], [of(more)]);
    expect(drops(tuned)).toEqual([7]);
    expect(tuned.map((each) => counterTotal(each, "synRetrans"))).toEqual([null]);
    expect(only.tuned).toEqual(["node-1"]);
  });

  it("of pods are told by their node: pods are new in every block", () => {
    const { baseline, tuned, only } = commonGround(
      [of(listening("pod:web-1 on node-1", 4))],
      [of(listening("pod:web-2 on node-1", 6))],
    );
    expect([...baseline, ...tuned].map((each) => counterTotal(each, "listenDrops"))).toEqual([4, 6]);
    expect(only).toEqual({ baseline: [], tuned: [] });
    const elsewhere = commonGround(
      [of(listening("pod:web-1 on node-1", 4))],
      [of(listening("pod:web-1 on node-2", 6))],
    );
    expect(elsewhere.only).toEqual({ baseline: ["pods on node-1"], tuned: ["pods on node-2"] });
  });
});

describe("a block without a place that the others have", () => {
  const whole = (round: number) => of(conntrack("node-1", round), conntrack("node-2", round));

  it("does not tell the counter: the rest of it would be a smaller number", () => {
    const { baseline, tuned } = commonGround([whole(1), of(conntrack("node-1", 2)), whole(3)], [whole(4)]);
    expect(drops(baseline)).toEqual([2, null, 6]);
    expect(drops(tuned)).toEqual([8]);
  });

  it("tells no drops at all where one hop's are missing", () => {
    const both = () => of(conntrack("node-1", 5), listening("pod:web-1 on node-1", 6));
    const { baseline } = commonGround([both(), of(conntrack("node-1", 5))], [both()]);
    expect(baseline.map(kernelDrops)).toEqual([11, null]);
  });
});

it("where an arm has no counters at all, nothing is said to be read in the other only", () => {
  expect(commonGround([of(conntrack("node-1", 5))], []).only).toEqual({ baseline: [], tuned: [] });
  expect(commonGround([of(conntrack("node-1", 5))], [of()]).only).toEqual({ baseline: [], tuned: [] });
});

describe("counters of two clusters", () => {
  it("are known by their hop: nodes have other names there, and there may be more", () => {
    const [baseline, tuned] = [
      [of(conntrack("node old-1", 5))],
      [of(conntrack("node new-1", 7), conntrack("node new-2", 1))],
    ];
    expect(commonGround(baseline, tuned, true)).toEqual({ baseline, tuned, only: { baseline: [], tuned: [] } });
  });

  it("are left out where only one of them has the hop, which is named", () => {
    const { tuned, only } = commonGround(
      [of(conntrack("node old-1", 5))],
      [of(conntrack("node new-1", 7), listening("pod:web-1 on new-2", 6))],
      true,
    );
    expect(drops(tuned)).toEqual([7]);
    expect(tuned.map((each) => counterTotal(each, "listenDrops"))).toEqual([null]);
    expect(only).toEqual({ baseline: [], tuned: ["hop listen-queue"] });
  });

  it("are missing in a block that lacks one of its own cluster's nodes, and not a smaller number", () => {
    const whole = of(conntrack("node new-1", 7), conntrack("node new-2", 1));
    const { tuned } = commonGround([of(conntrack("node old-1", 5))], [whole, of(conntrack("node new-1", 7))], true);
    expect(drops(tuned)).toEqual([8, null]);
  });
});
