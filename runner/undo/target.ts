import type { Cluster } from "../cluster/cluster.ts";
import { fitNodes, listNodes } from "../cluster/fit-nodes.ts";
import { createNamespace, namespaceExists } from "../cluster/namespace.ts";
import type { Delivery } from "../delivery/delivery.ts";
import type { Lifetime } from "../lifetime.ts";
import { type Agents, connectAgents, reachAgents } from "../probes/agents.ts";
import type { NodeUnfit } from "../result/target.ts";
import type { UndoTarget } from "./kinds/kind.ts";

/** A node may have come into this state after the run changed it; an agent runs there all the same. */
const REACHABLE: ReadonlySet<string> = new Set<NodeUnfit["kind"]>(["cordoned", "tainted", "not-needed"]);

export interface Undoing {
  readonly cluster: Cluster;
  readonly delivery: Delivery;
  /** Says what was left as it is, and why. */
  readonly tell: (sentence: string) => void;
  /** Left out: never. */
  readonly isHurried?: () => boolean;
  /** For how long agents that have to be deployed for it are kept. */
  readonly lifetime: Lifetime;
  /** Whose namespace it is to be if one has to be made for agents; it is that run's to delete then. */
  readonly run?: string | undefined;
}

/** Undoes changes on a cluster. */
export function undoOn({ cluster, tell, isHurried = () => false, ...more }: Undoing): UndoTarget {
  let listed: ReturnType<typeof listNodes> | undefined;
  const list = () => {
    listed ??= listNodes(cluster);
    return listed;
  };
  return {
    cluster,
    tell,
    isHurried,
    nodes: async () => (await list()).map(({ metadata }) => metadata?.name ?? ""),
    async agents(nodes) {
      // The run's own, if they still run.
      const running = (await namespaceExists(cluster)) ? await connectAgents(cluster) : undefined;
      if (running && nodes.every((node) => running.nodes.includes(node))) return running;
      return deployed({ cluster, ...more }, reachable(await list(), nodes), running);
    },
  };
}

async function deployed(
  { cluster, delivery, lifetime, run }: Omit<Undoing, "tell" | "isHurried">,
  nodes: readonly string[],
  running: Agents | undefined,
): Promise<Agents> {
  if (nodes.length > 0 && running === undefined && !cluster.lent) await createNamespace(cluster, run);
  return reachAgents(cluster, delivery, nodes, lifetime);
}

/** Pure: those on which an agent can run. */
function reachable(listed: Awaited<ReturnType<typeof listNodes>>, wanted: readonly string[]): string[] {
  const { fit, unfit } = fitNodes(listed);
  const others = unfit.filter(({ because }) => REACHABLE.has(because.kind));
  const able = [...fit.map(({ metadata }) => metadata?.name ?? ""), ...others.map(({ name }) => name)];
  return wanted.filter((node) => able.includes(node));
}
