import type { IModule } from "dependency-cruiser";

/** What leads into the tree besides suites: commands, and programs, which have entries of their own. */
const OTHER_ENTRY = /^(runner\/cli\/main\.ts$|reports\/write-schema\.ts$|programs\/)/;
/** What must have more users than one suite. */
const SHARED = /^(runner|reports)\/.*\.ts$/;

export interface Reach {
  /** For each suite, what nothing but this suite leads to. */
  readonly alone: ReadonlyMap<string, readonly string[]>;
  /** What neither a suite nor another entry leads to. */
  readonly unreached: readonly string[];
}

type Imports = ReadonlyMap<string, readonly string[]>;

/** Follows imports, late ones and types among them. */
export function reachOf(modules: readonly IModule[]): Reach {
  const imports: Imports = new Map(
    modules.map(({ source, dependencies }) => [source, dependencies.map(({ resolved }) => resolved)]),
  );
  const names = [...imports.keys()].sort();
  const suites = [...new Set(names.flatMap((name) => suiteOf(name) ?? []))];
  // Commands reach every suite through the registry, but what a suite then needs is needed by that suite alone.
  const byOthers = closure((name) => OTHER_ENTRY.test(name), imports, [undefined]);
  // Through another suite leads no way that is allowed; to follow it would hide what this suite alone reaches.
  const bySuite = new Map(
    suites.map((suite) => [suite, closure((name) => suiteOf(name) === suite, imports, [undefined, suite])]),
  );

  const alone = new Map<string, string[]>(suites.map((suite) => [suite, []]));
  const unreached: string[] = [];
  for (const name of names) {
    if (!SHARED.test(name) || byOthers.has(name)) continue;
    const [first, ...others] = suites.filter((suite) => bySuite.get(suite)?.has(name));
    if (first === undefined) unreached.push(name);
    else if (others.length === 0) alone.get(first)?.push(name);
  }
  return { alone, unreached };
}

function suiteOf(path: string): string | undefined {
  return /^suites\/([^/]+)\//.exec(path)?.[1];
}

/** All that some modules lead to, through files of these suites (undefined: of none) only. */
function closure(
  isStart: (name: string) => boolean,
  imports: Imports,
  through: readonly (string | undefined)[],
): ReadonlySet<string> {
  const seen = new Set([...imports.keys()].filter(isStart));
  // A set's loop also comes to what is added while it runs.
  for (const name of seen)
    for (const next of imports.get(name) ?? []) if (through.includes(suiteOf(next))) seen.add(next);
  return seen;
}
