import type { z } from "zod";

/** Where something is not as it should be, and how. Values stay out of it: they may be secrets. */
export function badShape({ issues: [first] }: z.ZodError): string {
  if (!first) return "it is not as it should be";
  const where = first.path.map(String).join(".");
  const what = first.message.replace(/^Invalid input: /, "");
  return where === "" ? what : `${where}: ${what}`;
}
