import type { JournalLine } from "./lines.ts";
import { openChanges } from "./open-changes.ts";
import { KINDS } from "./registry.ts";

const runs = new Set<readonly JournalLine[]>();

/** Has what a run of this process changes known until it is put back. */
export function trackOpen(lines: readonly JournalLine[]): void {
  runs.add(lines);
}

export function forgetOpen(lines: readonly JournalLine[]): void {
  runs.delete(lines);
}

/** What the runs of this process have changed and not put back yet, in words: "namespace packetwalk". */
export function whatIsLeft(): string[] {
  return [...runs].flatMap((lines) => {
    const open = openChanges(lines);
    return KINDS.flatMap((kind) => kind.things(open).map((thing) => `${kind.name} ${thing}`));
  });
}
