/** What one SLO says of one window of seconds. */
import type { RehearsedSecond, Slo } from "../../result/rehearsal.ts";
import { sum } from "../samples.ts";

/** A second of the stage; null: nobody told of it. */
export type Second = RehearsedSecond | null;

export interface JudgedWindow {
  /** A share, or packets; null: nothing to be judged. */
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
  /** Most packets a second that are dropped without the load as well. */
  readonly idlePerSecond: number;
}

const NOT_KNOWN: JudgedWindow = { value: null, breached: null };

/** What a p99 leaves: one in a hundred may take longer than it, or have no good answer at all. */
const OVER_P99 = 0.01;

/**
 * A whole window of which at least half was seen is judged by what was seen. One that reaches back before the load, or was
 * seen in less than half, can only be in breach: if it would be even with all the rest good, at the stage's full rate.
 */
export function judgeWindow(slo: Slo, window: Window): JudgedWindow {
  return slo.kind === "drops" ? judgeDrops(slo.most, window) : judgeShare(slo, window);
}

/** Whether all who could tell of this second did. */
export function tellsAll(slo: Slo, second: Second): boolean {
  if (slo.kind === "drops") return second !== null && second.drops !== null;
  return toldBy(slo, second) !== null && second?.load?.toldShare === 1;
}

/** Requests that ended, and those of them that an SLO calls bad. */
export interface Told {
  readonly ended: number;
  readonly bad: number;
}

/** What a second tells of an SLO on requests; null: nothing. */
export function toldBy(slo: Slo, second: Second): Told | null {
  if (!second?.load) return null;
  const { ended, failed, status5xx, overLimit } = second.load;
  const bad = badIn(slo, { failed, status5xx, overLimit });
  return bad === null ? null : { ended, bad };
}

/** Null: nobody counted it. What has no good answer was not fast either. */
export function badIn(
  { kind, name }: Slo,
  counts: {
    readonly failed: number;
    readonly status5xx: number;
    readonly overLimit: Readonly<Record<string, number>>;
  },
): number | null {
  switch (kind) {
    case "failed-share":
      return counts.failed;
    case "status-5xx-share":
      return counts.status5xx;
    case "latency-p99-ms": {
      const slow = counts.overLimit[name];
      return slow === undefined ? null : counts.failed + slow;
    }
    case "drops":
      return null;
  }
}

/** Most of the requests of a window that an SLO lets be bad. A p99 is a share as well: percentiles can't be added up, counts can. */
export function mostShare({ kind, most }: Slo): number {
  return kind === "latency-p99-ms" ? OVER_P99 : most;
}

function judgeShare(slo: Slo, window: Window): JudgedWindow {
  const told = window.seconds.flatMap((second) => toldBy(slo, second) ?? []);
  const bad = sum(told.map((each) => each.bad));
  const ended = sum(told.map((each) => each.ended));
  const most = mostShare(slo);
  if (isJudgedBySeen(window, told.length)) {
    return ended === 0 ? NOT_KNOWN : { value: bad / ended, breached: bad / ended > most };
  }
  const restPerSecond = Math.max(window.ratePerSecond, ...told.map((each) => each.ended));
  const least = bad / (ended + (window.lengthS - told.length) * restPerSecond);
  return least > most ? { value: least, breached: true } : NOT_KNOWN;
}

/** What was counted did drop, however little of the window was seen. */
function judgeDrops(most: number, { seconds, idlePerSecond }: Window): JudgedWindow {
  const seen = seconds.flatMap((second) => (second?.drops == null ? [] : [second]));
  const background = sum(seen.map((second) => second.background ?? 0));
  const ours = sum(seen.map((second) => (second.drops ?? 0) - (second.background ?? 0)));
  const drops = ours + Math.max(0, background - Math.floor(idlePerSecond * seen.length));
  if (drops > most) return { value: drops, breached: true };
  return seen.length > 0 && 2 * seen.length >= seconds.length ? { value: drops, breached: false } : NOT_KNOWN;
}

function isJudgedBySeen({ seconds, lengthS }: Window, seen: number): boolean {
  return seconds.length === lengthS && 2 * seen >= lengthS;
}
