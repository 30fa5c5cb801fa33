/** Pure: what stands in a tuning's way, in one sentence wherever it is told. */
import type { Because } from "./judge.ts";

const NAMED = 4;

/** "kubelet of node a: allows no unsafe sysctls, and net.core.somaxconn is unsafe" */
export function becauseWords({ by, says, nodes }: Because): string {
  if (nodes === null) return `${by}: ${says}`;
  const more = nodes.length > NAMED ? ` and ${nodes.length - NAMED} more` : "";
  return `${by} of node${nodes.length === 1 ? "" : "s"} ${nodes.slice(0, NAMED).join(", ")}${more}: ${says}`;
}

/** Those that say the same of several things come together, in the order of the first of each. */
export function bySame<T>(all: readonly T[], sayOf: (each: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const each of all) {
    const said = sayOf(each);
    groups.set(said, [...(groups.get(said) ?? []), each]);
  }
  return [...groups.values()];
}
