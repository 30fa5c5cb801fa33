/** What one SLO says of one window of seconds. */
import type { RehearsedSecond, Slo } from "../../result/rehearsal.ts";
import { sorted, sum } from "../samples.ts";

/** A second of the stage; null: nobody told of it. */
export type Second = RehearsedSecond | null;

export interface JudgedWindow {
  /** Null: nothing to be judged, or no number for it (all that ended had failed). */
  readonly value: number | null;
  /** Null: it can't be said. */
  readonly breached: boolean | null;
}

interface Window {
  /** At most `lengthS` of them: fewer at the stage's start. */
  readonly seconds: readonly Second[];
  readonly lengthS: number;
  /** Highest rate that the stage offers. */
  readonly ratePerSecond: number;
}

const NOT_KNOWN: JudgedWindow = { value: null, breached: null };

/**
 * A whole window of which at least half was seen is judged by what was seen. One that reaches back before the load, or was
 * seen in less than half, can only be in breach: if it would be even with all the rest good, at the stage's full rate.
 */
export function judgeWindow(slo: Slo, window: Window): JudgedWindow {
  switch (slo.kind) {
    case "failed-share":
      return judgeShare(slo.most, window, ({ failed }) => failed);
    case "status-5xx-share":
      return judgeShare(slo.most, window, ({ status5xx }) => status5xx);
    case "latency-p99-ms":
      return judgeLatency(slo.most, window);
    case "drops":
      return judgeDrops(slo.most, window);
  }
}

/** Whether this second tells what the SLO asks for. */
export function tells(slo: Pick<Slo, "kind">, second: Second): boolean {
  return second !== null && (slo.kind === "drops" ? second.drops : second.load) !== null;
}

type Load = NonNullable<RehearsedSecond["load"]>;

function judgeShare(most: number, window: Window, badIn: (load: Load) => number): JudgedWindow {
  const loads = loadsIn(window);
  const bad = sum(loads.map(badIn));
  const ended = sum(loads.map((load) => load.ended));
  if (isJudgedBySeen(window, loads.length)) {
    return ended === 0 ? NOT_KNOWN : { value: bad / ended, breached: bad / ended > most };
  }
  const restPerSecond = Math.max(window.ratePerSecond, ...loads.map((load) => load.ended));
  const least = bad / (ended + (window.lengthS - loads.length) * restPerSecond);
  return least > most ? { value: least, breached: true } : NOT_KNOWN;
}

/**
 * Of each second only its own p99 is known, and the p99 of a window can't be had from those. The worst second is no measure
 * where a second has few requests: its p99 is then its slowest one. So a window is in breach when at least half of its seconds
 * with requests are above the limit, and its value is the (upper) median of their p99. A second in which all that ended had
 * failed is above every limit: nobody had an answer in time.
 */
function judgeLatency(most: number, window: Window): JudgedWindow {
  const loads = loadsIn(window);
  const p99s = loads.flatMap(({ ended, p99Ms }) => (ended === 0 ? [] : (p99Ms ?? Number.POSITIVE_INFINITY)));
  const isWhole = isJudgedBySeen(window, loads.length);
  const good = isWhole ? [] : Array.from({ length: window.lengthS - loads.length }, () => 0);
  const value = upperMedian([...p99s, ...good]);
  if (value === null || (!isWhole && value <= most)) return NOT_KNOWN;
  return { value: Number.isFinite(value) ? value : null, breached: value > most };
}

/** What was counted did drop, however little of the window was seen. */
function judgeDrops(most: number, { seconds }: Window): JudgedWindow {
  const seen = seconds.flatMap((second) => second?.drops ?? []);
  const drops = sum(seen);
  if (drops > most) return { value: drops, breached: true };
  return seen.length > 0 && 2 * seen.length >= seconds.length ? { value: drops, breached: false } : NOT_KNOWN;
}

function loadsIn({ seconds }: Window): Load[] {
  return seconds.flatMap((second) => second?.load ?? []);
}

function isJudgedBySeen({ seconds, lengthS }: Window, seen: number): boolean {
  return seconds.length === lengthS && 2 * seen >= lengthS;
}

/** Above a limit exactly when at least half of the values are. */
function upperMedian(values: readonly number[]): number | null {
  return sorted(values)[Math.floor(values.length / 2)] ?? null;
}
