import { z } from "zod";
import { EnvironmentError, reasonOf } from "./errors.ts";

/**
 * What a program answered as one JSON document.
 * @param who e.g. "agent conntrack on node worker-1"
 * @throws EnvironmentError that names it, and says what is wrong with what came
 */
export function readDocument<T>(who: string, text: string, schema: z.ZodType<T>): T {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw new EnvironmentError(`the answer of ${who} can't be read: ${reasonOf(error)}`);
  }
  const read = schema.safeParse(document);
  if (read.success) return read.data;
  throw new EnvironmentError(`the answer of ${who} is damaged: ${z.prettifyError(read.error).split("\n")[0]}`);
}
