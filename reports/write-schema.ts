/** Writes the JSON Schemas in docs/; run it after a change to runner/result, to a suite's evidence, to a kind of tunings, or to plans. */
import { writeFileSync } from "node:fs";
import { diagnosisSchemaText } from "./diagnosis-schema.ts";
import { jsonSchemaText } from "./json-schema.ts";
import { rehearsalPlanSchemaText } from "./rehearsal-plan-schema.ts";
import { rehearsalSchemaText } from "./rehearsal-schema.ts";
import { tuningSchemaText } from "./tuning-schema.ts";

writeFileSync(new URL("../docs/result.schema.json", import.meta.url), await jsonSchemaText());
writeFileSync(new URL("../docs/tuning.schema.json", import.meta.url), await tuningSchemaText());
writeFileSync(new URL("../docs/doctor.schema.json", import.meta.url), diagnosisSchemaText());
writeFileSync(new URL("../docs/rehearsal-plan.schema.json", import.meta.url), rehearsalPlanSchemaText());
writeFileSync(new URL("../docs/rehearsal.schema.json", import.meta.url), rehearsalSchemaText());
