import { describe, expect, test } from "vitest";
import { renderCsv } from "../../../../reports/formats/csv.ts";
import { FAILURE_CAUSES } from "../../../../runner/result/outcomes.ts";
import type { Result } from "../../../../runner/result/result.ts";
import { CASES } from "../cases.ts";
import { emptyResult, fixture } from "../fixture.ts";
import { hostileResult, reported } from "./hostile.ts";

/** Reads RFC 4180 as it is written there: records end with CRLF, quotes within quotes are doubled. */
function records(text: string): string[][] {
  const rows: string[][] = [[]];
  let at = 0;
  while (at < text.length) {
    const [cell = "", quoted, end = ""] = /^(?:"((?:[^"]|"")*)"|[^",\r\n]*)(,|\r\n)/.exec(text.slice(at)) ?? [];
    if (end === "") throw new Error(`no CSV from character ${at}: ${text.slice(at, at + 40)}`);
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? cell.slice(0, -end.length));
    at += cell.length;
    if (end === "\r\n") rows.push([]);
  }
  return rows.slice(0, -1);
}

function rowsOf(...results: Result[]): Record<string, string>[] {
  const [head = [], ...rows] = records(renderCsv({ results: results.map(reported), missing: [] }));
  for (const row of rows) expect(row).toHaveLength(head.length);
  return rows.map((row) => Object.fromEntries(head.map((name, at) => [name, row[at] ?? ""])));
}

test.each(Object.entries(CASES))("%s has a row for each block, with the numbers of it", (_, result) => {
  const rows = rowsOf(result);
  const blocks = result.arms.flatMap((arm) => arm.blocks);
  expect(rows).toHaveLength(blocks.length);
  for (const [at, block] of blocks.entries()) {
    const row = rows[at] ?? {};
    expect(row).toMatchObject({
      round: String(block.round),
      valid: String(block.valid),
      scheduled: String(block.scheduled),
      latency_p99_ms: String(block.latencyMs.p99),
      ok_latency_p99_ms: block.okLatencyMs === null ? "" : String(block.okLatencyMs.p99),
      steal_share: block.stealShare === null ? "" : String(block.stealShare),
    });
    const ended = ["ok", ...FAILURE_CAUSES].reduce((total, cause) => total + Number(row[cause]), 0);
    expect(ended).toBe(Object.values(block.outcomes).reduce((total, count) => total + count, 0));
  }
});

describe("a block that does not count", () => {
  test("says why", () => {
    const reasons = new Set(rowsOf(emptyResult()).map(({ valid, void_because }) => `${valid}: ${void_because}`));
    expect([...reasons]).toEqual(["false: the generator lagged 512 ms at p99 (at most 50 ms)"]);
  });

  test("is told from one that counts", () => {
    expect(new Set(rowsOf(fixture()).map(({ valid, void_because }) => `${valid}: ${void_because}`))).toEqual(
      new Set(["true: "]),
    );
  });
});

test("hostile names are no formulas and no cells of their own", () => {
  const rows = rowsOf(hostileResult());
  expect(rows[0]?.arm).toMatch(/^'=cmd\|'\/c calc'!A1 <script>alert\("x"\)<\/script> \]\]> .*# EOF \[31mred/);
  expect(rows[1]?.void_because).toContain("<script>");
  // Numbers below zero are numbers.
  const base = fixture();
  const [baseline, tuned] = base.arms;
  const [first, ...others] = baseline.blocks;
  if (!first) throw new Error("a block expected");
  const extra = { ...first, round: -1 };
  expect(rowsOf({ ...base, arms: [{ ...baseline, blocks: [extra, ...others] }, tuned] })[0]?.round).toBe("-1");
});

test("several suites are rows of one table", () => {
  const rows = rowsOf(fixture(), CASES.dns ?? fixture());
  expect([...new Set(rows.map(({ suite }) => suite))]).toEqual(["connection-flood", "dns-storm"]);
});
