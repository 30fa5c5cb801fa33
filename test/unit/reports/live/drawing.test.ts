/** What whoever watches reads, drawn from events: on a terminal, as a line of a log, and on the page. */
import { describe, expect, test } from "vitest";
import { pageView } from "../../../../reports/live/page-view.ts";
import { liveLine, liveLines } from "../../../../reports/live/terminal.ts";
import { phaseWords } from "../../../../reports/live/words.ts";
import { columns } from "../../../../reports/terminal/text.ts";
import { NOTHING_YET } from "../../../../runner/analysis/live/state.ts";
import {
  atMs,
  HOSTILE,
  IN_THE_MIDDLE,
  lived,
  MIDDLE_NOW_MS,
  planned,
  stateAfter,
  type Told,
  underLoad,
} from "../../analysis/live/story.ts";

const TERMINAL = { colour: false, width: 120 };
const MIDDLE = stateAfter(IN_THE_MIDDLE);

describe("a run in the middle", () => {
  test("on a terminal", () => {
    expect(liveLines(MIDDLE, MIDDLE_NOW_MS, TERMINAL)).toEqual([
      "  connection-flood · round 3 of 5 · 4 of 10 blocks (1 void)",
      "  now         baseline: load, second 12 of 20",
      "  baseline    400 /s ok, p99 1.04 s, failed 1,000 of 8,000 (round 2)",
      "  recommended 400 /s ok, p99 nothing ended, failed 10 of 8,000 (round 2, void)",
      "  table       node-1 90 %, 90,000 of 100,000, read 10 s ago",
      "  table       node-2 45 %, 45,000 of 100,000, read 10 s ago",
      "  verdict     none yet (not final): it is looked at once, after 5 rounds that count",
      "  time left   5 min to 5 min 30 s, at most 11 min",
    ]);
  });

  test("in a log", () => {
    expect(liveLine(MIDDLE, atMs(236))).toBe(
      "connection-flood, round 3 of 5, 4 of 10 blocks (1 void) · baseline: load, second 3 of 20 · baseline 400 /s ok, p99 1.04 s, failed 1,000 of 8,000 (round 2) · recommended 400 /s ok, p99 nothing ended, failed 10 of 8,000 (round 2, void) · fullest table node-1 90 % · verdict so far none yet (not final): it is looked at once, after 5 rounds that count · time left 5 min to 5 min 30 s, at most 12 min",
    );
  });

  test("on the page", () => {
    const view = pageView(MIDDLE, atMs(236));
    expect(view).toMatchObject({
      ...{ title: "connection-flood", now: "baseline: load, second 3 of 20", isFinal: false, over: null },
      verdict: "none yet (not final): it is looked at once, after 5 rounds that count",
      tiles: [
        { name: "Round", value: "round 3 of 5" },
        { name: "Blocks done", value: "4 of 10 blocks (1 void)" },
        { name: "Time left", value: "5 min to 5 min 30 s, at most 12 min" },
        { name: "Fullest connection table", value: "90 %" },
      ],
      arms: [
        ["baseline", "400 /s", "1.04 s", "1,000 of 8,000", "round 2"],
        ["recommended", "400 /s", "nothing ended", "10 of 8,000", "round 2, void"],
      ],
      tables: [
        { node: "node-1", share: 0.9, words: "90 %, 90,000 of 100,000" },
        { node: "node-2", share: 0.45, words: "45 %, 45,000 of 100,000" },
      ],
      suites: [
        { name: "connection-flood", state: "runs now" },
        { name: "dns-storm", state: "not begun" },
      ],
      notes: ["Plan: connection-flood about 9 min (5 rounds)"],
    });
    expect(view.blocks[0]).toEqual(["2", "baseline", "400 /s", "1.04 s", "1,000 of 8,000", "counts"]);
    expect(view.blocks.map((cells) => cells.at(-1))).toEqual([
      ...["counts", "void", "counts", "counts"],
      "warm-up, no evidence",
    ]);
    // Between two blocks nothing is read, and that is not zero.
    expect(view.fills).toEqual([
      ...[0, 1, 2, 3].flatMap(() => [0.02, null, 0.25, null]),
      0.02,
      null,
      0.25,
      null,
      0.02,
      null,
      0.9,
    ]);
  });
});

test.each([
  [-1_500, "load begins in 2 s"],
  [0, "load, second 1 of 20"],
  [19_999, "load, second 20 of 20"],
  [20_000, "ending: waiting for the last answers"],
])("a load, %i ms after its start", (inLoadMs, words) => {
  expect(phaseWords({ phase: "load", load: { startsAtUnixMs: 1_000, loadMs: 20_000 } }, 1_000 + inLoadMs)).toBe(words);
});

describe("what is not known is said, and is not zero", () => {
  const begun = stateAfter([
    { atS: 0, event: planned() },
    ...underLoad({ number: 0, round: 0, role: "baseline", startsS: 0 }).slice(0, 3),
  ]);

  test("before the first block has ended", () => {
    expect(liveLines(begun, atMs(3), TERMINAL)).toEqual([
      "  connection-flood · warm-up · 0 of 10 blocks",
      "  now         baseline: deploying",
      "  baseline    no block has ended",
      "  recommended no block has ended",
      "  table       not read yet",
      "  verdict     none yet (not final): it is looked at once, after 5 rounds that count",
      "  time left   not known before the first block has ended",
    ]);
    expect(pageView(begun, atMs(3))).toMatchObject({ tables: [], fills: [], blocks: [] });
  });

  test("before any suite's blocks the steps are what happens", () => {
    const state = stateAfter([{ atS: 0, event: { kind: "step-began", step: 0, title: "Agents on the nodes" } }]);
    expect([liveLines(state, atMs(1), TERMINAL), liveLine(state, atMs(1))]).toEqual([[], null]);
    expect(pageView(state, atMs(12))).toMatchObject({
      ...{ now: "Agents on the nodes", verdict: "none yet (not final)", steps: ["Agents on the nodes (12 s)"] },
    });
    expect(pageView(NOTHING_YET, 0).now).toBe("getting ready");
  });
});

describe("the verdict so far", () => {
  const looked = (verdict: "inconclusive" | "improved", last: boolean): Told[] => [
    { atS: 0, event: planned({ plannedRounds: 8, mostRounds: 16, looksAfterRounds: [6, 8] }) },
    { atS: 1, event: { kind: "round-ended", rounds: 6, usable: 6, mostUsable: 6 } },
    { atS: 2, event: { kind: "looked", afterRounds: 6, verdict, last } },
  ];
  const verdict = (told: readonly Told[]) => pageView(stateAfter(told), atMs(3)).verdict;

  test("is that of the last look, marked as not final, until there is a result", () => {
    const [first = expect.fail("no story")] = looked("inconclusive", false);
    expect(verdict([first])).toBe("none yet (not final): the first look is after 6 rounds that count");
    expect(verdict(looked("inconclusive", false))).toBe(
      "inconclusive after 6 rounds (not final): the last look is after 8 rounds that count",
    );
    expect(verdict(looked("improved", true))).toBe("improved after 6 rounds (not final: it is being concluded)");
  });

  test("is final with the result, and none where there is no result", () => {
    const suite = "connection-flood";
    const answer = "In connection-flood, recommended did better than baseline.";
    const files = ["/out/report.html", "/out/result.json"];
    const state = stateAfter([
      ...looked("improved", true),
      { atS: 3, event: { kind: "suite-ended", suite, verdict: "improved", answer, files } },
      { atS: 4, event: { kind: "over", page: null } },
    ]);
    expect(liveLines(state, atMs(5), TERMINAL)).toEqual([]);
    expect(pageView(state, atMs(5))).toMatchObject({ verdict: "improved, final", isFinal: true, over: "It is over." });

    const broken = stateAfter([
      { atS: 0, event: { kind: "suites-planned", suites: [suite, "dns-storm"] } },
      ...looked("inconclusive", false),
      { atS: 3, event: { kind: "suite-failed", suite, because: "interrupted" } },
      { atS: 4, event: { kind: "over", page: null } },
    ]);
    expect(pageView(broken, atMs(5))).toMatchObject({
      ...{ verdict: "none: it has no result", over: "It is over, and not all of it has a result." },
      suites: [
        { name: suite, state: "no result: interrupted" },
        { name: "dns-storm", state: "not run" },
      ],
    });
  });

  test("of one arm there is none", () => {
    const told = planned({ way: "one-arm", looksAfterRounds: [], arms: { baseline: null, tuned: "recommended" } });
    const state = stateAfter([{ atS: 0, event: told }, ...lived({ number: 0, round: 1, role: "tuned", startsS: 0 })]);
    expect(liveLines(state, atMs(41), TERMINAL)).toEqual([
      "  connection-flood · before the first round · 1 of 5 blocks",
      "  now         between two blocks",
      "  recommended 400 /s ok, p99 12 ms, failed 10 of 8,000 (round 1)",
      "  table       node-1 25 %, 25,000 of 100,000, read 30 s ago",
      "  table       node-2 12.5 %, 12,500 of 100,000, read 30 s ago",
      "  verdict     none: one arm by itself is not judged while it runs",
      "  time left   about 2 min 30 s, at most 6 min",
    ]);
  });
});

test("of many nodes the fullest are shown, and how many are not", () => {
  const read = (node: number): Told => ({
    atS: 1,
    event: { ...{ kind: "sample-read", number: 0, node: `node-${node}` }, entries: node, limit: 100 },
  });
  const state = stateAfter([{ atS: 0, event: planned() }, ...Array.from({ length: 60 }, (_, node) => read(node))]);
  const view = pageView(state, atMs(1));
  expect([view.tables.length, view.moreTables]).toEqual([24, 36]);
  expect(view.tables.slice(0, 2).map(({ node }) => node)).toEqual(["node-59", "node-58"]);
  expect(
    liveLines(state, atMs(1), TERMINAL).filter((line) => /table|less full/.test(line) || /^ {14}/.test(line)),
  ).toEqual([
    "  table       node-59 59 %, 59 of 100",
    "  table       node-58 58 %, 58 of 100",
    "  table       node-57 57 %, 57 of 100",
    "              and 57 less full",
  ]);
});

test("words of others steer no terminal, and a narrow one is not overrun", () => {
  const state = stateAfter([
    { atS: 0, event: planned({ suite: HOSTILE, arms: { baseline: HOSTILE, tuned: HOSTILE } }) },
    {
      atS: 1,
      event: { kind: "phase-entered", block: { number: 0, arm: HOSTILE, round: 1 }, phase: "deploying" },
    },
    { atS: 2, event: { kind: "sample-read", number: 0, node: HOSTILE, entries: 5, limit: 10 } },
  ]);
  for (const width of [40, 80]) {
    const lines = liveLines(state, atMs(2), { colour: false, width });
    expect(lines.join("")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(Math.max(...lines.map(columns))).toBeLessThanOrEqual(width);
  }
});
