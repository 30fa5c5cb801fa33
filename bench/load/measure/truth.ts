/**
 * What p99 really was, known from outside: a request's latency runs from the instant at which it should have been sent
 * to the one at which the target had answered it. A tool that waits with a stalled target does not send the requests
 * that would have seen the stall; users would have come all the same (coordinated omission).
 */
import { quantile, scheduleStartMs } from "./lag.ts";

/** A stretch of time in which the target served nobody, on the same clock as the arrivals. */
export interface Stall {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * For requests at a fixed rate: the target takes connections in the order in which they came, so the n-th answer belongs
 * to the n-th instant of the schedule. Includes what it takes to work off the queue after a stall. Null when one was
 * never answered.
 */
export function scheduledP99Ms(
  arrivalsMs: Float64Array,
  answeredMs: Float64Array,
  ratePerSecond: number,
): number | null {
  if (answeredMs.some(Number.isNaN)) return null;
  const startMs = scheduleStartMs(arrivalsMs, ratePerSecond);
  return quantile(
    answeredMs.map((atMs, index) => atMs - startMs - (index * 1000) / ratePerSecond),
    0.99,
  );
}

/** Instants a ms at which the stretch is looked at. */
const INSTANTS_PER_MS = 10;

/** For users who come evenly between two instants: the rest of the stall that each meets. Serving is taken as instant. */
export function stalledP99Ms(stalls: readonly Stall[], fromMs: number, toMs: number): number | null {
  const count = Math.floor((toMs - fromMs) * INSTANTS_PER_MS);
  if (count <= 0) return null;
  const waits = new Float64Array(count);
  for (const stall of stalls) {
    const first = Math.max(0, Math.ceil((stall.fromMs - fromMs) * INSTANTS_PER_MS));
    for (let i = first; i < count && fromMs + i / INSTANTS_PER_MS < stall.toMs; i++) {
      waits[i] = stall.toMs - fromMs - i / INSTANTS_PER_MS;
    }
  }
  return quantile(waits, 0.99);
}
