import { waitFor } from "../../../../runner/cluster/wait.ts";
import { EnvironmentError, reasonOf } from "../../../../runner/errors.ts";
import { oneRequest } from "../../../../runner/load/one-request.ts";
import type { Agents } from "../../../../runner/probes/agents.ts";

/** Where a path's load goes. */
export interface Entry {
  readonly name: string;
  readonly address: string;
  readonly host: string;
  readonly urlPath: string;
}

/**
 * Returns when one request from each node's agent was answered with 200.
 * @throws EnvironmentError after a minute, with what came instead
 */
export async function awaitAnswer(agents: Agents, entry: Entry, signal?: AbortSignal): Promise<void> {
  let outcome = "";
  const left = new Set(agents.nodes);
  await waitFor(
    `an answer through path ${entry.name}`,
    async () => {
      for (const node of left) {
        outcome = await ask((args, stdin) => agents.run(node, args, { stdin, signal }), entry);
        if (outcome !== "ok") {
          outcome = `from node ${node}: ${outcome}`;
          return undefined;
        }
        left.delete(node);
      }
      return true;
    },
    { timeoutMs: 60_000, describe: () => outcome, signal },
  );
}

/** What it ended as, or why none was sent. */
async function ask(run: (args: string[], stdin: string) => Promise<string>, entry: Entry): Promise<string> {
  try {
    return await oneRequest(run, { ...entry, path: entry.urlPath });
  } catch (error) {
    if (error instanceof EnvironmentError) return reasonOf(error);
    throw error;
  }
}
