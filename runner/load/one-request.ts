import { z } from "zod";
import { readDocument } from "../json-document.ts";

/** Where a request goes. */
export interface Target {
  readonly name: string;
  readonly address: string;
  readonly host: string;
  readonly path: string;
}

/** For an answer. */
const TIMEOUT_MS = 3_000;
const Report = z.object({ outcomes: z.record(z.string(), z.number()) });

/**
 * One request by the agent's own load generator.
 * @param run runs an agent where the request is to come from, and gives what it prints
 * @returns what it ended as, as a load's outcomes are called
 */
export async function oneRequest(
  run: (args: string[], stdin: string) => Promise<string>,
  { address, host, path }: Omit<Target, "name">,
): Promise<string> {
  const spec = {
    target: { address, host, path },
    stages: [{ durationMs: 10, fromPerSecond: 100, toPerSecond: 100 }],
    timeoutMs: TIMEOUT_MS,
    maxInFlight: 1,
  };
  const output = await run(["flood", "--no-gate", "--spec", "-"], JSON.stringify(spec));
  const { outcomes } = readDocument("agent flood", output, Report);
  return Object.entries(outcomes).find(([, count]) => count > 0)?.[0] ?? "nothing was sent";
}
