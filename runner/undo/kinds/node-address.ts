import { z } from "zod";
import type { Agents } from "../../probes/agents.ts";
import { attemptEach } from "../attempt-each.ts";
import { onPresentNodes } from "../present-nodes.ts";
import { changeKind } from "./kind.ts";

/** An address given to a node's network namespace, and to be taken back. */
export const nodeAddress = changeKind({
  name: "node-address",
  schema: z.object({ change: z.literal("node-address"), node: z.string(), address: z.string() }),
  thing: ({ node, address }) => `${node} ${address}`,
  undoing: "Taking back the nodes' addresses",
  async undo(target, changes) {
    await onPresentNodes(target, changes, (agents, reached) =>
      attemptEach(reached, ({ node, address }) => removeNodeAddress(agents, node, address)),
    );
  },
});

/**
 * Gives a node's network namespace an address of its own (on its loopback device, found again by its label).
 * @throws EnvironmentError if somebody else has the address there
 */
export async function addNodeAddress(agents: Agents, node: string, address: string): Promise<void> {
  await agents.run(node, ["address", "add", "--address", address]);
}

/** Takes it back, if it is there and ours. */
export async function removeNodeAddress(agents: Agents, node: string, address: string): Promise<void> {
  await agents.run(node, ["address", "remove", "--address", address]);
}
