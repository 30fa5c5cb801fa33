/** How long a run's blocks will still take, from how long its blocks took. */
import type { Course } from "./state.ts";

export interface TimeLeft {
  /** Where the next look settles it, and the shortest block is typical. */
  readonly leastMs: number;
  /** With all planned rounds, and the longest block. */
  readonly plannedMs: number;
  /** With every round replaced that may be. */
  readonly mostMs: number;
}

/** Null: no block has been measured yet. What comes after the last block is not in it. */
export function timeLeft(course: Course, nowUnixMs: number): TimeLeft | null {
  const took = turnsMs(course);
  if (course.look?.last) return { leastMs: 0, plannedMs: 0, mostMs: 0 };
  if (took.length === 0) return null;
  const { plan, rounds } = course;
  const look = nextLook(course);
  const planned = Math.max(0, plan.plannedRounds - rounds.usable);
  const most = Math.max(0, plan.mostRounds - rounds.ended);
  const least =
    look === null || look.last ? planned : Math.min(planned, Math.max(0, look.afterRounds - rounds.mostUsable));
  const [shortestMs, longestMs] = [Math.min(...took), Math.max(...took)];
  const roundMs = longestMs * turnsARound(course);
  const of = (more: number, turnMs: number) =>
    Math.max(0, turnsIn(course, Math.min(more, most)) * turnMs - elapsedMs(course, nowUnixMs, turnMs));
  // The last round that begins in time is brought to its end.
  const limitMs = plan.endsAtUnixMs === null ? Infinity : Math.max(0, plan.endsAtUnixMs - nowUnixMs) + roundMs;
  const mostMs = Math.min(of(most, longestMs), limitMs);
  const plannedMs = Math.min(of(planned, longestMs), mostMs);
  return { leastMs: Math.min(of(least, shortestMs), plannedMs), plannedMs, mostMs };
}

/** At the last every metric that decides has its rounds, at those before it one is enough; null: nobody looks. */
export function nextLook({ plan: { looksAfterRounds: due }, looks }: Course): NextLook | null {
  const afterRounds = due[Math.min(looks, due.length - 1)];
  return afterRounds === undefined ? null : { afterRounds, last: looks >= due.length - 1 };
}

export interface NextLook {
  /** That count. */
  readonly afterRounds: number;
  readonly last: boolean;
}

/** A turn is what runs at one time: a block, or both of a round that run side by side. */
function turnsARound({ plan: { way } }: Course): number {
  return way === "in-turn" || way === "two-clusters" ? 2 : 1;
}

/** A warm-up tells only while there is nothing better. */
function turnsMs({ blocks }: Course): readonly number[] {
  const seen = blocks.flatMap(({ tookMs, round }) => (tookMs === null ? [] : [{ tookMs, round }]));
  const counted = seen.filter(({ round }) => round > 0);
  return (counted.length > 0 ? counted : seen).map(({ tookMs }) => tookMs);
}

function turnsIn(course: Course, rounds: number): number {
  const { blocks, running } = course;
  const a = turnsARound(course);
  const done = new Set(blocks.filter(({ round }) => round > course.rounds.ended).map(({ role }) => role)).size;
  const warmingUp = running.some(({ round }) => round === 0) ? 1 : 0;
  return rounds === 0 ? warmingUp : warmingUp + rounds * a - Math.min(done, a);
}

function elapsedMs({ running }: Course, nowUnixMs: number, turnMs: number): number {
  const [first] = running;
  return first === undefined ? 0 : Math.min(turnMs, Math.max(0, nowUnixMs - first.startedAtUnixMs));
}
