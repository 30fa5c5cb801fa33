import { type Agents, areThere, type MaybeAgents } from "../../probes/agents.ts";
import { countConntrack, flushConntrack } from "../../probes/conntrack.ts";
import type { VoidReason } from "../../result/reasons.ts";
import type { OthersEntries } from "./others-entries.ts";
import type { Unflushed } from "./unflushed.ts";

const ATTEMPTS = 5;

export interface Drained {
  /** For the report. */
  readonly method: string;
  readonly seconds: number;
  /** Entries left, per node. */
  readonly entries: Readonly<Record<string, number>>;
  /** Why the next block would not start clean; empty if it does. */
  readonly problems: readonly VoidReason[];
}

interface ToDrain {
  /** Waits for entries that are nobody's here. */
  readonly others: OthersEntries;
  /** Waits for our own, where no agent is there to remove them. */
  readonly unflushed: Unflushed;
  readonly signal: AbortSignal;
  /** Whose connections' entries go. */
  readonly addresses: readonly string[];
  /** Share of its limit that a drained table may have in use. */
  readonly mostShare: number;
  readonly method: string;
}

const NOT_FLUSHED =
  "nothing was flushed, since no agents run on the nodes: connection tables may still have entries of the block before, half of a usual table at most; new load pods, so other source addresses and no TIME_WAIT sockets";

/**
 * Removes what the block before left in the nodes' tables (our prefill and the connections to `addresses`), and
 * checks that it is gone; what other people's connections left is waited for. TIME_WAIT sockets need no draining: every block has new load pods. Without agents nothing is
 * removed: it is waited for, and it says so.
 */
export async function drain(agents: MaybeAgents, asked: ToDrain): Promise<Drained> {
  const { method, others, unflushed, signal } = asked;
  if (!areThere(agents)) {
    const seconds = await unflushed.waitOut(signal);
    return { method: NOT_FLUSHED, seconds, entries: {}, problems: [] };
  }
  const started = Date.now();
  const drainAll = () => Promise.all(agents.nodes.map((node) => drainNode(agents, node, asked)));
  let results: Awaited<ReturnType<typeof drainAll>> = [];
  await others.waitUntilGone(async () => {
    results = await drainAll();
    return results.map(({ entries, allowed }) => Math.max(0, entries - allowed)).reduce((a, b) => a + b, 0);
  }, signal);
  return {
    method,
    seconds: (Date.now() - started) / 1000,
    entries: Object.fromEntries(results.map((result) => [result.node, result.entries])),
    problems: results
      .filter(({ entries, allowed }) => entries > allowed)
      .map((left) => ({ kind: "not-drained", ...left })),
  };
}

async function drainNode(agents: Agents, node: string, { addresses, mostShare }: ToDrain) {
  const { limit } = await countConntrack(agents, node);
  const allowed = Math.round(limit * mostShare);
  let entries = await flushConntrack(agents, node, addresses);
  for (let attempt = 1; attempt < ATTEMPTS && entries > allowed; attempt++) {
    entries = await flushConntrack(agents, node, addresses);
  }
  return { node, allowed, entries };
}
