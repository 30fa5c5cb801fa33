/** A line of a log, or of a stream, whose records are JSON documents. */
export type JsonLine =
  | { readonly kind: "document"; readonly document: unknown }
  /** Words, of whomever. */
  | { readonly kind: "text" }
  /** Part of a document: it was cut off, or somebody else wrote into it. What it said is lost. */
  | { readonly kind: "garbled" };

/** Never throws: whoever shares a container's output may write anything into it, at any place. */
export function readJsonLine(line: string): JsonLine {
  if (!line.startsWith("{")) return { kind: /\{"|["\]}]\}$/.test(line) ? "garbled" : "text" };
  try {
    return { kind: "document", document: JSON.parse(line) };
  } catch {
    return { kind: "garbled" };
  }
}
