/** When requests are to be sent, as data. Free of imports from npm and Node: k6 scripts import it too. */

/** A stretch of time over which the rate moves linearly. */
export interface Stage {
  readonly durationMs: number;
  readonly fromPerSecond: number;
  readonly toPerSecond: number;
}

/** How the instants lie around the rate: evenly, or independently of each other (a Poisson process). */
export type Arrivals = "constant" | "poisson";

export interface Schedule {
  readonly stages: readonly Stage[];
  readonly arrivals: Arrivals;
}

export function scheduleMs({ stages }: Schedule): number {
  return stages.reduce((sum, stage) => sum + stage.durationMs, 0);
}

/** Requests that the schedule holds, on average: the area under its rate. */
export function scheduledRequests({ stages }: Schedule): number {
  return stages.reduce((sum, stage) => sum + areaOf(stage), 0);
}

/** Requests within one stage. */
export function areaOf({ durationMs, fromPerSecond, toPerSecond }: Stage): number {
  return (((fromPerSecond + toPerSecond) / 2) * durationMs) / 1000;
}

/**
 * When within a stage so many of its requests are due, in ms: solves from·t + (to − from)·t²/(2·duration) = requests, in
 * the form that is sound for slopes near zero as well.
 */
export function msInto({ durationMs, fromPerSecond, toPerSecond }: Stage, requests: number): number {
  const slope = ((toPerSecond - fromPerSecond) * 1000) / durationMs;
  const root = Math.sqrt(Math.max(fromPerSecond * fromPerSecond + 2 * slope * requests, 0));
  const sum = fromPerSecond + root;
  return sum === 0 ? 0 : Math.min((2000 * requests) / sum, durationMs);
}

export function meanPerSecond(schedule: Schedule): number {
  const ms = scheduleMs(schedule);
  return ms === 0 ? 0 : (scheduledRequests(schedule) * 1000) / ms;
}

export function peakPerSecond({ stages }: Schedule): number {
  return Math.max(0, ...stages.flatMap((stage) => [stage.fromPerSecond, stage.toPerSecond]));
}

/** One of several workers' part of the load: the same shape at a fraction of the rate. */
export function shareOf(schedule: Schedule, workers: number): Schedule {
  return scaled(schedule, 1 / workers);
}

/** The same shape at a multiple of the rate. */
export function scaled({ stages, arrivals }: Schedule, factor: number): Schedule {
  return {
    arrivals,
    stages: stages.map(({ durationMs, fromPerSecond, toPerSecond }) => ({
      durationMs,
      fromPerSecond: fromPerSecond * factor,
      toPerSecond: toPerSecond * factor,
    })),
  };
}
