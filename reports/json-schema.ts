/** The published JSON Schema of result.json, derived from the zod schema that the code itself uses. */
import { z } from "zod";
import { Result, SCHEMA_VERSION } from "../runner/result/result.ts";

/** JSON Schema (draft 2020-12) of one result document. */
export function jsonSchema(): object {
  return {
    title: "packetwalk result",
    description: `What one compare of one suite found; schemaVersion ${SCHEMA_VERSION}.`,
    ...z.toJSONSchema(Result),
  };
}

/** The committed file's exact text. */
export function jsonSchemaText(): string {
  return `${JSON.stringify(jsonSchema(), null, 2)}\n`;
}
