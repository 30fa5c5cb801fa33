import type { Cluster } from "../../cluster/cluster.ts";
import { EnvironmentError, reasonOf } from "../../errors.ts";
import type { Agents } from "../../probes/agents.ts";
import { AgentsRefused } from "../../probes/agents-refused.ts";
import type { Peer } from "../../probes/round-trip.ts";
import type { Inside, NodeInside } from "../inside/state.ts";
import { readOnNode } from "./on-node.ts";

/** Nodes that have an agent at a time. */
export const AT_ONCE = 8;

interface Turns {
  readonly update: (detail: string) => void;
  readonly signal: AbortSignal;
  /** To which the way from this node is measured. */
  readonly peersOf: (node: string) => readonly Peer[];
  /** Has agents on these nodes while `work` lasts; on some of them where not all can be had. */
  withAgents<T>(nodes: readonly string[], work: (agents: Agents) => Promise<T>): Promise<T>;
}

type Read = Pick<Inside, "nodes" | "failed">;

/**
 * Looks into nodes, some at a time; one that fails hides no other.
 * @throws EnvironmentError where no node could be looked into: what kept the first ones
 */
export async function readByTurns(cluster: Cluster, nodes: readonly string[], turns: Turns): Promise<Read> {
  const read: Read[] = [];
  let trouble: EnvironmentError | undefined;
  for (let from = 0; from < nodes.length; from += AT_ONCE) {
    const some = nodes.slice(from, from + AT_ONCE);
    turns.update(`${some.join(", ")} (${from + some.length} of ${nodes.length})`);
    try {
      read.push(await turns.withAgents(some, (agents) => readTurn(cluster, agents, some, turns)));
    } catch (error) {
      turns.signal.throwIfAborted();
      if (!(error instanceof EnvironmentError)) throw error;
      trouble ??= error;
      // Who refuses them once, does so on each node.
      if (error instanceof AgentsRefused && read.every((turn) => turn.nodes.length === 0)) break;
      read.push({ nodes: [], failed: some.map((name) => ({ name, because: reasonOf(error) })) });
    }
  }
  const looked = read.flatMap((turn) => turn.nodes);
  if (looked.length === 0 && trouble) throw trouble;
  return { nodes: looked, failed: read.flatMap(({ failed }) => failed) };
}

async function readTurn(
  cluster: Cluster,
  agents: Agents,
  nodes: readonly string[],
  { signal, peersOf }: Pick<Turns, "signal" | "peersOf">,
): Promise<Read> {
  const each = await Promise.all(
    nodes.map(async (name): Promise<NodeInside | Inside["failed"][number]> => {
      if (!agents.nodes.includes(name)) return { name, because: "no agent came up there in time" };
      try {
        return await readOnNode(cluster, agents, name, peersOf(name), signal);
      } catch (error) {
        signal.throwIfAborted();
        return { name, because: reasonOf(error) };
      }
    }),
  );
  return {
    nodes: each.flatMap((read) => ("sysctls" in read ? [read] : [])),
    failed: each.flatMap((read) => ("because" in read ? [read] : [])),
  };
}
