import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { OWN_NAMESPACE } from "../cluster/own-namespace.ts";
import { EnvironmentError, reasonOf } from "../errors.ts";
import { journalFolder } from "./journal.ts";
import type { RunLine } from "./lines.ts";
import { openChanges } from "./open-changes.ts";
import { parseLine, parseRunLine, UnreadableLine, wholeLines } from "./parse-line.ts";
import { lifeOf } from "./process.ts";
import type { Change } from "./registry.ts";

/** What an interrupted run left, in our namespace or in another one: only who works in that one can undo it. */
export interface InterruptedRun {
  readonly state: "interrupted" | "elsewhere";
  readonly file: string;
  readonly run: RunLine;
  /** In the order in which they are undone. */
  readonly changes: readonly Change[];
}

/** Where the run's process can't be seen: on another machine or in another container. It may still be going. */
export interface UnseenRun {
  readonly state: "unseen";
  readonly file: string;
  readonly run: RunLine;
}

export type FoundJournal =
  | InterruptedRun
  | UnseenRun
  /** Its run is still going: what it says is that run's own matter. */
  | { readonly state: "alive"; readonly file: string }
  /** Nothing was changed: a crash came before the first line was whole. */
  | { readonly state: "empty"; readonly file: string }
  /** It says more than this packetwalk understands: to undo the rest and forget this would leave something behind. */
  | { readonly state: "refused"; readonly file: string; readonly error: EnvironmentError };

/**
 * Every journal that is on disk, oldest first; nothing is changed by reading.
 * @throws EnvironmentError if it can't be known which there are
 */
export function readJournals(): FoundJournal[] {
  return journalFiles().map((file) => {
    try {
      return read(file);
    } catch (error) {
      return { state: "refused", file, error: refusal(file, error) };
    }
  });
}

export function removeJournal({ file }: FoundJournal): void {
  rmSync(file, { force: true });
}

function journalFiles(): string[] {
  const folder = journalFolder();
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith(".jsonl"));
    return names.sort().map((name) => join(folder, name));
  } catch (error) {
    if (isMissing(error)) return [];
    throw new EnvironmentError(`the journals in ${folder} can't be read: ${reasonOf(error)}`);
  }
}

function read(file: string): FoundJournal {
  const [first, ...rest] = wholeLines(textOf(file));
  if (first === undefined) return { state: "empty", file };
  const run = parseRunLine(first);
  const life = lifeOf(run);
  if (life === "alive") return { state: "alive", file };
  if (life === "unknown") return { state: "unseen", file, run };
  const lines = rest.map((line, index) => parseLine(line, index + 2));
  const { namespace = OWN_NAMESPACE, lent } = run;
  const state = lent || namespace === OWN_NAMESPACE ? "interrupted" : "elsewhere";
  return { state, file, run, changes: openChanges(lines) };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (isMissing(error)) return ""; // its run has just ended
    throw error;
  }
}

function refusal(file: string, error: unknown): EnvironmentError {
  const reason = reasonOf(error);
  return new EnvironmentError(
    error instanceof UnreadableLine
      ? `the journal ${file} is kept, since ${reason}; restore with the packetwalk that wrote it (a newer one?), or put back by hand what it lists and delete it`
      : `the journal ${file} can't be read: ${reason}`,
    { cause: error },
  );
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
