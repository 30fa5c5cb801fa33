/** The published JSON Schema of rehearsal.json and of what `rehearse --json` prints. */
import { z } from "zod";
import { REHEARSAL_VERSION, Rehearsal } from "../runner/result/rehearsal.ts";

/** The committed file's exact text. */
export function rehearsalSchemaText(): string {
  const schema = {
    title: "packetwalk rehearsal",
    description: `What one rehearsal of one plan found; schemaVersion ${REHEARSAL_VERSION}.`,
    ...z.toJSONSchema(Rehearsal),
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}
