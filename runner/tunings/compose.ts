/** Several tunings as one arm. Pure. */
import { UsageError } from "../errors.ts";
import type { Tuning } from "./tuning.ts";

/**
 * The tunings from left to right, each once.
 * @param option that named them, for what is wrong
 * @throws UsageError if two of one name are not the same, or two set one thing to different values
 */
export function composed<T extends Tuning>(tunings: readonly T[], option: string): T[] {
  const all = new Map<string, T>();
  for (const tuning of tunings) {
    const there = all.get(tuning.name);
    if (there && !isSame(there, tuning))
      throw new UsageError(
        `${option}: ${placeOf(there)} and ${placeOf(tuning)} are both called ${tuning.name}; give one of them another name`,
      );
    all.set(tuning.name, there ?? tuning);
  }
  assertAgreed([...all.values()], option);
  return [...all.values()];
}

function assertAgreed(tunings: readonly Tuning[], option: string): void {
  const set = new Map<string, { readonly by: Tuning; readonly value: string }>();
  for (const tuning of tunings) {
    for (const { what, value } of tuning.sets) {
      const there = set.get(what);
      if (there && there.value !== value)
        throw new UsageError(
          `${option}: ${there.by.name} sets ${what} to ${there.value}, and ${tuning.name} to ${value}; leave one of them out`,
        );
      set.set(what, there ?? { by: tuning, value });
    }
  }
}

function isSame(a: Tuning, b: Tuning): boolean {
  return a.folder?.sha256 === b.folder?.sha256;
}

function placeOf({ folder }: Tuning): string {
  return folder?.path ?? "one of the catalogue";
}
