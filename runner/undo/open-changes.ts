import type { JournalLine } from "./lines.ts";
import { type Change, KINDS, type KindName } from "./registry.ts";

/** Pure: what a journal's lines leave to be undone, in the order in which it is undone. */
export function openChanges(lines: readonly JournalLine[]): Change[] {
  return KINDS.flatMap<Change>((kind) => kind.open(sinceReverted(lines, kind.name)));
}

function sinceReverted(lines: readonly JournalLine[], kind: KindName): readonly JournalLine[] {
  return lines.slice(lines.findLastIndex((line) => line.change === "reverted" && line.kind === kind) + 1);
}
