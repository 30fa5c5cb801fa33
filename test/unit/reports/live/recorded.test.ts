/** A quick connection flood on the lab, as it was told while it ran; of the samples one in 2 s is kept. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { pageView } from "../../../../reports/live/page-view.ts";
import { liveLine, liveLines } from "../../../../reports/live/terminal.ts";
import type { Stamped } from "../../../../runner/analysis/live/events.ts";
import { type LiveState, NOTHING_YET, next } from "../../../../runner/analysis/live/state.ts";
import { timeLeft } from "../../../../runner/analysis/live/time-left.ts";

const FILE = new URL("../../../fixtures/live/connection-flood-quick.jsonl", import.meta.url);
const events: Stamped[] = readFileSync(FILE, "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line));

interface Moment {
  readonly state: LiveState;
  readonly atUnixMs: number;
}

const moments: Moment[] = [];
let state = NOTHING_YET;
for (const event of events) {
  state = next(state, event);
  moments.push({ state, atUnixMs: event.atUnixMs });
}
const lookedAt = events.find(({ kind }) => kind === "looked")?.atUnixMs ?? expect.fail("nobody looked");

test("ends with all its blocks, the look that settled it, and the final verdict", () => {
  const { course, over, ends } = state;
  expect(course?.blocks.map(({ round }) => round)).toEqual([0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]);
  expect(course?.look).toEqual({ afterRounds: 6, verdict: "improved", last: true });
  expect(course?.running).toEqual([]);
  expect(ends).toMatchObject([{ suite: "connection-flood", kind: "ended", verdict: "improved" }]);
  expect(over).toEqual({ page: null });
  expect(pageView(state, events.at(-1)?.atUnixMs ?? 0)).toMatchObject({
    verdict: "improved, final",
    over: "It is over.",
  });
});

test("whenever a time was told that was left, the blocks were over within it", () => {
  const told = moments.flatMap(({ state: { course }, atUnixMs }) => {
    const left = course && atUnixMs < lookedAt ? timeLeft(course, atUnixMs) : null;
    return left === null ? [] : [{ left, wasMs: lookedAt - atUnixMs }];
  });
  expect(told.length).toBeGreaterThan(100);
  // It was settled at the first look: sooner than planned, and no sooner than the shortest blocks allow.
  expect(told.filter(({ left, wasMs }) => wasMs < left.leastMs || wasMs > left.plannedMs)).toEqual([]);
});

test("no verdict is told before the look, and none is final before the result", () => {
  const before = moments.filter(({ atUnixMs }) => atUnixMs < lookedAt);
  for (const { state: then, atUnixMs } of before)
    expect(pageView(then, atUnixMs).verdict).toMatch(/^none yet \(not final\)/);
  const between = moments.filter(({ state: { course, ends } }) => course?.look && ends.length === 0);
  expect(between.length).toBeGreaterThan(10);
  for (const { state: then, atUnixMs } of between)
    expect(pageView(then, atUnixMs).verdict).toBe("improved after 6 rounds (not final: it is being concluded)");
});

test("the block that the suite runs for itself afterwards is seen, and is none of the comparison's", () => {
  const outside = moments.filter(({ state: { course } }) => course?.running.some(({ role }) => role === null));
  expect(outside.length).toBeGreaterThan(5);
  for (const { state: then, atUnixMs } of outside) {
    expect(pageView(then, atUnixMs).now).toMatch(/^recommended, outside the comparison: /);
    expect(liveLines(then, atUnixMs, { colour: false, width: 120 })[0]).toBe(
      "  connection-flood · after the last round · 12 of 16 blocks",
    );
  }
});

test("at each moment there is a line for a log, from the first block on until the result", () => {
  const without = moments.filter(({ state: then, atUnixMs }) => liveLine(then, atUnixMs) === null);
  expect(without.every(({ state: { course, ends } }) => course === null || ends.length > 0)).toBe(true);
});
