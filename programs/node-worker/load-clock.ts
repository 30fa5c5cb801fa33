import { performance } from "node:perf_hooks";

/** The time axis of one load: ms from its start, on the monotonic clock. */
export interface LoadClock {
  readonly startedAtUnixMs: number;
  nowMs(): number;
}

/** @param startAtUnixMs the agreed start; one that is past means now */
export function loadClock(startAtUnixMs: number): LoadClock {
  const nowUnixMs = performance.timeOrigin + performance.now();
  const waitMs = Math.max(startAtUnixMs - nowUnixMs, 0);
  const origin = performance.now() + waitMs;
  return { startedAtUnixMs: Math.round(nowUnixMs + waitMs), nowMs: () => performance.now() - origin };
}
