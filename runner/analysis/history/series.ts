/** Stored nights as series: one for each metric of each arm, with its gaps, its change points, and what else changed then. */
import type { Night, NightMetric } from "../../result/night.ts";
import type { Difference } from "../../result/result.ts";
import { median } from "../samples.ts";
import { changePoints } from "./change-points.ts";
import { differences } from "./differences.ts";

export interface Point {
  readonly at: string;
  readonly value: number;
  /** By how much two blocks of one arm typically differed that night; null: not known. */
  readonly noise: number | null;
}

/** A night whose value is missing, which is not zero. */
export interface Missing {
  readonly at: string;
  readonly because: "invalid run" | "not measured";
}

export interface Change {
  /** The first night after it. */
  readonly at: string;
  /** Of that night's point. */
  readonly index: number;
  /** Medians of the nights since the change before, and up to the next. */
  readonly before: number;
  readonly after: number;
  /** (after − before) / before; null: from nothing. */
  readonly relative: number | null;
  readonly p: number;
  readonly direction: "better" | "worse";
  /** At least the metric's floor. */
  readonly matters: boolean;
  /** It could not be told before the last night's value. */
  readonly isNew: boolean;
  readonly changed: readonly Difference[];
}

export interface Series {
  readonly arm: string;
  readonly metric: string;
  readonly unit: string;
  readonly better: "lower" | "higher";
  readonly decides: boolean;
  readonly points: readonly Point[];
  readonly missing: readonly Missing[];
  readonly changes: readonly Change[];
}

/** Longer than nights of this group usually are apart. */
export interface Silence {
  readonly after: string;
  readonly before: string;
  readonly nights: number;
}

/** What can be compared over time: the same two arms of one suite, of one size, on one cluster. */
export interface Group {
  readonly cluster: string;
  readonly suite: string;
  readonly size: "quick" | "full";
  /** The baseline first. */
  readonly arms: readonly string[];
  readonly nights: readonly { readonly at: string; readonly packetwalk: string; readonly verdict: Night["verdict"] }[];
  readonly silences: readonly Silence[];
  readonly series: readonly Series[];
}

/** So few values that no order of them is rare enough for a change to be believed. */
export const FEWEST_NIGHTS = 16;

/** @param most of the latest nights of each group that are looked at */
export function groupsOf(nights: readonly Night[], most: number): Group[] {
  const groups = new Map<string, Night[]>();
  for (const night of [...nights].sort((a, b) => Date.parse(a.at) - Date.parse(b.at))) {
    const key = JSON.stringify([night.cluster, night.suite, night.size, armsOf(night)]);
    groups.set(key, [...(groups.get(key) ?? []), night]);
  }
  return [...groups.values()].map((all) => groupOf(all.slice(-most)));
}

function groupOf(nights: readonly Night[]): Group {
  const [first] = nights;
  if (!first) throw new RangeError("a group has at least one night");
  const { cluster, suite, size } = first;
  return {
    ...{ cluster, suite, size, arms: armsOf(first) },
    nights: nights.map(({ at, packetwalk, verdict }) => ({ at, packetwalk, verdict })),
    silences: silencesIn(nights.map(({ at }) => at)),
    series: keysOf(nights).map(({ arm, metric }) => seriesOf(nights, arm, metric)),
  };
}

function armsOf({ arms }: Night): string[] {
  return arms.map(({ name }) => name);
}

/** Arms and metrics of the latest night first; those that have gone since come after them. */
function keysOf(nights: readonly Night[]): { readonly arm: string; readonly metric: string }[] {
  const keys = new Map<string, { arm: string; metric: string }>();
  for (const night of [...nights].reverse())
    for (const { name: metric, values } of night.metrics)
      for (const arm of Object.keys(values)) keys.set(JSON.stringify([arm, metric]), { arm, metric });
  return [...keys.values()];
}

interface Valued {
  readonly night: Night;
  readonly metric: NightMetric;
  readonly value: number;
}

function seriesOf(nights: readonly Night[], arm: string, name: string): Series {
  const valued: Valued[] = [];
  const missing: Missing[] = [];
  for (const night of nights) {
    const metric = night.metrics.find((each) => each.name === name);
    const value = metric?.values[arm];
    // What an invalid run measured says nothing of what was asked.
    if (night.verdict === "invalid") missing.push({ at: night.at, because: "invalid run" });
    else if (metric === undefined || value === undefined || value === null)
      missing.push({ at: night.at, because: "not measured" });
    else valued.push({ night, metric, value });
  }
  const latest = [...nights].reverse().flatMap(({ metrics }) => metrics.filter((each) => each.name === name))[0];
  if (latest === undefined) throw new RangeError(`no night has ${name}`);
  const { unit, better, decides } = latest;
  return {
    ...{ arm, metric: name, unit, better, decides },
    points: valued.map(({ night, metric, value }) => ({ at: night.at, value, noise: metric.noise })),
    missing,
    changes: changesIn(valued, arm, nights.at(-1)),
  };
}

function changesIn(valued: readonly Valued[], arm: string, last: Night | undefined): Change[] {
  const values = valued.map(({ value }) => value);
  const points = changePoints(values);
  const latest = points.at(-1);
  const isNew = latest !== undefined && valued.at(-1)?.night === last && !toldBefore(values, latest.index);
  return points.flatMap(({ index, p }, i) => {
    const [night, nightBefore] = [valued[index], valued[index - 1]];
    const before = median(values.slice(points[i - 1]?.index ?? 0, index));
    const after = median(values.slice(index, points[i + 1]?.index));
    if (!night || !nightBefore || before === null || after === null) return [];
    const { better, floor } = night.metric;
    return {
      ...{ at: night.night.at, index, before, after, p },
      relative: before === 0 ? null : (after - before) / Math.abs(before),
      direction: after > before === (better === "higher") ? ("better" as const) : ("worse" as const),
      matters: Math.abs(after - before) >= floor,
      isNew: isNew && i === points.length - 1,
      changed: differences(nightBefore.night, night.night, arm),
    };
  });
}

/** Whether the nights without the last one tell the same change, perhaps a few nights beside. */
function toldBefore(values: readonly number[], index: number): boolean {
  const before = changePoints(values.slice(0, -1));
  return before.some((point) => Math.abs(point.index - index) <= 2);
}

function silencesIn(times: readonly string[]): Silence[] {
  const usualMs = usualMsBetween(times);
  return times.slice(1).flatMap((before, i) => {
    const after = times[i] ?? before;
    const nights = Math.round((Date.parse(before) - Date.parse(after)) / usualMs) - 1;
    return nights < 1 ? [] : [{ after, before, nights }];
  });
}

const DAY_MS = 24 * 3600 * 1000;

/** How far apart runs usually are; a day where that can't be told. */
function usualMsBetween(times: readonly string[]): number {
  return median(times.slice(1).map((at, i) => Date.parse(at) - Date.parse(times[i] ?? at))) || DAY_MS;
}

/** A group that did not run for so many times as it usually would is not meant to any more. */
const MOST_MISSED = 7;

/**
 * Whether a group ran in the last night of a history, should have, or has come to its end.
 * @param lastAt when the latest run of all began
 */
export function standingOf({ nights }: Group, lastAt: number): "ran" | "overdue" | "ended" {
  const times = nights.map(({ at }) => at);
  const sinceMs = lastAt - Date.parse(times.at(-1) ?? "");
  if (sinceMs < DAY_MS / 2) return "ran";
  const missed = Math.round(sinceMs / usualMsBetween(times));
  return missed < 1 ? "ran" : missed <= MOST_MISSED ? "overdue" : "ended";
}

/** What of a group changed for the worse, matters, and could not be told before its last night. */
export function alarms({ series }: Group): Change[] {
  return series.flatMap(({ decides, changes }) =>
    changes.filter(({ direction, matters, isNew }) => decides && direction === "worse" && matters && isNew),
  );
}

/** Whether nothing that decides could have raised an alarm: no value of the last night, or too few nights. */
export function tooFew({ nights, series }: Group): boolean {
  const last = nights.at(-1)?.at;
  return !series.some(({ decides, points }) => decides && points.length >= FEWEST_NIGHTS && points.at(-1)?.at === last);
}
