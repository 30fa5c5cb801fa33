import { fitNodes, listNodes } from "../cluster/fit-nodes.ts";
import { holdLease } from "../cluster/lease.ts";
import { allowTraffic, createNamespace } from "../cluster/namespace.ts";
import type { Inside } from "../doctor/inside/state.ts";
import { readByTurns } from "../doctor/read/by-turns.ts";
import { chooseNodes } from "../doctor/read/choose-nodes.ts";
import { peersOf } from "../doctor/read/peers.ts";
import type { Seen } from "../doctor/seen.ts";
import { EnvironmentError, reasonOf } from "../errors.ts";
import { removeAgents } from "../probes/agent-pods.ts";
import { reachAgents } from "../probes/agents.ts";
import { AgentsRefused } from "../probes/agents-refused.ts";
import type { Progress } from "../progress.ts";
import { deployKeeper } from "../undo/keeper.ts";
import { deployLentKeeper } from "../undo/keeper-lent.ts";
import { runLife } from "./life.ts";
import { openSession, putBack, type SessionTarget } from "./session.ts";

/** In which an agent has to come up: its image is pulled, and its program fetched. */
const WITHIN_MS = 60_000;

/**
 * Reads on nodes, by agents that are there for as long as that takes; all that is made is journalled, and gone by the end.
 * @param selector labels of the nodes; undefined: nobody said which
 * @returns why there is nothing, where agents can't be had: the rest is told all the same
 */
export async function readByAgents(
  target: SessionTarget,
  selector: Readonly<Record<string, string>> | undefined,
  progress: Progress,
  called: AbortSignal,
): Promise<Seen<Inside>> {
  const session = openSession(target, progress, called);
  const { cluster, changes, lifetime, signal } = session;
  const { run } = cluster;
  try {
    const listed = await listNodes(cluster);
    const { looked, left } = chooseNodes(listed, selector);
    if (looked.length === 0)
      return { unseen: "no node can be looked into: --node-selector, or their state, leaves none" };
    await createNamespace(cluster, run, () => changes.record({ change: "namespace", name: cluster.namespace, run }));
    if (cluster.lent) {
      await deployLentKeeper(cluster, target.busybox, lifetime);
      await allowTraffic(cluster);
    }
    const isLeased = await holdLease(cluster, lifetime);
    if (isLeased && !cluster.lent) {
      const ordinary = fitNodes(listed, selector).fit.map(({ metadata }) => metadata?.name ?? "");
      await deployKeeper(cluster, session.delivery, { nodes: ordinary, changes, mayCordon: false }).catch(
        (error: unknown) => progress.note(reasonOf(error)),
      );
    }
    const read = await progress.step("Looking into nodes", (update) =>
      readByTurns(cluster, looked, {
        update,
        signal,
        peersOf: (node) => peersOf(listed, node),
        async withAgents(nodes, work) {
          // Each turn has a life of its own: its agents are told nothing any more before they are taken away.
          const turn = runLife(signal);
          try {
            const reach = { signal: turn.signal, withinMs: WITHIN_MS };
            return await work(await reachAgents(cluster, session.delivery, nodes, turn.lifetime, reach));
          } finally {
            turn.end();
            // What stays goes with the namespace.
            if (!called.aborted) await removeAgents(cluster).catch((left: unknown) => progress.note(reasonOf(left)));
          }
        },
      }),
    );
    return { seen: { ...read, left } };
  } catch (error) {
    called.throwIfAborted();
    if (error instanceof AgentsRefused) return { unseen: `the cluster refuses privileged pods: ${error.says}` };
    if (!(error instanceof EnvironmentError)) throw error;
    return { unseen: reasonOf(error) };
  } finally {
    session.end();
    await putBack(progress, () => changes.end(progress));
  }
}
