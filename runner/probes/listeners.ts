import { z } from "zod";
import { readDocument } from "../json-document.ts";
import type { Agents } from "./agents.ts";

const queues = z.array(z.object({ in: z.string(), port: z.number(), most: z.number(), waiting: z.number() }));
/** The listen queue of one socket: in which place it is, how long it may grow, and how many wait in it. */
export type ListenQueueAnswer = z.infer<typeof queues>[number];

/** Of the node's own network namespace and of these pods' on it; a pod that has ended is left out. */
export async function listenQueues(
  agents: Agents,
  node: string,
  uids: readonly string[],
): Promise<ListenQueueAnswer[]> {
  const args = uids.length === 0 ? [] : ["--pods", uids.join(",")];
  const output = await agents.run(node, ["listeners", ...args], { repeatable: true });
  return readDocument(`agent listeners on node ${node}`, output, queues);
}
