/** The rehearsed day as series over one axis: seconds that were not seen are gaps, never zeros. */
import type { Rehearsal, RehearsedSecond, RehearsedStage } from "../../runner/result/rehearsal.ts";

/** More points than a page has pixels for are put together. */
const MOST_POINTS = 360;

export interface DayPoint {
  /** Middle of what is put together, in seconds of the day. */
  readonly atS: number;
  /** Requests that were due, a second; null: not all workers told. */
  readonly ratePerSecond: number | null;
  /** Of those that ended; null: none did. */
  readonly failedShare: number | null;
  /** Of the worst second; null: none ended well. */
  readonly p99Ms: number | null;
}

export interface Day {
  readonly stage: RehearsedStage;
  /** End of the axis. */
  readonly endS: number;
  /** Runs without a gap. */
  readonly runs: ReadonlyArray<readonly DayPoint[]>;
  readonly gaps: readonly Gap[];
}

export interface Gap {
  readonly fromS: number;
  readonly toS: number;
}

/** null: the day was not rehearsed. */
export function dayOf({ stages }: Rehearsal): Day | null {
  const stage = stages.find(({ kind }) => kind === "day");
  if (stage === undefined) return null;
  const endS = Math.max(stage.durationS, ...stage.seconds.map(({ atS }) => atS + 1));
  const seen = stage.seconds.filter(({ load }) => load !== null).sort((a, b) => a.atS - b.atS);
  const width = Math.max(1, Math.ceil(endS / MOST_POINTS));
  return { stage, endS, runs: withoutGap(seen).map((run) => pointsOf(run, width)), gaps: gapsOf(seen, stage) };
}

function withoutGap(seen: readonly RehearsedSecond[]): RehearsedSecond[][] {
  const runs: RehearsedSecond[][] = [];
  for (const second of seen) {
    const run = runs.at(-1);
    if (run?.at(-1)?.atS === second.atS - 1) run.push(second);
    else runs.push([second]);
  }
  return runs;
}

function pointsOf(run: readonly RehearsedSecond[], width: number): DayPoint[] {
  const groups = new Map<number, RehearsedSecond[]>();
  for (const second of run) {
    const key = Math.floor(second.atS / width);
    groups.set(key, [...(groups.get(key) ?? []), second]);
  }
  return [...groups.values()].map((group) => {
    const loads = group.flatMap(({ load }) => (load === null ? [] : [load]));
    const sum = (of: (load: (typeof loads)[number]) => number) => loads.reduce((total, load) => total + of(load), 0);
    const ended = sum((load) => load.ended);
    const latencies = loads.flatMap(({ p99Ms }) => (p99Ms === null ? [] : [p99Ms]));
    const [first, last] = [group[0]?.atS ?? 0, group.at(-1)?.atS ?? 0];
    return {
      atS: (first + last + 1) / 2,
      ratePerSecond: loads.every(({ toldShare }) => toldShare === 1)
        ? sum((load) => load.scheduled) / loads.length
        : null,
      failedShare: ended === 0 ? null : sum((load) => load.failed) / ended,
      p99Ms: latencies.length === 0 ? null : Math.max(...latencies),
    };
  });
}

/** What of the time in which it ran nobody saw in full. */
function gapsOf(seen: readonly RehearsedSecond[], { ranS, seconds }: RehearsedStage): Gap[] {
  const end = Math.max(Math.floor(ranS), ...seconds.map(({ atS }) => atS + 1));
  const ends = [...seen.map(({ atS }) => atS), end];
  return ends.flatMap((toS, i): Gap[] => {
    const before = seen[i - 1];
    const fromS = before === undefined ? 0 : before.atS + 1;
    return toS > fromS ? [{ fromS, toS }] : [];
  });
}

export function unseenSeconds({ gaps }: Day): number {
  return gaps.reduce((total, { fromS, toS }) => total + toS - fromS, 0);
}
