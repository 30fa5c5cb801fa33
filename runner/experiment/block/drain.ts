import { type Agents, areThere, type MaybeAgents } from "../../probes/agents.ts";
import { countConntrack, flushConntrack } from "../../probes/conntrack.ts";
import type { VoidReason } from "../../result/reasons.ts";

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
  /** Whose connections' entries go. */
  readonly addresses: readonly string[];
  /** Share of its limit that a drained table may have in use. */
  readonly mostShare: number;
  readonly method: string;
}

const NOT_FLUSHED =
  "nothing was flushed, since no agents run on the nodes: connection tables may still have entries of the block before; new load pods, so other source addresses and no TIME_WAIT sockets";

/**
 * Removes what the block before left in the nodes' tables (our prefill and the connections to `addresses`), and
 * checks that it is gone. TIME_WAIT sockets need no draining: every block has new load pods. Without agents nothing is
 * removed, and it says so.
 */
export async function drain(agents: MaybeAgents, { addresses, mostShare, method }: ToDrain): Promise<Drained> {
  if (!areThere(agents)) return { method: NOT_FLUSHED, seconds: 0, entries: {}, problems: [] };
  const started = Date.now();
  const results = await Promise.all(agents.nodes.map((node) => drainNode(agents, node, addresses, mostShare)));
  return {
    method,
    seconds: (Date.now() - started) / 1000,
    entries: Object.fromEntries(results.map((result) => [result.node, result.entries])),
    problems: results
      .filter(({ entries, allowed }) => entries > allowed)
      .map((left) => ({ kind: "not-drained", ...left })),
  };
}

async function drainNode(agents: Agents, node: string, addresses: readonly string[], mostShare: number) {
  const { limit } = await countConntrack(agents, node);
  const allowed = Math.round(limit * mostShare);
  let entries = await flushConntrack(agents, node, addresses);
  for (let attempt = 1; attempt < ATTEMPTS && entries > allowed; attempt++) {
    entries = await flushConntrack(agents, node, addresses);
  }
  return { node, allowed, entries };
}
