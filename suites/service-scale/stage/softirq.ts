import { setTimeout as sleep } from "node:timers/promises";
import type { Agents } from "../../../runner/probes/agents.ts";
import { readProxyCost } from "./rules.ts";

/** The client's kernel's softirq time during a load; null: it does not tell. */
export async function softirqMsDuring(
  agents: Agents,
  node: string,
  {
    startUnixMs,
    loadMs,
    signal,
  }: { readonly startUnixMs: number; readonly loadMs: number; readonly signal: AbortSignal },
): Promise<number | null> {
  const until = (unixMs: number) => sleep(Math.max(0, unixMs - Date.now()), undefined, { signal });
  await until(startUnixMs);
  const before = (await readProxyCost(agents, node)).softirqMs;
  await until(startUnixMs + loadMs);
  const after = (await readProxyCost(agents, node)).softirqMs;
  return before === null || after === null ? null : after - before;
}
