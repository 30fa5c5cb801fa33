/** Pure: rates over a day as stretches in which they move in a straight line. */
import type { Traffic } from "./plan.ts";

export type Stretch = Traffic["day"][number];

export function lengthS(day: readonly Stretch[]): number {
  return day.reduce((sum, { durationS }) => sum + durationS, 0);
}

/** Sums of many durations are off by less than this. */
const OFF_S = 1e-6;

/** Whether a stretch of time is over within the day. */
export function endsWithin(endS: number, day: readonly Stretch[]): boolean {
  return endS <= lengthS(day) + OFF_S;
}

/** Whether any of the day is left then. */
export function beginsWithin(atS: number, day: readonly Stretch[]): boolean {
  return atS < lengthS(day) - OFF_S;
}

export function peakPerSecond(day: readonly Stretch[]): number {
  return day.reduce((peak, { fromPerSecond, toPerSecond }) => Math.max(peak, fromPerSecond, toPerSecond), 0);
}

/** The highest rate between two instants. */
export function mostWithin(day: readonly Stretch[], fromS: number, toS: number): number {
  let [beginS, most] = [0, 0];
  for (const stretch of day) {
    const endS = beginS + stretch.durationS;
    const [first, last] = [Math.max(fromS, beginS), Math.min(toS, endS)];
    if (first < last) most = Math.max(most, rateAt(stretch, first - beginS), rateAt(stretch, last - beginS));
    beginS = endS;
  }
  return most;
}

function rateAt({ durationS, fromPerSecond, toPerSecond }: Stretch, afterS: number): number {
  return fromPerSecond + ((toPerSecond - fromPerSecond) * afterS) / durationS;
}

/** When the rate is highest for the first time. */
export function peakAtS(day: readonly Stretch[]): number {
  const peak = peakPerSecond(day);
  let atS = 0;
  for (const { durationS, fromPerSecond, toPerSecond } of day) {
    if (fromPerSecond === peak) return atS;
    atS += durationS;
    if (toPerSecond === peak) return atS;
  }
  return 0;
}

export function scaledBy(day: readonly Stretch[], factor: number): Stretch[] {
  return day.map(({ durationS, fromPerSecond, toPerSecond }) => ({
    durationS,
    fromPerSecond: fromPerSecond * factor,
    toPerSecond: toPerSecond * factor,
  }));
}

/** The same rates in a fraction of the time. */
export function faster(day: readonly Stretch[], speed: number): Stretch[] {
  return day.map((stretch) => ({ ...stretch, durationS: stretch.durationS / speed }));
}

export interface PlacedSpike {
  readonly atS: number;
  readonly forS: number;
  readonly factor: number;
}

/** @param spikes within the day, and none within another */
export function withSpikes(day: readonly Stretch[], spikes: readonly PlacedSpike[]): Stretch[] {
  const edges = spikes.flatMap(({ atS, forS }) => [atS, atS + forS]);
  let beginS = 0;
  return cutAt(day, edges).map((stretch) => {
    const middleS = beginS + stretch.durationS / 2;
    beginS += stretch.durationS;
    const spike = spikes.find(({ atS, forS }) => atS <= middleS && middleS < atS + forS);
    const [raised] = spike ? scaledBy([stretch], spike.factor) : [stretch];
    return raised ?? stretch;
  });
}

function cutAt(day: readonly Stretch[], edges: readonly number[]): Stretch[] {
  let beginS = 0;
  return day.flatMap((stretch) => {
    const from = beginS;
    beginS += stretch.durationS;
    const within = [...new Set(edges)].filter((edge) => edge > from && edge < beginS).sort((a, b) => a - b);
    const marks = [from, ...within, beginS];
    return marks.slice(1).map((end, index) => {
      const begin = marks[index] ?? from;
      const first = index === 0 ? stretch.fromPerSecond : rateAt(stretch, begin - from);
      const last = index === within.length ? stretch.toPerSecond : rateAt(stretch, end - from);
      return { durationS: end - begin, fromPerSecond: first, toPerSecond: last };
    });
  });
}

/** Neighbours of one steady rate as one: a night has many minutes of it. */
export function joined(day: readonly Stretch[]): Stretch[] {
  const all: Stretch[] = [];
  for (const stretch of day) {
    const before = all.at(-1);
    const rates = before && [before.fromPerSecond, before.toPerSecond, stretch.fromPerSecond, stretch.toPerSecond];
    if (before && rates && new Set(rates).size === 1)
      all[all.length - 1] = { ...before, durationS: before.durationS + stretch.durationS };
    else all.push(stretch);
  }
  return all;
}
