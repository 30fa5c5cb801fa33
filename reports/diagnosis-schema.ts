/** The published JSON Schema of doctor.json and of what `doctor --json` prints. */
import { z } from "zod";
import { DIAGNOSIS_VERSION, Diagnosis } from "../runner/result/diagnosis.ts";

/** The committed file's exact text. */
export function diagnosisSchemaText(): string {
  const schema = {
    title: "packetwalk diagnosis",
    description: `What one doctor found in one cluster; schemaVersion ${DIAGNOSIS_VERSION}.`,
    ...z.toJSONSchema(Diagnosis),
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}
