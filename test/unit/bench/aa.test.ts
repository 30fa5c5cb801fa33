import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, test } from "vitest";
import { append, type Line, linesIn } from "../../../bench/aa/line.ts";
import { counting, type Next, nextOf } from "../../../bench/aa/next.ts";
import { claimsDifference, tableText } from "../../../bench/aa/table.ts";
import { UsageError } from "../../../runner/errors.ts";

const SUITES = ["connection-flood", "rolling-update", "dns-storm"];

function line(changes: Partial<Line> = {}): Line {
  return {
    ...{ endedAt: "2026-01-01T00:00:00.000Z", commit: "abc1234", suite: "connection-flood", hog: false, exit: 0 },
    ...{ minutes: 3.4, verdict: "equivalent", rounds: 8, voided: 0, because: null },
    deciding: [
      { name: "success-rate", primary: true, verdict: "equivalent", because: "within-floor" },
      { name: "latency-p50", primary: false, verdict: "inconclusive", because: "undecided" },
    ],
    ...changes,
  };
}

describe("which run comes next", () => {
  const asked = (runs: number, hog: boolean, suites = SUITES) => {
    const lines: Line[] = [];
    const found: Next[] = [];
    for (let next = nextOf(lines, { suites, runs, hog }); next; next = nextOf(lines, { suites, runs, hog })) {
      found.push(next);
      lines.push(line(next));
    }
    return found;
  };

  it("takes suites in turn, and half of the runs with a hog", () => {
    const found = asked(20, true);
    expect(found.filter(({ hog }) => hog)).toHaveLength(10);
    for (const hog of [true, false]) {
      const each = SUITES.map((suite) => found.filter((next) => next.suite === suite && next.hog === hog).length);
      expect([...each].sort()).toEqual([3, 3, 4]);
    }
    expect(asked(6, false).map(({ suite }) => suite)).toEqual([...SUITES, ...SUITES]);
    expect(asked(4, true, ["dns-storm"]).map(({ hog }) => hog)).toEqual([false, true, false, true]);
  });

  it("adds to what is there, and not to what told no verdict or was asked otherwise", () => {
    const there = [
      line(),
      line({ verdict: null, because: "no cluster" }),
      line({ hog: true }),
      line({ suite: "other" }),
    ];
    expect(counting(there, { suites: SUITES, hog: false })).toHaveLength(1);
    expect(nextOf(there, { suites: SUITES, runs: 2, hog: true })).toBeNull();
    expect(nextOf(there, { suites: SUITES, runs: 2, hog: false })).toEqual({ suite: "rolling-update", hog: false });
    expect(nextOf(there, { suites: SUITES, runs: 3, hog: true })).toEqual({ suite: "rolling-update", hog: false });
  });
});

describe("the results' file", () => {
  const folder = mkdtempSync(join(tmpdir(), "packetwalk-aa-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it("grows by a line a run, whoever wrote those before", async () => {
    const file = join(folder, "aa.jsonl");
    expect(await linesIn(file)).toEqual([]);
    await append(file, line());
    await append(file, line({ suite: "dns-storm", hog: true }));
    expect((await linesIn(file)).map(({ suite, hog }) => [suite, hog])).toEqual([
      ["connection-flood", false],
      ["dns-storm", true],
    ]);
  });

  it("is refused by the line that is none of this bench", async () => {
    const file = join(folder, "other.jsonl");
    writeFileSync(file, `${JSON.stringify(line())}\n{"suite":"dns-storm"}\n`);
    await expect(linesIn(file)).rejects.toThrow(UsageError);
    await expect(linesIn(file)).rejects.toThrow(`${file}:2: this is not a line of this bench`);
  });
});

test("a difference is claimed by the run, or by any metric that could decide it", () => {
  expect(claimsDifference(line())).toBe(false);
  expect(claimsDifference(line({ verdict: "regressed" }))).toBe(true);
  const felt = { name: "latency-p50", primary: false, verdict: "improved" as const, because: "moved-with" };
  expect(claimsDifference(line({ deciding: [felt] }))).toBe(true);
});

test("the table counts what was claimed and what was equal, and names what was not", () => {
  const open = [{ name: "latency-p99", primary: true, verdict: "inconclusive" as const, because: "undecided" }];
  const text = tableText([
    line(),
    line({ minutes: 5, voided: 2 }),
    line({ hog: true, verdict: "inconclusive", deciding: open }),
    line({ suite: "dns-storm", verdict: null, deciding: [], because: "packetwalk: no cluster", exit: 5 }),
  ]);
  const rows = text.split("\n").map((row) => row.trim().split(/\s{2,}/));
  expect(rows.slice(1, 5)).toEqual([
    ["connection-flood", "2", "0", "2", "0", "0", "2", "3.4 to 5"],
    ["connection-flood, one core hogged", "1", "0", "0", "1", "0", "0", "3.4 to 3.4"],
    ["dns-storm", "1", "0", "0", "0", "1", "0", "3.4 to 3.4"],
    ["all", "4", "0", "2", "1", "1", "2", "3.4 to 5"],
  ]);
  expect(text).toContain("latency-p99 inconclusive (undecided)");
  expect(text).toContain("no verdict: packetwalk: no cluster");
  expect(text).toContain("Sources: abc1234");
});
