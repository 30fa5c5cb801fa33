/** What the load and storms of look-ups are at the same time. Pure. */
import { mostWithin } from "./day.ts";
import type { Plan, PlannedEvent } from "./plan.ts";

export type Storm = Extract<PlannedEvent, { kind: "lookup-storm" }>;

/** A storm's pods come at its instant: for so long it may be late, and end later. */
export const LATE_S = 60;
/** Look-ups that one worker has under way at most (programs/agent/openload/spec.go). */
export const MOST_LOOKUPS_IN_FLIGHT = 10_000;

export function stormsOf({ events }: Pick<Plan, "events">): Storm[] {
  return events.flatMap((event) => (event.kind === "lookup-storm" ? [event] : []));
}

export interface Together {
  readonly loadPerSecond: number;
  /** Of all storms that can be under way then. */
  readonly lookupsPerSecond: number;
}

/** The most that there is while a storm lasts. */
export function mostDuring(storm: Storm, plan: Pick<Plan, "events" | "traffic">): Together {
  const [first, ...others] = spansOf(plan).filter(({ storms }) => storms.includes(storm));
  const { loadPerSecond, lookupsPerSecond } = others.reduce(
    (most, each) => (all(each) > all(most) ? each : most),
    first ?? { storms: [], loadPerSecond: 0, lookupsPerSecond: storm.perSecond },
  );
  return { loadPerSecond, lookupsPerSecond };
}

/** The day's stretches in each of which the same storms can be under way. */
function spansOf(plan: Pick<Plan, "events" | "traffic">): (Together & { readonly storms: readonly Storm[] })[] {
  const storms = stormsOf(plan);
  const edges = [...new Set(storms.flatMap((storm) => [storm.atS, overS(storm)]))].sort((a, b) => a - b);
  return edges.slice(1).map((toS, index) => {
    const fromS = edges[index] ?? toS;
    const there = storms.filter((storm) => storm.atS <= fromS && toS <= overS(storm));
    return {
      storms: there,
      loadPerSecond: mostWithin(plan.traffic.day, fromS, toS),
      lookupsPerSecond: there.reduce((sum, { perSecond }) => sum + perSecond, 0),
    };
  });
}

function overS({ atS, forS }: Storm): number {
  return atS + forS + LATE_S;
}

function all({ loadPerSecond, lookupsPerSecond }: Together): number {
  return loadPerSecond + lookupsPerSecond;
}

/** What the limits leave the day's load, beside its storms. */
export function leftForDay(plan: Pick<Plan, "events" | "traffic" | "limits">): {
  readonly mostPerSecond: number;
  readonly mostInFlight: number;
} {
  const { limits, traffic } = plan;
  const lookups = lookupsAtMost(plan);
  return {
    mostPerSecond: limits.mostPerSecond - lookups,
    mostInFlight: limits.mostInFlight * (traffic.expectedPeakPerSecond / (traffic.expectedPeakPerSecond + lookups)),
  };
}

/** A storm's part of what may be in flight, and as many workers as that takes. */
export function loadOfStorm({ perSecond }: Storm, plan: Pick<Plan, "events" | "traffic" | "limits" | "load">) {
  const { limits, traffic, load } = plan;
  const underWay = perSecond * (load.timeoutMs / 1000 + 1);
  return {
    workers: Math.max(1, Math.ceil(underWay / MOST_LOOKUPS_IN_FLIGHT)),
    mostInFlight: limits.mostInFlight * (perSecond / (traffic.expectedPeakPerSecond + lookupsAtMost(plan))),
  };
}

function lookupsAtMost(plan: Pick<Plan, "events" | "traffic">): number {
  return Math.max(0, ...spansOf(plan).map(({ lookupsPerSecond }) => lookupsPerSecond));
}
