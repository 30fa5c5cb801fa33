import type { Found, KubeconfigParts } from "./read-file.ts";

/** Pure: several kubeconfigs as kubectl merges them: of each name the first counts, and so does the first current-context. */
export function merged(files: readonly KubeconfigParts[]): KubeconfigParts {
  return {
    currentContext: files.find(({ currentContext }) => currentContext !== undefined)?.currentContext,
    contexts: firstOfEach(files.map(({ contexts }) => contexts)),
    clusters: firstOfEach(files.map(({ clusters }) => clusters)),
    users: firstOfEach(files.map(({ users }) => users)),
  };
}

function firstOfEach(maps: readonly ReadonlyMap<string, Found>[]): ReadonlyMap<string, Found> {
  return new Map(maps.toReversed().flatMap((map) => [...map]));
}
