/** Pure: of several names the one that takes the fewest strokes to come to; undefined if all are far from it. */
export function nearest(typed: string, names: readonly string[]): string | undefined {
  const near = names
    .map((name) => ({ name, strokes: strokesBetween(typed, name) }))
    .filter(({ name, strokes }) => strokes <= Math.max(typed.length, name.length) / 2)
    .sort((a, b) => a.strokes - b.strokes);
  return near[0]?.name;
}

/** Levenshtein's distance: letters put in, taken out or changed. */
function strokesBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const changed = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(changed, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
