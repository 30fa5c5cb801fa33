import { z } from "zod";
import { readDocument } from "../json-document.ts";
import type { Agents } from "./agents.ts";

const Throttling = z.array(
  z.object({ container: z.string(), periods: z.number(), throttled: z.number(), throttledMs: z.number() }),
);
/** How often the kernel held a container back because of its CPU limit, since it started. */
export type ThrottlingAnswer = z.infer<typeof Throttling>[number];

/** @param containers full ids; one without a process is left out of the answer */
export async function readThrottling(
  agents: Agents,
  node: string,
  containers: readonly string[],
): Promise<ThrottlingAnswer[]> {
  if (containers.length === 0) return [];
  const output = await agents.run(node, ["throttling", "--containers", containers.join(",")], { repeatable: true });
  return readDocument(`agent throttling on node ${node}`, output, Throttling);
}
