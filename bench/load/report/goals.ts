import type { Row } from "./row.ts";

/** What flood is to reach, and whether this run shows it. */
export interface Goal {
  readonly goal: string;
  /** Null when something that it needs was not measured. */
  readonly met: boolean | null;
  readonly measured: string;
}

const LEAST_SHARE_OF_FLOOR = 0.85;
const LEAST_TIMES_OPEN_LOOP = 3;
const MOST_LAG_MS = 1;
const MOST_P99_ERROR_PERCENT = 2;
/** Resident sizes differ by a few percent from run to run. */
const MOST_MEMORY_GROWTH = 1.1;

export function goalsOf(rows: readonly Row[]): readonly Goal[] {
  const flood = named(rows, "flood");
  const openLoopPeer = best(rows.filter((row) => !row.closedLoop && row.name !== "flood"));
  const timesOpenLoop = (peer: Row | undefined, words: string) =>
    perCpuSecond(flood, peer, LEAST_TIMES_OPEN_LOOP, `at least ${LEAST_TIMES_OPEN_LOOP} × ${words}`);
  return [
    perCpuSecond(flood, named(rows, "wrk"), 1, "at least wrk's"),
    timesOpenLoop(named(rows, "vegeta"), "vegeta's, the best open loop known when this goal was set"),
    timesOpenLoop(openLoopPeer, `that of the best open loop here, ${openLoopPeer?.name ?? "of which none ran"}`),
    perCpuSecond(flood, named(rows, "floor"), LEAST_SHARE_OF_FLOOR, "at least 85 % of the floor's"),
    atMost("schedule lag p99.9 at 50 % of its maximum below 1 ms", flood?.lagP999Ms, MOST_LAG_MS, "ms", 3),
    atMost(
      "reported p99 within 2 % of the truth, with stalls",
      flood?.p99ErrorPercent == null ? null : Math.abs(flood.p99ErrorPercent),
      MOST_P99_ERROR_PERCENT,
      "% off",
      2,
    ),
    atMost("memory flat: no more at 4 × the connections", flood?.memoryGrowth, MOST_MEMORY_GROWTH, "×", 2),
  ];
}

function named(rows: readonly Row[], name: string): Row | undefined {
  return rows.find((row) => row.name === name);
}

function best(rows: readonly Row[]): Row | undefined {
  const measured = rows.filter((row) => row.connectionsPerCpuSecond !== null);
  return measured.sort((a, b) => (b.connectionsPerCpuSecond ?? 0) - (a.connectionsPerCpuSecond ?? 0))[0];
}

function perCpuSecond(flood: Row | undefined, other: Row | undefined, factor: number, words: string): Goal {
  const goal = `connections per client CPU-second ${words}`;
  const own = flood?.connectionsPerCpuSecond ?? null;
  const theirs = other?.connectionsPerCpuSecond ?? null;
  if (own === null || theirs === null) return { goal, met: null, measured: "not measured" };
  const ratio = own / theirs;
  return { goal, met: ratio >= factor, measured: `${ratio.toFixed(2)} ×` };
}

function atMost(goal: string, value: number | null | undefined, limit: number, unit: string, digits: number): Goal {
  if (value === null || value === undefined) return { goal, met: null, measured: "not measured" };
  return { goal, met: value <= limit, measured: `${value.toFixed(digits)} ${unit}` };
}
