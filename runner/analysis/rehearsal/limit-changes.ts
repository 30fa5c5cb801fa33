/** Connection tables whose limit somebody changed while they were rehearsed: what was held with one limit says nothing of the other. */
import type { RehearsedStage } from "../../result/rehearsal.ts";
import { number } from "./sentences.ts";

export interface LimitChange {
  /** "node worker-1" */
  readonly where: string;
  /** Entries, in the order in which they were seen, each but once. */
  readonly limits: readonly number[];
}

/** @param stages in the order in which they ran */
export function limitChanges(stages: readonly RehearsedStage[]): LimitChange[] {
  const seen = new Map<string, Set<number>>();
  for (const { where, counter, limit, limitBefore } of stages.flatMap(({ readings }) => readings)) {
    if (counter !== "conntrackEntries") continue;
    const limits = seen.get(where) ?? new Set();
    for (const each of [limitBefore, limit]) if (each !== undefined && each !== null) limits.add(each);
    seen.set(where, limits);
  }
  return [...seen].filter(([, limits]) => limits.size > 1).map(([where, limits]) => ({ where, limits: [...limits] }));
}

export function limitSentences(changes: readonly LimitChange[]): string[] {
  return changes.map(
    ({ where, limits }) =>
      `Somebody changed the limit of the connection table on ${where} meanwhile (${limits.map(number).join(", then ")} entries): what was found holds for none of them. Rehearse again once it stays.`,
  );
}
