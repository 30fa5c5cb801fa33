import type { Cluster } from "../cluster/cluster.ts";
import { createNamespace, namespaceExists } from "../cluster/namespace.ts";
import type { Delivery } from "../delivery/delivery.ts";
import { type Agents, connectAgents, deployAgents } from "../probes/agents.ts";
import type { UndoTarget } from "./kinds/kind.ts";

/** Undoes changes on a cluster. */
export function undoOn(cluster: Cluster, delivery: Delivery): UndoTarget {
  let agents: Promise<Agents> | undefined;
  return {
    cluster,
    agents() {
      agents ??= agentsFor(cluster, delivery);
      return agents;
    },
  };
}

/** The run's agents if they still run, else new ones. */
async function agentsFor(cluster: Cluster, delivery: Delivery): Promise<Agents> {
  if (!(await namespaceExists(cluster))) await createNamespace(cluster);
  try {
    return await connectAgents(cluster, AbortSignal.timeout(5000));
  } catch {
    return deployAgents(cluster, delivery);
  }
}
