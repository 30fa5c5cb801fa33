import { EnvironmentError } from "../errors.ts";
import type { Agents } from "../probes/agents.ts";
import type { UndoTarget } from "./kinds/kind.ts";

/**
 * Undoes what was changed on nodes that still are in the cluster and can be reached. With a node that left it, its changes
 * went too, which is told.
 * @param undo gets those that can be undone now
 * @throws EnvironmentError afterwards, if others are on nodes that can't be reached
 */
export async function onPresentNodes<T extends { readonly node: string }>(
  target: UndoTarget,
  changes: readonly T[],
  undo: (agents: Agents, changes: readonly T[]) => Promise<void>,
): Promise<void> {
  const present = await target.nodes();
  const gone = changes.filter(({ node }) => !present.includes(node));
  if (gone.length > 0) {
    target.tell(
      `What was changed on ${nodesOf(gone).join(", ")} has gone with it: the cluster has no such node any more.`,
    );
  }
  const there = changes.filter(({ node }) => present.includes(node));
  if (there.length === 0) return;
  const agents = await target.agents(nodesOf(there));
  await undo(
    agents,
    there.filter(({ node }) => agents.nodes.includes(node)),
  );
  const unreached = there.filter(({ node }) => !agents.nodes.includes(node));
  if (unreached.length > 0) {
    throw new EnvironmentError(
      `no agent runs on ${nodesOf(unreached).join(", ")}, so what was changed there is not put back`,
    );
  }
}

function nodesOf(changes: readonly { readonly node: string }[]): string[] {
  return [...new Set(changes.map(({ node }) => node))].sort();
}
