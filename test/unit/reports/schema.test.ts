import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { jsonSchemaText } from "../../../reports/json-schema.ts";
import { Result } from "../../../runner/result/result.ts";
import { CASES } from "./cases.ts";
import { fixture } from "./fixture.ts";

test("docs/result.schema.json is what schema.ts says (else run: node --import tsx reports/write-schema.ts)", () => {
  const committed = readFileSync(new URL("../../../docs/result.schema.json", import.meta.url), "utf8");
  expect(committed).toBe(jsonSchemaText());
});

describe("every case is a valid result", () => {
  test.each(Object.entries(CASES))("%s", (_, result) => {
    expect(Result.safeParse(result).error?.issues ?? []).toEqual([]);
  });
});

test("a result without a verdict is refused", () => {
  const { verdict: _, ...rest } = fixture();
  expect(Result.safeParse(rest).success).toBe(false);
});
