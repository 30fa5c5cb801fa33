import type { Cluster } from "../cluster/cluster.ts";
import { fitNodes, listNodes } from "../cluster/fit-nodes.ts";
import { createNamespace, namespaceExists } from "../cluster/namespace.ts";
import type { Delivery } from "../delivery/delivery.ts";
import { type Agents, connectAgents, deployAgents } from "../probes/agents.ts";
import type { NodeUnfit } from "../result/target.ts";
import type { UndoTarget } from "./kinds/kind.ts";

/** A node may have come into this state after the run changed it; an agent runs there all the same. */
const REACHABLE: ReadonlySet<string> = new Set<NodeUnfit["kind"]>(["cordoned", "tainted", "not-needed"]);

/**
 * Undoes changes on a cluster.
 * @param tell says what was left as it is, and why
 * @param run whose namespace it is to be if one has to be made for agents; it is that run's to delete then
 */
export function undoOn(
  cluster: Cluster,
  delivery: Delivery,
  tell: (sentence: string) => void,
  run?: string,
): UndoTarget {
  let agents: Promise<Agents> | undefined;
  return {
    cluster,
    tell,
    agents() {
      agents ??= agentsFor(cluster, delivery, run);
      return agents;
    },
  };
}

/** The run's agents if they still run, else new ones. */
async function agentsFor(cluster: Cluster, delivery: Delivery, run: string | undefined): Promise<Agents> {
  if (!cluster.lent && !(await namespaceExists(cluster))) await createNamespace(cluster, run);
  try {
    return await connectAgents(cluster, AbortSignal.timeout(5000));
  } catch {
    const { fit, unfit } = fitNodes(await listNodes(cluster));
    const others = unfit.filter(({ because }) => REACHABLE.has(because.kind));
    const nodes = [...fit.map(({ metadata }) => metadata?.name ?? ""), ...others.map(({ name }) => name)];
    return deployAgents(cluster, delivery, nodes);
  }
}
