import type { Cluster } from "../cluster/cluster.ts";
import { holdLease } from "../cluster/lease.ts";
import { allowTraffic, createNamespace, newRunId } from "../cluster/namespace.ts";
import type { Delivery } from "../delivery/delivery.ts";
import { reasonOf } from "../errors.ts";
import type { Lifetime } from "../lifetime.ts";
import { areThere, deployAgentsIfAllowed, type MaybeAgents } from "../probes/agents.ts";
import type { Progress } from "../progress.ts";
import type { Changes } from "../undo/changes.ts";
import { deployKeeper } from "../undo/keeper.ts";
import { deployLentKeeper } from "../undo/keeper-lent.ts";
import { type Nodes, readNodes } from "./nodes.ts";
import { scoutNodes } from "./scout.ts";

/** What stands on a target before anything is measured there. */
export interface GroundRequest {
  readonly cluster: Cluster;
  readonly delivery: Delivery;
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** No more than these: on each is an agent, and on others nothing of it would run. */
  readonly mostNodes?: number | undefined;
  readonly changes: Changes;
  /** Who refuses agents on the nodes, in their words; null: nobody is known to, and they are tried. */
  readonly agentsRefused: string | null;
  /** Whether the run may cordon nodes; left out: it does not. */
  readonly mayCordon?: boolean;
  readonly signal: AbortSignal;
  readonly lifetime: Lifetime;
}

/** Our namespace, whoever takes it away if we die, and an agent on every node where the cluster allows it. */
export async function openGround(
  {
    cluster,
    delivery,
    nodeSelector,
    mostNodes,
    changes,
    agentsRefused,
    mayCordon = false,
    signal,
    lifetime,
  }: GroundRequest,
  progress: Progress,
): Promise<{ readonly agents: MaybeAgents; readonly nodes: Nodes }> {
  await makeNamespace(cluster, changes);
  if (cluster.lent) {
    await deployLentKeeper(cluster, delivery.image, lifetime);
    await allowTraffic(cluster);
  }
  const isLeased = await holdLease(cluster, lifetime);
  const nodes = await readNodes(cluster, nodeSelector, () => scoutNodes(cluster, delivery.image, signal), mostNodes);
  // Before anything that outlives the namespace.
  if (isLeased && !cluster.lent) {
    await deployKeeper(cluster, delivery, { nodes: nodes.open, changes, mayCordon }).catch((error: unknown) =>
      progress.note(reasonOf(error)),
    );
  }
  const agents = await progress.step("Agents on the nodes", async (update) => {
    const deployed =
      agentsRefused === null
        ? await deployAgentsIfAllowed(cluster, delivery, nodes.open, { signal, lifetime })
        : { refused: agentsRefused };
    if (!areThere(deployed)) update(`none, so without kernel counters: ${deployed.refused}`);
    return deployed;
  });
  return { agents, nodes };
}

/** @param first the namespace with which it goes, if a run has several */
export async function makeNamespace(cluster: Cluster, changes: Changes, first?: Cluster): Promise<void> {
  const { run = newRunId() } = cluster;
  const before = () => changes.record({ change: "namespace", name: cluster.namespace, run });
  await createNamespace(cluster, run, before, first);
}
