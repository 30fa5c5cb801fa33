/** Which run comes next, so that what is there already is added to: suites in turn, and half of the runs with a hog. */
import type { Line } from "./line.ts";

export interface Next {
  readonly suite: string;
  readonly hog: boolean;
}

export interface Wanted {
  readonly suites: readonly string[];
  /** In all, those of earlier sessions included. */
  readonly runs: number;
  /** Every second one with a hog; else none. */
  readonly hog: boolean;
}

/** Runs that count towards what is wanted: those that told a verdict, on these suites. */
export function counting(lines: readonly Line[], { suites, hog }: Pick<Wanted, "suites" | "hog">): Line[] {
  return lines.filter((line) => line.verdict !== null && suites.includes(line.suite) && (hog || !line.hog));
}

/** Null: all that is wanted is there. */
export function nextOf(lines: readonly Line[], wanted: Wanted): Next | null {
  const there = counting(lines, wanted);
  if (there.length >= wanted.runs) return null;
  const hogged = there.filter(({ hog }) => hog).length;
  const hog = wanted.hog && hogged < there.length - hogged;
  const had = (suite: string) => there.filter((line) => line.suite === suite && line.hog === hog).length;
  const [first] = [...wanted.suites].sort((a, b) => had(a) - had(b));
  return first === undefined ? null : { suite: first, hog };
}
