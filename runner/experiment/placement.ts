/** Pure: how many pods each node has, e.g. { "node-1": 2 }. */
export function countByNode(placed: ReadonlyArray<{ readonly node: string }>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { node } of placed) counts[node] = (counts[node] ?? 0) + 1;
  return counts;
}
