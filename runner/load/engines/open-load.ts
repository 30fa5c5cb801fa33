import { peakPerSecond, shareOf } from "../schedule/schedule.ts";
import type { LoadSpec, OpenLoad } from "../spec.ts";
import type { HttpTask, WorkerTerms } from "./engine.ts";

/** What the engines for scheduled requests are told alike: one worker's share of the load. */
export function openLoadSpec(load: OpenLoad, { seed, sliceMs, gateTimeoutMs }: WorkerTerms) {
  const schedule = shareOf(load.schedule, load.workers);
  return {
    stages: [...schedule.stages],
    arrivals: schedule.arrivals,
    seed,
    timeoutMs: load.timeoutMs,
    // Enough for every request of a whole timeout to be in flight at once: a stalled target must not slow the schedule.
    maxInFlight: Math.ceil(peakPerSecond(schedule) * (load.timeoutMs / 1000 + 1)),
    sliceMs,
    gateTimeoutMs,
  };
}

/** @throws Error: `cannot` was to be asked first */
export function demandOpen(load: LoadSpec): OpenLoad {
  if (load.model !== "open") throw new Error("this engine needs a schedule");
  return load;
}

/** What engines that have one target are told of it. */
export function onlyTarget({ targets: [target, ...others] }: HttpTask) {
  if (others.length > 0) throw new Error("this engine has one target");
  const { address, host, path } = target;
  return { address, host, path };
}

export const LEAVES_NO_TIMELINES = "leaves no timelines of its requests, and this suite reads them";
export const NEEDS_SCHEDULE =
  "sends at scheduled instants, and this load has none: it is to send as fast as it is answered";

/** Rate that one worker would have to hold, at its peak. */
export function peakPerWorker(load: OpenLoad): number {
  return peakPerSecond(load.schedule) / load.workers;
}
