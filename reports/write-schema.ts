/** Writes docs/result.schema.json; run it after a change to runner/result or a suite's evidence. */
import { writeFileSync } from "node:fs";
import { jsonSchemaText } from "./json-schema.ts";

writeFileSync(new URL("../docs/result.schema.json", import.meta.url), await jsonSchemaText());
