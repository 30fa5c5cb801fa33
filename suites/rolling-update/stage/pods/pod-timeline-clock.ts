/** One question to another clock and its answer; the two outer instants are the runner's. All in Unix ms. */
export interface RoundTrip {
  readonly askedAtUnixMs: number;
  readonly theirUnixMs: number;
  readonly answeredAtUnixMs: number;
}

/** How another clock stands to the runner's. */
export interface ClockReading {
  /** What to take off the other clock's instants. */
  readonly aheadMs: number;
  /** By how much that may be wrong: half the round trip that it was read in (RFC 5905, section 8), and our resolution. */
  readonly errorMs: number;
}

/** The runner's instants are whole ms. */
const RESOLUTION_MS = 0.5;

/** Pure: the reading of the quickest round trip, which bounds the difference most tightly; null without any. */
export function readClock(trips: readonly RoundTrip[]): ClockReading | null {
  let best: ClockReading | null = null;
  for (const { askedAtUnixMs, theirUnixMs, answeredAtUnixMs } of trips) {
    const halfMs = (answeredAtUnixMs - askedAtUnixMs) / 2;
    const errorMs = halfMs + RESOLUTION_MS;
    if (best === null || errorMs < best.errorMs) best = { aheadMs: theirUnixMs - askedAtUnixMs - halfMs, errorMs };
  }
  return best;
}
