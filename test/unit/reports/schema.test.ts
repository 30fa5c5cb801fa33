import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { diagnosisSchemaText } from "../../../reports/diagnosis-schema.ts";
import { jsonSchemaText } from "../../../reports/json-schema.ts";
import { rehearsalSchemaText } from "../../../reports/rehearsal-schema.ts";
import { CASES, schemaOf } from "./cases.ts";
import { fixture } from "./fixture.ts";

test("docs/result.schema.json is what the schemas say (else run: node --import tsx reports/write-schema.ts)", async () => {
  const committed = readFileSync(new URL("../../../docs/result.schema.json", import.meta.url), "utf8");
  expect(committed).toBe(await jsonSchemaText());
});

test("docs/doctor.schema.json is what the schema says (else run: npm run schema)", () => {
  const committed = readFileSync(new URL("../../../docs/doctor.schema.json", import.meta.url), "utf8");
  expect(committed).toBe(diagnosisSchemaText());
});

test("docs/rehearsal.schema.json is what the schema says (else run: npm run schema)", () => {
  const committed = readFileSync(new URL("../../../docs/rehearsal.schema.json", import.meta.url), "utf8");
  expect(committed).toBe(rehearsalSchemaText());
});

describe("every case is a valid result", () => {
  test.each(Object.entries(CASES))("%s", (_, result) => {
    expect(schemaOf(result).safeParse(result).error?.issues ?? []).toEqual([]);
  });
});

test("a result without a verdict is refused", () => {
  const { verdict: _, ...rest } = fixture();
  expect(schemaOf(fixture()).safeParse(rest).success).toBe(false);
});
