import { suiteByName } from "./suite-by-name.ts";
import { tuningEntry } from "./tuning-entry.ts";

/**
 * The command that shows, on a cluster, what a tuning does there; null: no suite stages it.
 * @param target words that name the cluster
 */
export async function experimentCommand(
  tuned: string,
  flags: readonly string[],
  target: readonly string[],
): Promise<string | null> {
  const { suites, nodeChange } = await tuningEntry(tuned);
  const [name] = suites;
  if (name === undefined) return null;
  const plan = suiteByName(name).plan("quick");
  const reaches = nodeChange !== null || plan.nodeChange !== undefined || plan.loadReach !== undefined;
  const words = ["packetwalk compare", name, `--tuned ${tuned}`, "--quick", ...flags, ...target];
  return [...words, ...(reaches ? ["--allow-node-changes"] : [])].join(" ");
}

/** The same for several, asked for once. */
export async function experimentCommands(
  tunings: readonly string[],
  target: readonly string[],
): Promise<(tuning: string) => string | null> {
  const known = new Map(
    await Promise.all(tunings.map(async (name) => [name, await experimentCommand(name, [], target)] as const)),
  );
  return (tuning) => known.get(tuning) ?? null;
}
