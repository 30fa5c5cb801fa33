import type { VoidBlock } from "../runs/found.ts";

/** Who put all back: the run itself, `packetwalk restore`, what the cluster has for that; null: nobody did. */
export type HealedBy = "run" | "restore" | "cluster" | null;

/** What became of one run that a fault hit. */
export interface Outcome {
  readonly fault: string;
  /** What was done to it, when. */
  readonly did: string;
  readonly suite: string;
  readonly arms: readonly [baseline: string, tuned: string];
  /** The exit code, or the signal. */
  readonly exit: number | string;
  readonly verdict: string | null;
  /** Its last words, where it had no verdict. */
  readonly refusal: string | null;
  readonly blocksKept: number;
  readonly voided: readonly VoidBlock[];
  /** Blocks that had ended and are not there. */
  readonly lost: number;
  /** What is not as before, in the end. */
  readonly left: readonly string[];
  readonly healedBy: HealedBy;
  /** From the kill to when all was as before, where nobody helped. */
  readonly healedSeconds: number | null;
  readonly problems: readonly string[];
  readonly ok: boolean;
}

export function outcome(known: Omit<Outcome, "ok">): Outcome {
  return { ...known, ok: known.lost === 0 && known.left.length === 0 && known.problems.length === 0 };
}
