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

/** Nodes of which the same is to be said stand in one sentence. */
export function limitSentences(changes: readonly LimitChange[]): string[] {
  const places = new Map<string, string[]>();
  for (const { where, limits } of changes) {
    const said = limits.map(number).join(", then ");
    places.set(said, [...(places.get(said) ?? []), where]);
  }
  return [...places].map(
    ([limits, all]) =>
      `Somebody changed the limit of the connection table on ${all.join(", ")} meanwhile (${limits} entries): what was found holds for none of them. Rehearse again once it stays.`,
  );
}
