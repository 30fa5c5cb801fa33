import { PassThrough } from "node:stream";
import { z } from "zod";
import { readDocument } from "../json-document.ts";
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
  return readDocument(`agent conntrack on node ${node}`, output, prefilled).created;
}

/** Removes our prefilled entries and those of connections to `addresses`, and nobody else's; gives what is left. */
export function flushConntrack(agents: Agents, node: string, addresses: readonly string[]): Promise<number> {
  return flush(agents, node, addresses, [], { repeatable: true });
}

/** Removes the entries of connections that these addresses opened, and nobody else's; gives what is left. */
export async function flushSources(agents: Agents, node: string, sources: readonly string[]): Promise<number> {
  const args = ["conntrack", "flush", "--src", sources.join(",")];
  return readDocument(`agent conntrack on node ${node}`, await agents.run(node, args, { repeatable: true }), flushed)
    .entries;
}

export interface OrderedFlush {
  /** By a connection that there is already: a full table drops new ones only. */
  now(): void;
  /** Entries left after it. */
  readonly entries: Promise<number>;
}

/** The same, ordered now and done when told to; after `latestMs` the agent does it by itself. */
export function orderFlush(agents: Agents, node: string, addresses: readonly string[], latestMs: number): OrderedFlush {
  const orders = new PassThrough();
  const when = ["--after-ms", String(latestMs), "--until-told"];
  const entries = flush(agents, node, addresses, when, { timeoutMs: latestMs + 60_000, stdin: orders });
  entries.catch(() => undefined); // until it is awaited it must not end the process
  return { now: () => orders.write("\n"), entries };
}

async function flush(
  agents: Agents,
  node: string,
  addresses: readonly string[],
  when: readonly string[],
  options: Parameters<Agents["run"]>[2],
): Promise<number> {
  const destinations = addresses.length > 0 ? ["--dst", addresses.join(",")] : [];
  const args = ["conntrack", "flush", "--mark", String(PREFILL_MARK), ...destinations, ...when];
  return readDocument(`agent conntrack on node ${node}`, await agents.run(node, args, options), flushed).entries;
}

export async function countConntrack(agents: Agents, node: string): Promise<{ entries: number; limit: number }> {
  const output = await agents.run(node, ["conntrack", "count"], { repeatable: true });
  return readDocument(`agent conntrack on node ${node}`, output, counted);
}
