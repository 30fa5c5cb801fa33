/** The published JSON Schema of a rehearsal's plan, for completion in editors. */
import { z } from "zod";
import { PlanFile } from "../runner/rehearsal/plan/schema.ts";

/** The committed file's exact text. */
export function rehearsalPlanSchemaText(): string {
  const schema = {
    title: "packetwalk rehearsal plan",
    description: "What a rehearsal puts where, how much of it, what happens meanwhile, and what has to hold.",
    // As it is written: what has a default may be left out.
    ...z.toJSONSchema(PlanFile, { io: "input" }),
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}
