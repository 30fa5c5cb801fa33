import { z } from "zod";
import { type EvidenceSchema, type Result, resultSchema, SCHEMA_VERSION } from "./result.ts";

/** A document that is not a result which this packetwalk reads; the message is one sentence without its file. */
export class UnreadableResult extends Error {
  override name = "UnreadableResult";
}

const Head = z.object({ schemaVersion: z.number().int(), suite: z.string() });

/**
 * A result.json, checked against the schema of its suite.
 * @param suites those that there are
 * @throws UnreadableResult
 */
export function parseResult(
  document: unknown,
  suites: readonly { readonly name: string; readonly evidence: EvidenceSchema }[],
): Result {
  const head = Head.safeParse(document);
  if (!head.success)
    throw new UnreadableResult("this is not a result of packetwalk: schemaVersion or suite is missing");
  const { schemaVersion, suite: name } = head.data;
  if (schemaVersion !== SCHEMA_VERSION) {
    const instead = schemaVersion < SCHEMA_VERSION ? "run the comparison again" : "use a newer packetwalk";
    throw new UnreadableResult(
      `this result has schemaVersion ${schemaVersion}, and this packetwalk reads version ${SCHEMA_VERSION} only: ${instead}`,
    );
  }
  const suite = suites.find((each) => each.name === name);
  if (!suite) throw new UnreadableResult(`this is a result of suite "${name}", which this packetwalk does not have`);
  const read = resultSchema(name, suite.evidence).safeParse(document);
  if (read.success) return read.data as Result;
  const [first] = read.error.issues;
  throw new UnreadableResult(`this result is damaged: ${first?.path.join(".")}: ${first?.message}`);
}
