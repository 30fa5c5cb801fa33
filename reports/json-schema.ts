/** The published JSON Schema of result.json, derived from the zod schemas that the code itself uses. */
import { z } from "zod";
import { resultSchema, SCHEMA_VERSION } from "../runner/result/result.ts";
import { SUITES } from "../suites/index.ts";

/** JSON Schema (draft 2020-12) of one result document, whatever its suite. */
export async function jsonSchema(): Promise<object> {
  const [first, ...others] = await Promise.all(
    SUITES.map(async ({ name, judging }) => resultSchema(name, (await judging()).evidence)),
  );
  if (!first) throw new Error("there is no suite");
  return {
    title: "packetwalk result",
    description: `What one compare of one suite found; schemaVersion ${SCHEMA_VERSION}.`,
    // What the suites have in common is written once.
    ...z.toJSONSchema(z.discriminatedUnion("suite", [first, ...others]), { reused: "ref" }),
  };
}

/** The committed file's exact text. */
export async function jsonSchemaText(): Promise<string> {
  return `${JSON.stringify(await jsonSchema(), null, 2)}\n`;
}
