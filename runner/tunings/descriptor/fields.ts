/** What every descriptor says, whatever its kind. */
import { z } from "zod";

/** Rows of the list of claims that the catalogue goes by. */
const CLAIMS = 15;

/** @param otherwise what is wrong with anything else */
export function wholeNumber(least: number, most: number, otherwise: string) {
  const error = { error: otherwise };
  return z.int(error).min(least, error).max(most, error);
}

const NO_CLAIM = `is not a claim; write its number from 1 to ${CLAIMS}, or none`;

const sentence = (what: string) =>
  z
    .string({ error: "is not text; write a sentence" })
    .trim()
    .min(1, { error: "is empty; write a sentence" })
    .describe(what);

export const COMMON_FIELDS = {
  title: sentence("what it is, for a list"),
  claim: z
    .union([wholeNumber(1, CLAIMS, NO_CLAIM), z.literal("none")], { error: NO_CLAIM })
    .default("none")
    .describe("row of the list of claims that it is a remedy of; none: of none"),
  note: sentence("what it really does there; the report has it beside what was read back"),
  sideEffects: sentence("what else it changes, and for whom").optional(),
  source: sentence("where it is published or explained: a URL or a document"),
};

/** A field that only this kind's own words fit: it tells the reader of a file what happens, and can't tell anything else. */
export function always<const Words extends string>(words: Words, what: string) {
  return z.literal(words).default(words).describe(what);
}

export const readBack = <const Words extends string>(words: Words) => always(words, "how it is read back");
export const undo = <const Words extends string>(words: Words) => always(words, "how it is undone");

/** Of any kind, once its own schema has taken it. */
const ABOUT = z.object({
  ...COMMON_FIELDS,
  actsIn: z.string(),
  readBack: z.string(),
  undo: z.string(),
});

/** What the catalogue tells of a tuning beside what is applied. */
export type About = Readonly<z.output<typeof ABOUT>>;

export function aboutOf(descriptor: unknown): About {
  return ABOUT.parse(descriptor);
}
