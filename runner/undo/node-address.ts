import type { Agents } from "../probes/agents.ts";

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
