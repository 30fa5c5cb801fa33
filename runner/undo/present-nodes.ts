import type { Agents } from "../probes/agents.ts";

/** What was changed on nodes that still are in the cluster: with a node that left it, its changes went too. */
export function onPresentNodes<T extends { readonly node: string }>(agents: Agents, changes: readonly T[]): T[] {
  return changes.filter(({ node }) => agents.nodes.includes(node));
}
