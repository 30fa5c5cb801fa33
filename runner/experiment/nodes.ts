import { unfitWords } from "../analysis/unfit-words.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { fitNodes, listNodesIfAllowed } from "../cluster/fit-nodes.ts";
import { quantityValue } from "../cluster/quantity.ts";
import { EnvironmentError } from "../errors.ts";

/** What an experiment needs to know of the target's nodes. */
export interface Nodes {
  /** The node on which load workers run, or the first of them. */
  readonly client: string;
  /** Nodes that take load workers where the load is spread. */
  readonly open: readonly string[];
  /** Null: not readable. */
  readonly machineCpus: number | null;
  /** By node: nodes with the same one share a kernel; none where they are not readable. */
  readonly bootIds: Readonly<Record<string, string>>;
}

/**
 * Reads them; the client node is the first, by name, on which ordinary pods may run.
 * @param selector labels that all of them have
 * @param scout finds nodes where they may not be listed
 * @throws EnvironmentError if there is none, with why not for each
 */
export async function readNodes(
  cluster: Cluster,
  selector: Readonly<Record<string, string>>,
  scout: () => Promise<readonly string[]>,
  most?: number,
): Promise<Nodes> {
  const listed = await listNodesIfAllowed(cluster);
  if (listed === null) return unlistedNodes(await scout());
  const { fit, unfit } = fitNodes(listed, selector, most);
  const [client] = fit;
  if (!client?.metadata?.name) {
    const why = unfit.map(({ name, because }) => `${name} ${unfitWords(because)}`).join("; ");
    throw new EnvironmentError(
      `no node takes ordinary pods, so the load has nowhere to run: ${why || "there is none"}`,
    );
  }
  return {
    client: client.metadata.name,
    open: fit.map((node) => node.metadata?.name ?? ""),
    machineCpus: quantityValue(client.status?.capacity?.cpu) ?? 1,
    bootIds: Object.fromEntries(fit.map((node) => [node.metadata?.name ?? "", node.status?.nodeInfo?.bootID ?? ""])),
  };
}

/** Pure: what is known of nodes by their names alone. */
export function unlistedNodes(open: readonly string[]): Nodes {
  const [client] = open;
  if (client === undefined) throw new EnvironmentError("no node takes ordinary pods, so the load has nowhere to run");
  return { client, open, machineCpus: null, bootIds: {} };
}
