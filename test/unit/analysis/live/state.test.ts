import { describe, expect, test } from "vitest";
import { blockSeen } from "../../../../runner/analysis/live/events.ts";
import { NOTHING_YET } from "../../../../runner/analysis/live/state.ts";
import { block, voided } from "../blocks.ts";
import { atMs, IN_THE_MIDDLE, lived, planned, stateAfter, type Told, underLoad } from "./story.ts";

describe("a run in the middle", () => {
  const state = stateAfter(IN_THE_MIDDLE);
  const course = state.course ?? expect.fail("no course");

  test("has the block that runs, in its phase", () => {
    expect(course.running).toEqual([
      {
        ...{ number: 5, arm: "baseline", round: 3, role: "baseline", phase: "load", startedAtUnixMs: atMs(224) },
        load: { startsAtUnixMs: atMs(234), loadMs: 20_000 },
      },
    ]);
  });

  test("has the blocks that ended, each with how long it took", () => {
    expect(course.blocks.map(({ number, round, role, tookMs }) => [number, round, role, tookMs])).toEqual([
      [0, 0, "baseline", 60_000],
      [1, 1, "baseline", 40_000],
      [2, 1, "tuned", 44_000],
      [3, 2, "tuned", 40_000],
      [4, 2, "baseline", 40_000],
    ]);
    expect(course.rounds).toEqual({ ended: 2, usable: 1, mostUsable: 2 });
  });

  test("has each node's table as it was read last, and the fullest second by second", () => {
    expect(course.tables).toEqual([
      { node: "node-1", entries: 90_000, limit: 100_000, atUnixMs: atMs(235) },
      { node: "node-2", entries: 45_000, limit: 100_000, atUnixMs: atMs(235) },
    ]);
    // Two readings a block, of each the fuller node: what was read 3 s ago is no part of a later second.
    expect(course.fills.slice(-2)).toEqual([
      { atUnixMs: atMs(232), share: 0.02 },
      { atUnixMs: atMs(235), share: 0.9 },
    ]);
  });

  test("is judged by nobody before its look", () => {
    expect(course.look).toBeNull();
  });
});

test("both blocks of a round run side by side, and end together", () => {
  const both: Told[] = [
    { atS: 0, event: planned({ way: "side-by-side" }) },
    ...underLoad({ number: 0, round: 1, role: "baseline", startsS: 0 }),
    ...underLoad({ number: 1, round: 1, role: "tuned", startsS: 0 }),
  ];
  expect(stateAfter(both).course?.running.map(({ role, phase }) => [role, phase])).toEqual([
    ["baseline", "load"],
    ["tuned", "load"],
  ]);
  const ended = stateAfter([
    ...both,
    ...lived({ number: 0, round: 1, role: "baseline", startsS: 0 }).slice(-1),
    ...lived({ number: 1, round: 1, role: "tuned", startsS: 0 }).slice(-1),
  ]);
  expect(ended.course?.running).toEqual([]);
  expect(ended.course?.blocks.map(({ role, tookMs }) => [role, tookMs])).toEqual([
    ["baseline", 40_000],
    ["tuned", 40_000],
  ]);
});

test("a block that was cut short is under way no more, and counts for nothing", () => {
  const state = stateAfter([
    { atS: 0, event: planned() },
    ...underLoad({ number: 0, round: 1, role: "tuned", startsS: 0 }),
    { atS: 12, event: { kind: "blocks-cut-short", numbers: [0] } },
  ]);
  expect(state.course).toMatchObject({ running: [], blocks: [], cutShort: 1 });
});

test("a block outside the comparison is seen while it runs, and is none of its blocks", () => {
  const extra = { number: 11, arm: "recommended", round: -1 };
  const during: Told[] = [
    { atS: 0, event: planned() },
    { atS: 1, event: { kind: "phase-entered", block: extra, phase: "deploying" } },
  ];
  expect(stateAfter(during).course?.running).toMatchObject([{ number: 11, role: null, phase: "deploying" }]);
  const left = stateAfter([...during, { atS: 9, event: { kind: "phase-entered", block: extra, phase: "left" } }]);
  expect(left.course).toMatchObject({ running: [], blocks: [] });
});

test("on two clusters a node's table is of the arm whose cluster it is on", () => {
  const state = stateAfter([
    { atS: 0, event: planned({ way: "two-clusters" }) },
    ...lived({ number: 0, round: 1, role: "baseline", startsS: 0, fill: 0.5 }),
    ...underLoad({ number: 1, round: 1, role: "tuned", startsS: 40, fill: 0.2 }),
  ]);
  expect(state.course?.tables.map(({ node, entries }) => [node, entries])).toEqual([
    ["baseline: node-1", 50_000],
    ["baseline: node-2", 25_000],
    ["tuned: node-1", 20_000],
    ["tuned: node-2", 10_000],
  ]);
});

test("blocks that an earlier run left are there, and nobody knows how long they took", () => {
  const state = stateAfter([
    { atS: 0, event: planned() },
    {
      atS: 0,
      event: { ...{ kind: "block-ended", number: null, role: "tuned", round: 1 }, seen: blockSeen(block(), 5_000) },
    },
  ]);
  expect(state.course?.blocks).toEqual([
    {
      ...{ number: null, role: "tuned", round: 1, tookMs: null },
      seen: { state: "counts", scheduled: 6_000, ok: 6_000, okPerSecond: 1_200, p99Ms: 5 },
    },
  ]);
});

test("a block of which nothing ended has no p99, and a void one is void", () => {
  const nothing = { p50: 0, p99: 0, p999: 0, max: 0 };
  expect(blockSeen(block({ failures: { reset: 6_000 }, latencyMs: nothing }), 5_000)).toMatchObject({
    ...{ okPerSecond: 0, ok: 0, p99Ms: null },
  });
  expect(blockSeen(voided(block()), 5_000).state).toBe("void");
});

test("what is told before a suite's blocks, or without one, changes no course", () => {
  const looked = { kind: "looked", afterRounds: 5, verdict: "improved", last: true } as const;
  expect(stateAfter([{ atS: 0, event: looked }])).toEqual(NOTHING_YET);
});

test("steps are there while they run, and notes the last of them", () => {
  const state = stateAfter([
    { atS: 0, event: { kind: "step-began", step: 0, title: "Agents on the nodes" } },
    { atS: 1, event: { kind: "step-began", step: 1, title: "Web workload" } },
    { atS: 2, event: { kind: "step-told", step: 1, detail: "2 of 4" } },
    { atS: 3, event: { kind: "step-ended", step: 0 } },
    ...Array.from({ length: 20 }, (_, i): Told => ({ atS: 4, event: { kind: "noted", text: `note ${i}` } })),
  ]);
  expect(state.steps).toEqual([{ step: 1, title: "Web workload", detail: "2 of 4", sinceUnixMs: atMs(1) }]);
  expect([state.notes.length, state.notes.at(-1)]).toEqual([12, "note 19"]);
});
