import { apiReason, type Cluster } from "../cluster/cluster.ts";
import { quantityValue } from "../cluster/quantity.ts";
import { EnvironmentError } from "../errors.ts";

/** What an experiment needs to know of the target's nodes. */
export interface Nodes {
  /** The node on which load workers run, or the first of them. */
  readonly client: string;
  /** Nodes that take load workers where the load is spread. */
  readonly open: readonly string[];
  readonly machineCpus: number;
  /** By node: nodes with the same one share a kernel. */
  readonly bootIds: Readonly<Record<string, string>>;
}

/**
 * Reads them; the client node is the first, by name, on which ordinary pods may run.
 * @param watched nodes that have an agent
 * @throws EnvironmentError if there is none
 */
export async function readNodes(cluster: Cluster, watched: readonly string[]): Promise<Nodes> {
  const nodes = await cluster.core.listNode().catch((error: unknown) => {
    throw new EnvironmentError(`the nodes can't be listed: ${apiReason(error)}`);
  });
  const schedulable = nodes.items.filter(
    (node) => !node.spec?.unschedulable && !node.spec?.taints?.some((taint) => taint.effect !== "PreferNoSchedule"),
  );
  const usable = schedulable
    .filter((node) => watched.includes(node.metadata?.name ?? ""))
    .sort((a, b) => (a.metadata?.name ?? "").localeCompare(b.metadata?.name ?? ""));
  const client = usable[0];
  if (!client?.metadata?.name) {
    throw new EnvironmentError(
      "no node takes ordinary pods (all are cordoned or tainted), so the load has nowhere to run",
    );
  }
  return {
    client: client.metadata.name,
    open: usable.map((node) => node.metadata?.name ?? ""),
    machineCpus: quantityValue(client.status?.capacity?.cpu) ?? 1,
    bootIds: Object.fromEntries(
      nodes.items.map((node) => [node.metadata?.name ?? "", node.status?.nodeInfo?.bootID ?? ""]),
    ),
  };
}
