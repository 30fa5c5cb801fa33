import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { recordedArmsIn, recordings } from "../../../bench/history/recordings.ts";
import { fixture } from "../reports/fixture.ts";

function armsOf(document: unknown) {
  const folder = mkdtempSync(join(tmpdir(), "packetwalk-recordings-"));
  try {
    const file = join(folder, "result.json");
    writeFileSync(file, JSON.stringify(document));
    return recordedArmsIn(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("what is recorded are blocks of rounds, without what is only drawn, and no arm of a run twice", () => {
  const all = recordings();
  expect(new Set(all.map(({ startedAt, name }) => `${startedAt} ${name}`)).size).toBe(all.length);
  for (const { blocks } of all) {
    expect(blocks.length).toBeGreaterThan(0);
    for (const { round, conntrack } of blocks) expect([round > 0, conntrack]).toEqual([true, []]);
  }
});

test("both arms of a comparison are its own, one of a night that was held against another", () => {
  const compared = { ...fixture(), quick: true };
  const names = compared.arms.map(({ name }) => name);
  expect(armsOf(compared).map(({ name }) => name)).toEqual(names);
  expect(armsOf({ ...compared, against: { night: "2026-11-29" } }).map(({ name }) => name)).toEqual(names.slice(1));
});

test("another suite, or a full run, is refused by name", () => {
  expect(() => armsOf({ ...fixture(), quick: true, suite: "dns-storm" })).toThrow(/--record .*result\.json: it is no/);
  expect(() => armsOf({ ...fixture(), quick: false })).toThrow(/not a result of a quick run of connection-flood/);
});
