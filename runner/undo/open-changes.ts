import type { JournalLine } from "./lines.ts";
import { type Change, KINDS, type KindName } from "./registry.ts";

/** Pure: what a journal's lines leave to be undone, in the order in which it is undone. */
export function openChanges(lines: readonly JournalLine[]): Change[] {
  return KINDS.flatMap<Change>((kind) => {
    const own = sinceReverted(lines, kind.name);
    return kind.open(own.filter((line, index) => !isRevertedOne(kind, line, own.slice(index + 1))));
  });
}

function sinceReverted(lines: readonly JournalLine[], kind: KindName): readonly JournalLine[] {
  return lines.slice(lines.findLastIndex((line) => line.change === "reverted" && line.kind === kind) + 1);
}

function isRevertedOne(kind: (typeof KINDS)[number], line: JournalLine, later: readonly JournalLine[]): boolean {
  const things = kind.things([line]);
  return later.some((each) => each.change === "reverted-one" && each.kind === kind.name && things.includes(each.thing));
}
