/** Writes the JSON Schemas in docs/; run it after a change to runner/result, to a suite's evidence, or to a kind of tunings. */
import { writeFileSync } from "node:fs";
import { diagnosisSchemaText } from "./diagnosis-schema.ts";
import { jsonSchemaText } from "./json-schema.ts";
import { rehearsalSchemaText } from "./rehearsal-schema.ts";
import { tuningSchemaText } from "./tuning-schema.ts";

writeFileSync(new URL("../docs/result.schema.json", import.meta.url), await jsonSchemaText());
writeFileSync(new URL("../docs/tuning.schema.json", import.meta.url), await tuningSchemaText());
writeFileSync(new URL("../docs/doctor.schema.json", import.meta.url), diagnosisSchemaText());
writeFileSync(new URL("../docs/rehearsal.schema.json", import.meta.url), rehearsalSchemaText());
