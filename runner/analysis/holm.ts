/**
 * Holm's step-down correction (Holm 1979): keeps the chance of any false alarm among the metrics of one family at
 * the level of a single test, whatever their dependence.
 * @returns adjusted p-values, in the order given
 */
export function holm(ps: readonly number[]): number[] {
  const order = [...ps.entries()].sort(([, a], [, b]) => a - b);
  const adjusted = new Array<number>(ps.length).fill(1);
  let atLeast = 0;
  for (const [rank, [index, p]] of order.entries()) {
    atLeast = Math.max(atLeast, Math.min(1, p * (ps.length - rank)));
    adjusted[index] = atLeast;
  }
  return adjusted;
}
