import type { AskedTuning } from "../preflight/here/here.ts";
import { stagedKinds, stagedTuning } from "./tuning-entry.ts";

/** Tunings by their names and folders, with what each asks of a cluster. @throws UsageError where there is none */
export async function askedTunings(words: readonly string[]): Promise<AskedTuning[]> {
  const kinds = await stagedKinds();
  return Promise.all(
    [...new Set(words)].map(async (word) => {
      const { tuning, typed, suites, about, asks } = stagedTuning(word, kinds);
      return { tuning, typed, title: about.title, claim: about.claim, suites, asks: await asks() };
    }),
  );
}
