import { z } from "zod";
import { type EvidenceSchema, type Result, resultSchema, SCHEMA_VERSION } from "./result.ts";

/** A document that is not a result which this packetwalk reads; the message is one sentence without its file. */
export class UnreadableResult extends Error {
  override name = "UnreadableResult";
}

const Head = z.object({ schemaVersion: z.number().int(), suite: z.string() });
/** Not imported: a measurement's module stands on this one. */
const OfOneArm = z.object({ kind: z.literal("measurement") });

/**
 * A result.json, checked against the schema of its suite.
 * @param suites those that there are
 * @throws UnreadableResult
 */
export function parseResult(
  document: unknown,
  suites: readonly { readonly name: string; readonly evidence: EvidenceSchema }[],
): Result {
  if (OfOneArm.safeParse(document).success) throw new UnreadableResult(OF_ONE_ARM);
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
  throw new UnreadableResult(`this result is damaged: ${issueWords(read.error)}`);
}

export const OF_ONE_ARM =
  "this is a measurement of one arm (packetwalk run), which compares nothing; packetwalk history takes it, and compare --against compares another night with it";

/** Which field is wrong, and how. */
export function issueWords({ issues: [first] }: z.ZodError): string {
  return `${first?.path.join(".")}: ${first?.message}`;
}
