/** Whether a tuning arrived: its value read back where it has to act, not where it was written. */
import type { Arrival } from "../result/tuning.ts";

export interface PlaceReadBack {
  /** Which kind of place this is, in the words of the tuning's `actsIn` ("node", "web pods", …). */
  readonly place: string;
  /** The place itself: a node's or pod's name. */
  readonly where: string;
  readonly wanted: string;
  /** Null: it could not be read, or does not exist there. */
  readonly got: string | null;
}

export interface WriteOutcome {
  readonly where: string;
  /** Null: the write was accepted. */
  readonly error: string | null;
}

/**
 * - `not-applicable`: there is no place here in which it could act;
 * - `arrived` / `partly`: all / some of the places where it must act have it;
 * - `refused`: none has it, and writing it failed;
 * - `never-arrived`: it was accepted where it was written, but none of the places where it must act has it.
 */
export function arrivalOf(facts: {
  readonly writes: readonly WriteOutcome[];
  readonly readBacks: readonly PlaceReadBack[];
  readonly actsIn: string;
}): Arrival {
  const acting = facts.readBacks.filter((readBack) => readBack.place === facts.actsIn);
  if (acting.length === 0) return "not-applicable";
  const having = acting.filter(hasValue).length;
  if (having === acting.length) return "arrived";
  if (having > 0) return "partly";
  return facts.writes.some((write) => write.error !== null) ? "refused" : "never-arrived";
}

/** The kernel prints ranges with tabs ("1024\t65535") where people type blanks. */
export function hasValue({ wanted, got }: { readonly wanted: string; readonly got: string | null }): boolean {
  return got !== null && tidy(got) === tidy(wanted);
}

function tidy(value: string): string {
  return value.trim().replace(/\s+/g, " ");
}
