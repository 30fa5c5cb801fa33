import { UsageError } from "../errors.ts";
import { catalogueNames, isFolderPath } from "./catalogue.ts";
import type { TuningKind } from "./kinds/kind.ts";
import { type FoundTuning, findTuning } from "./read.ts";
import type { Tuning } from "./tuning.ts";

/** Whoever stages tunings of some kinds. */
export interface StagesKinds<T extends Tuning> {
  readonly name: string;
  /** Loads late: schemas come with it. */
  kinds(): Promise<readonly TuningKind<T>[]>;
}

/**
 * Reads tunings, each as the kind that the suite takes it for.
 * @throws UsageError naming the first that it can't stage, with what it can
 */
export async function stagedTunings<T extends Tuning>(
  suite: StagesKinds<T>,
  words: readonly string[],
  option: string,
): Promise<T[]> {
  const kinds = await suite.kinds();
  return words.map((word) => {
    const found = findTuning(word);
    const kind = kinds.find(({ name }) => name === found.kind);
    if (kind) return found.as(kind).tuning;
    throw cantStage(suite.name, word, found, names(kinds), option);
  });
}

function cantStage(suite: string, word: string, found: FoundTuning, kinds: readonly string[], option: string): Error {
  const staged = catalogueNames().filter((name) => kinds.includes(findTuning(name).kind));
  const instead = `it stages ${kinds.join(", ")}: ${staged.join(", ")}`;
  // In a file of the user's own the kind may be what is wrong.
  if (isFolderPath(word)) return found.wrongKind(`${suite} can't stage "${found.kind}"; ${instead}`);
  return new UsageError(`${option}: ${suite} can't stage ${word}, which is of kind ${found.kind}; ${instead}`);
}

function names(kinds: readonly { readonly name: string }[]): string[] {
  return kinds.map(({ name }) => name);
}
