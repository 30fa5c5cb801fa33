import { peakPerSecond, shareOf } from "../schedule/schedule.ts";
import type { LoadSpec, OpenLoad } from "../spec.ts";
import type { HttpNeeds, HttpTask, WorkerTerms } from "./engine.ts";

/** What the engines for scheduled requests are told alike: one worker's share of the load. */
export function openLoadSpec(load: OpenLoad, { seed, sliceMs, gateTimeoutMs, liveMs }: WorkerTerms) {
  const schedule = shareOf(load.schedule, load.workers);
  // Enough for every request of a whole timeout to be in flight at once: a stalled target must not slow the schedule.
  const enough = Math.ceil(peakPerSecond(schedule) * (load.timeoutMs / 1000 + 1));
  const { mostInFlight = Number.POSITIVE_INFINITY } = load;
  return {
    stages: [...schedule.stages],
    arrivals: schedule.arrivals,
    seed,
    timeoutMs: load.timeoutMs,
    maxInFlight: Math.max(1, Math.min(enough, Math.floor(mostInFlight / load.workers))),
    sliceMs,
    gateTimeoutMs,
    ...(liveMs === undefined ? {} : { liveMs }),
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
const TELLS_NOTHING_MEANWHILE = "tells nothing before its end, and this load is watched while it runs";
export const NEEDS_SCHEDULE =
  "sends at scheduled instants, and this load has none: it is to send as fast as it is answered";

/** Why an engine that sends GETs of its own, and is silent until its end, can't make a load; undefined if it can. */
export function cannotBeOther({ live, ...needs }: HttpNeeds): string | undefined {
  return cannotBePlain(needs) ?? (live ? TELLS_NOTHING_MEANWHILE : undefined);
}

/** The same of one that tells of its load meanwhile. */
export function cannotBePlain({ request, keepAliveRatio, tls }: HttpNeeds): string | undefined {
  if (request) return "sends requests of its own, and this load says what its requests are";
  if (keepAliveRatio) return "opens a connection for each request, and this load keeps some";
  return tls ? "sends plain HTTP, and this load is encrypted" : undefined;
}

/** @throws Error: `cannot` was to be asked first */
export function demandPlain(task: HttpTask, { liveMs }: WorkerTerms): void {
  const why = cannotBeOther({ ...task, live: liveMs !== undefined });
  if (why !== undefined || task.secret) throw new Error(`this engine ${why ?? "keeps no secret"}`);
}

/** @throws Error for an engine that can't be watched */
export function demandSilent({ liveMs }: WorkerTerms): void {
  if (liveMs !== undefined) throw new Error(`this engine ${TELLS_NOTHING_MEANWHILE}`);
}

/** Rate that one worker would have to hold, at its peak. */
export function peakPerWorker(load: OpenLoad): number {
  return peakPerSecond(load.schedule) / load.workers;
}
