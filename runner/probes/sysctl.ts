import { z } from "zod";
import { readDocument } from "../json-document.ts";
import type { Agents } from "./agents.ts";

/** Which network namespace a sysctl is read or written in: the machine's first, the node's, or one pod's. */
export type SysctlPlace = "kernel" | "node" | `pod:${string}`;

export interface SysctlRequest {
  readonly key: string;
  readonly in: SysctlPlace;
  readonly set?: string;
  /** What the agent is to put back by itself if its runner dies. */
  readonly before?: string;
  /** With this request the value is put back, or left to somebody else: the agent forgets it. */
  readonly settled?: boolean;
}

const answers = z.array(
  z.object({
    key: z.string(),
    in: z.string(),
    before: z.string().nullable(),
    got: z.string().nullable(),
    error: z.string().nullable(),
  }),
);
export type SysctlAnswer = z.infer<typeof answers>[number];

/** Reads, or sets and reads back, sysctls on one node. A refused write is an answer with `error`, not an exception. */
export async function sysctls(agents: Agents, node: string, requests: SysctlRequest[]): Promise<SysctlAnswer[]> {
  if (requests.length === 0) return [];
  const output = await agents.run(node, ["sysctl"], { stdin: `${JSON.stringify(requests)}\n`, repeatable: true });
  return readDocument(`agent sysctl on node ${node}`, output, answers).map((each) => ({
    ...each,
    before: tidy(each.before),
    got: tidy(each.got),
  }));
}

/** The kernel separates the values of a list by tabs; people write spaces. */
function tidy(value: string | null): string | null {
  return value === null ? null : value.trim().replace(/\s+/g, " ");
}
