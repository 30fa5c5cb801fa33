/** The published JSON Schema of tuning.yaml, for completion in editors: of all kinds that suites can stage. */
import { z } from "zod";
import { SUITES } from "../suites/index.ts";

async function tuningSchema(): Promise<object> {
  const kinds = (await Promise.all(SUITES.map((suite) => suite.kinds()))).flat();
  const [first, ...others] = new Map(kinds.map(({ name, schema }) => [name, schema])).values();
  if (!first) throw new Error("no suite stages any tuning");
  return {
    title: "packetwalk tuning",
    description: "One setting on trial: what it is, where it is set, and where it has to act.",
    // As it is written: what has a default may be left out.
    ...z.toJSONSchema(z.discriminatedUnion("kind", [first, ...others]), { io: "input" }),
  };
}

/** The committed file's exact text. */
export async function tuningSchemaText(): Promise<string> {
  return `${JSON.stringify(await tuningSchema(), null, 2)}\n`;
}
