import { terminalOf } from "./terminal-of.ts";
import { catalogue, tuningEntry } from "./tuning-entry.ts";
import { catalogueWords, tuningWords } from "./tuning-words.ts";

/** Nothing is clipped or wrapped for who searches the lines. */
const OF_A_PIPE = 1_000;

/** Prints the catalogue, or all of one tuning. */
export async function runTunings(name: string | undefined, { json }: { readonly json?: boolean }): Promise<void> {
  const width = process.stdout.isTTY ? terminalOf(process.stdout).width : OF_A_PIPE;
  if (name === undefined) {
    const entries = await catalogue();
    process.stdout.write(json ? document(entries) : catalogueWords(entries, width));
  } else {
    const entry = await tuningEntry(name);
    process.stdout.write(json ? document(entry) : tuningWords(entry, width));
  }
}

function document(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
