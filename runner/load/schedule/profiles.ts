import type { Schedule, Stage } from "./schedule.ts";

/** The same rate all the time. */
export function constant(perSecond: number, durationMs: number): Schedule {
  return evenly([flat(perSecond, durationMs)]);
}

/** From one rate to another, in a straight line. */
export function ramp(fromPerSecond: number, toPerSecond: number, durationMs: number): Schedule {
  return evenly([{ durationMs, fromPerSecond, toPerSecond }]);
}

export interface Spike {
  readonly basePerSecond: number;
  readonly peakPerSecond: number;
  /** At the base rate, before the rise. */
  readonly beforeMs: number;
  /** 0: at once. */
  readonly riseMs: number;
  readonly holdMs: number;
  readonly fallMs: number;
  /** At the base rate again: does what was attacked recover? */
  readonly afterMs: number;
}

export function spike(of: Spike): Schedule {
  const { basePerSecond: base, peakPerSecond: peak } = of;
  return evenly([
    flat(base, of.beforeMs),
    { durationMs: of.riseMs, fromPerSecond: base, toPerSecond: peak },
    flat(peak, of.holdMs),
    { durationMs: of.fallMs, fromPerSecond: peak, toPerSecond: base },
    flat(base, of.afterMs),
  ]);
}

export interface PerMinuteOptions {
  /** 10: an hour's traffic is replayed in six minutes, at ten times its rate. Default 1. */
  readonly speedUp?: number;
  /** 2: twice the traffic. Default 1. */
  readonly scale?: number;
}

/** What was seen in each minute, e.g. of last year's Black Friday: each minute holds exactly its number of requests. */
export function perMinute(requests: readonly number[], { speedUp = 1, scale = 1 }: PerMinuteOptions = {}): Schedule {
  return evenly(requests.map((count) => flat((count * scale * speedUp) / 60, 60_000 / speedUp)));
}

/** The same rates, with arrivals that are independent of each other, as of many users. */
export function poisson({ stages }: Schedule): Schedule {
  return { stages, arrivals: "poisson" };
}

function flat(perSecond: number, durationMs: number): Stage {
  return { durationMs, fromPerSecond: perSecond, toPerSecond: perSecond };
}

function evenly(stages: readonly Stage[]): Schedule {
  return { stages: stages.filter((stage) => stage.durationMs > 0), arrivals: "constant" };
}
