import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseResult, UnreadableResult } from "../../../runner/result/read.ts";
import { SUITES } from "../../../suites/index.ts";

const suites = await Promise.all(
  SUITES.map(async ({ name, judging }) => ({ name, evidence: (await judging()).evidence })),
);
const file = new URL("../../fixtures/connection-flood-recommended.json", import.meta.url);
const recorded = JSON.parse(readFileSync(file, "utf8"));

function refusal(document: unknown): string {
  try {
    parseResult(document, suites);
  } catch (error) {
    if (error instanceof UnreadableResult) return error.message;
    throw error;
  }
  throw new Error("it was read");
}

describe("a result", () => {
  test("of this version is read whole", () => {
    expect(parseResult(recorded, suites)).toEqual(recorded);
  });

  test("of version 1 is refused in one sentence", () => {
    expect(refusal({ ...recorded, schemaVersion: 1 })).toBe(
      "this result has schemaVersion 1, and this packetwalk reads version 2 only: run the comparison again",
    );
  });

  test("of a later version is refused in one sentence", () => {
    expect(refusal({ ...recorded, schemaVersion: 3 })).toContain("use a newer packetwalk");
  });

  test("of a suite that is not there, or of nothing, is refused by name", () => {
    expect(refusal({ ...recorded, suite: "etcd-stall" })).toContain('suite "etcd-stall"');
    expect(refusal({ hello: 1 })).toContain("not a result of packetwalk");
  });

  test("that is damaged is refused with the field", () => {
    expect(refusal({ ...recorded, seed: "one" })).toContain("damaged: seed");
    const [baseline, tuned] = recorded.arms;
    expect(refusal({ ...recorded, arms: [baseline, tuned, tuned] })).toContain("damaged: arms");
    const outcomes = { ...baseline.blocks[0].outcomes, "conect-timeout": 1 };
    const blocks = [{ ...baseline.blocks[0], outcomes }, ...baseline.blocks.slice(1)];
    expect(refusal({ ...recorded, arms: [{ ...baseline, blocks }, tuned] })).toContain("arms.0.blocks.0.outcomes");
  });
});
