/** Slices of a load's time whose greater part lies between two instants, in ms since the load's start. */
export function slicesBetween<Slice extends { readonly atMs: number }>(
  slices: readonly Slice[],
  fromMs: number,
  toMs: number,
): Slice[] {
  const halfMs = ((slices[1]?.atMs ?? 0) - (slices[0]?.atMs ?? 0)) / 2;
  return slices.filter(({ atMs }) => atMs + halfMs >= fromMs && atMs + halfMs < toMs);
}
