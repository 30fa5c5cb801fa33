import { z } from "zod";

/**
 * Something to be said, as data: a kind, and the facts that belong to it. Whoever says it has a union of its own kinds; the
 * words are the report's (reports/words for what all suites say, the suite's report for what only it says).
 */
export const Said = z.looseObject({ kind: z.string() });
export type Said = { readonly kind: string; readonly [fact: string]: unknown };
