import { z } from "zod";
import { type JournalLine, RevertedLine, RevertedOneLine, RunLine } from "./lines.ts";
import { KINDS } from "./registry.ts";

/** A journal's line that can't be acted on; the message says which one and why. */
export class UnreadableLine extends Error {
  override name = "UnreadableLine";
}

/**
 * Pure: a journal's lines. The last one, if a crash cut it short, describes a change that was never made and is left out.
 * Every other one was whole before its change was made.
 */
export function wholeLines(text: string): string[] {
  const lines = text.split("\n").slice(0, -1);
  const last = lines.at(-1);
  return last !== undefined && parsedJson(last) === undefined ? lines.slice(0, -1) : lines;
}

/** @throws UnreadableLine */
export function parseRunLine(text: string): RunLine {
  return parse(RunLine, json(text, 1), "line 1 (whose run it was)");
}

/**
 * @param number which line of its file it is
 * @throws UnreadableLine
 */
export function parseLine(text: string, number: number): JournalLine {
  const value = json(text, number);
  const { change } = parse(z.object({ change: z.string() }), value, `line ${number}`);
  if (change === "reverted") return parse(RevertedLine, value, `line ${number} (${change})`);
  if (change === "reverted-one") return parse(RevertedOneLine, value, `line ${number} (${change})`);
  const kind = KINDS.find(({ name }) => name === change);
  if (!kind) throw new UnreadableLine(`line ${number} is a change of an unknown kind, "${change}"`);
  return parse<JournalLine>(kind.schema, value, `line ${number} (${change})`);
}

function parse<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UnreadableLine(`${what} is damaged: ${issue?.path.join(".") || "all of it"}: ${issue?.message}`);
}

function json(text: string, number: number): unknown {
  const value = parsedJson(text);
  if (value === undefined) throw new UnreadableLine(`line ${number} is damaged: it is not JSON`);
  return value;
}

/** No JSON text means undefined, so undefined stands for what is none. */
function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
