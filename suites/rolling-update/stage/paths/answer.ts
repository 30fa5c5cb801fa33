import { z } from "zod";
import { waitFor } from "../../../../runner/cluster/wait.ts";
import { EnvironmentError, reasonOf } from "../../../../runner/errors.ts";
import { readDocument } from "../../../../runner/json-document.ts";
import type { Agents } from "../../../../runner/probes/agents.ts";

const Report = z.object({ outcomes: z.record(z.string(), z.number()) });

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

/** One request by the agent's own load generator; what it ended as. */
async function ask(run: (args: string[], stdin: string) => Promise<string>, entry: Entry): Promise<string> {
  const spec = {
    target: { address: entry.address, host: entry.host, path: entry.urlPath },
    stages: [{ durationMs: 10, fromPerSecond: 100, toPerSecond: 100 }],
    timeoutMs: 3_000,
    maxInFlight: 1,
  };
  try {
    const output = await run(["flood", "--no-gate", "--spec", "-"], JSON.stringify(spec));
    const { outcomes } = readDocument("agent flood", output, Report);
    return Object.entries(outcomes).find(([, count]) => count > 0)?.[0] ?? "nothing was sent";
  } catch (error) {
    if (error instanceof EnvironmentError) return reasonOf(error);
    throw error;
  }
}
