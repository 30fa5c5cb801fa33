import type { Cluster } from "../../../runner/cluster/cluster.ts";
import { type ClusterObject, deleteClusterObject } from "../../../runner/cluster/cluster-objects.ts";
import type { Agents } from "../../../runner/probes/agents.ts";
import type { Journal } from "../../../runner/undo/journal.ts";
import { removeNodeAddress } from "../../../runner/undo/node-address.ts";

/** What a run creates outside its namespace: each journalled before it is made, and taken back by `clear`. */
export interface Outside {
  object(object: ClusterObject): void;
  nodeAddress(node: string, address: string): void;
  /** @param agents without them no node has got an address */
  clear(agents?: Agents): Promise<void>;
}

export function outside(cluster: Cluster, journal: Journal): Outside {
  const objects: ClusterObject[] = [];
  const addresses = new Map<string, { node: string; address: string }>();
  return {
    object(object) {
      journal.record({ change: "cluster-object", ...object });
      objects.push(object);
    },
    nodeAddress(node, address) {
      const key = `${node} ${address}`;
      if (addresses.has(key)) return;
      journal.record({ change: "node-address", node, address });
      addresses.set(key, { node, address });
    },
    async clear(agents) {
      if (agents) for (const { node, address } of addresses.values()) await removeNodeAddress(agents, node, address);
      for (const object of objects) await deleteClusterObject(cluster, object);
    },
  };
}
