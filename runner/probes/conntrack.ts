import { z } from "zod";
import type { Agents } from "./agents.ts";

/** The mark on every entry that we put into a table ourselves ("pw"), by which only they are removed again. */
export const PREFILL_MARK = 0x7077;

const prefilled = z.object({ created: z.number(), entries: z.number(), seconds: z.number() });
const flushed = z.object({ removed: z.number(), entries: z.number() });
const counted = z.object({ entries: z.number(), limit: z.number() });

/** Puts `count` assured TIME_WAIT entries into a node's table; they match no real traffic. */
export async function prefillConntrack(agents: Agents, node: string, count: number, timeoutS: number): Promise<number> {
  const args = ["conntrack", "prefill", "--count", String(count), "--timeout-s", String(timeoutS)];
  const output = await agents.run(node, [...args, "--state", "time-wait", "--mark", String(PREFILL_MARK)]);
  return prefilled.parse(JSON.parse(output)).created;
}

/** Removes our prefilled entries and those of connections to `addresses`, and nobody else's; gives what is left. */
export function flushConntrack(agents: Agents, node: string, addresses: readonly string[]): Promise<number> {
  return flushConntrackLater(agents, node, addresses, 0);
}

/** The same, ordered now and done by the agent itself after `afterMs`, however full the table is by then. */
export async function flushConntrackLater(
  agents: Agents,
  node: string,
  addresses: readonly string[],
  afterMs: number,
): Promise<number> {
  const destinations = addresses.length > 0 ? ["--dst", addresses.join(",")] : [];
  const when = afterMs > 0 ? ["--after-ms", String(afterMs)] : [];
  const args = ["conntrack", "flush", "--mark", String(PREFILL_MARK), ...destinations, ...when];
  const output = await agents.run(node, args, { timeoutMs: afterMs + 60_000 });
  return flushed.parse(JSON.parse(output)).entries;
}

export async function countConntrack(agents: Agents, node: string): Promise<{ entries: number; limit: number }> {
  return counted.parse(JSON.parse(await agents.run(node, ["conntrack", "count"])));
}
