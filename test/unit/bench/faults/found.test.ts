import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { blocksEnded, foundIn } from "../../../../bench/faults/runs/found.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "packetwalk-found-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const whole = { round: 1, valid: true, scheduled: 3, outcomes: { ok: 2, timeout: 1 } };
const spoilt = { round: 2, valid: false, invalidBecause: [{ kind: "no-report", of: "x" }], outcomes: { ok: 1 } };
const document = (...blocks: object[]) => ({
  arms: [
    { name: "baseline", blocks },
    { name: "tuned", blocks: [] },
  ],
});

test("a block has ended once its run has gone on from it; two that ran side by side are two", () => {
  const lines = ["… Block 1: baseline (warm-up)", "✓ Block 1: baseline (warm-up): 5 ok (1.0 s)"];
  expect(blocksEnded(`${lines.join("\n")}\n`)).toBe(0);
  expect(blocksEnded(`${[...lines, "… Blocks 2 and 3: a beside b"].join("\n")}\n`)).toBe(1);
  expect(blocksEnded("✓ Blocks 1 and 2: a beside b (3.0 s)\n… Blocks 3 and 4: a beside b\n")).toBe(2);
});

test("blocks are those of blocks.json while there is no result, void ones by their reasons", () => {
  writeFileSync(join(folder, "blocks.json"), JSON.stringify(document(whole, spoilt)));
  expect(foundIn(folder)).toEqual({
    verdict: null,
    blocksKept: 2,
    voided: [{ arm: "baseline", round: 2, because: ["no-report"] }],
    problems: [],
    blocksFile: join(folder, "blocks.json"),
  });
});

test("a block that counts has an outcome for each request", () => {
  writeFileSync(join(folder, "result.json"), JSON.stringify(document({ ...whole, scheduled: 4 })));
  expect(foundIn(folder).problems).toEqual([
    "a block of baseline, round 1, counts though 3 outcomes are not 4 requests",
  ]);
});

test("what is torn is a problem, and nothing is nothing", () => {
  expect(foundIn(folder)).toMatchObject({ blocksKept: 0, problems: [] });
  writeFileSync(join(folder, "blocks.json"), '{"arms":[');
  expect(foundIn(folder).problems).toHaveLength(1);
});
