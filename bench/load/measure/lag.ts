/** Schedule lag as the target sees it: the same way for every tool, whatever the tool says about itself. */
import { sorted } from "../../../runner/analysis/samples.ts";

/**
 * Where the schedule k/rate lies on the target's clock, in ms. Nobody can arrive before their instant, so the arrival
 * that is earliest against the schedule is taken as punctual: lags are never less than the true ones by more than its own.
 */
export function scheduleStartMs(arrivalsMs: Float64Array, ratePerSecond: number): number {
  const intervalMs = 1000 / ratePerSecond;
  return arrivalsMs.reduce((earliest, atMs, index) => Math.min(earliest, atMs - index * intervalMs), Infinity);
}

/** How late each arrival is against an even schedule, in ms; the arrivals ascend. */
export function lagsMs(arrivalsMs: Float64Array, ratePerSecond: number): Float64Array {
  const startMs = scheduleStartMs(arrivalsMs, ratePerSecond);
  return arrivalsMs.map((atMs, index) => atMs - startMs - (index * 1000) / ratePerSecond);
}

/** The smallest value that at least this share of all values does not exceed (nearest rank); null of nothing. */
export function quantile(values: ArrayLike<number>, share: number): number | null {
  const ordered = sorted(Array.from(values));
  return ordered[Math.max(0, Math.ceil(share * ordered.length) - 1)] ?? null;
}
