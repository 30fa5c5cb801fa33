/** Small helpers over samples of numbers; every other file of the analysis builds on these. */

/** From so many values on a typed array, which needs no function to compare by, sorts several times as fast. */
const MANY = 64;

/** Ascending copy. */
export function sorted(values: readonly number[]): number[] {
  if (values.length < MANY) return [...values].sort((a, b) => a - b);
  return Array.from(new Float64Array(values).sort());
}

/** Median, the mean of the middle two for an even count; null of nothing. */
export function median(values: readonly number[]): number | null {
  const ordered = sorted(values);
  const upper = ordered[Math.floor(ordered.length / 2)];
  const lower = ordered[Math.floor((ordered.length - 1) / 2)];
  return upper === undefined || lower === undefined ? null : (lower + upper) / 2;
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Several counts by the same keys as one. */
export function addedUp(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const each of counts) for (const [key, value] of Object.entries(each)) total[key] = (total[key] ?? 0) + value;
  return total;
}

export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : sum(values) / values.length;
}

/** Standard deviation within the arms (pooled, n − 1 each); 0 when no arm has two values. */
export function pooledDeviation(...arms: readonly (readonly number[])[]): number {
  let squares = 0;
  let freedom = 0;
  for (const arm of arms) {
    const centre = mean(arm);
    squares += sum(arm.map((value) => (value - centre) ** 2));
    freedom += Math.max(0, arm.length - 1);
  }
  return freedom === 0 ? 0 : Math.sqrt(squares / freedom);
}
