/** What is dropped on the cluster without any load of ours: only what goes beyond it is a stage's. */
import type { HopReading } from "../../result/rehearsal.ts";
import { garwoodInterval } from "../rates.ts";

/** One in a hundred rates is higher than what is allowed for: the interval's other end is of no use here. */
const CONFIDENCE = 0.98;

/** Most events a second that a Poisson process has which had so many in so long; none of one that had none: those would be ours. */
export function mostPerSecond(count: number, seconds: number): number {
  return count === 0 ? 0 : garwoodInterval(count, CONFIDENCE)[1] / seconds;
}

/** Readings of a stage, with what of each may be lost without the load in as much time. */
export function withIdle(
  readings: readonly HopReading[],
  idle: { readonly seconds: number; readonly readings: readonly HopReading[] } | null,
  stageS: number,
): HopReading[] {
  return readings.map((reading) => {
    const before = idle?.readings.find((each) => isSame(each, reading))?.lost ?? 0;
    if (idle === null || before === 0 || reading.lost === null) return reading;
    return { ...reading, background: Math.floor(mostPerSecond(before, idle.seconds) * stageS) };
  });
}

/** What was lost beyond that; null: nobody reads it. */
export function beyondIdle({ lost, background = 0 }: Pick<HopReading, "lost" | "background">): number | null {
  return lost === null ? null : Math.max(0, lost - background);
}

export function isSame(a: HopReading, b: HopReading): boolean {
  return a.hop === b.hop && a.where === b.where && a.counter === b.counter;
}
