/** Which of the nodes and pods that a Prometheus scrapes are the rehearsal's. */
import type { V1Node } from "@kubernetes/client-node";
import { listNodesIfAllowed } from "../../cluster/fit-nodes.ts";
import { type Scope, workloadOf } from "../../prometheus/readings.ts";
import type { RehearsalGround } from "./ground.ts";

type Around = Pick<RehearsalGround, "cluster" | "nodes" | "targets">;

export async function prometheusScope(ground: Around): Promise<Scope> {
  return scopeOf(ground, (await listNodesIfAllowed(ground.cluster)) ?? []);
}

/**
 * Pure: nodes on which the load or a pod of the targets may run, as agents would be on them.
 * @param listed the cluster's nodes, for their addresses; none where they may not be listed
 */
export function scopeOf({ nodes, targets }: Pick<Around, "nodes" | "targets">, listed: readonly V1Node[]): Scope {
  const names = [...new Set([...nodes.open, ...targets.flatMap(({ pods }) => pods.map(({ node }) => node))])]
    .filter((name) => name !== "")
    .sort();
  const addresses = names.flatMap((name) => {
    const node = listed.find(({ metadata }) => metadata?.name === name);
    return (node?.status?.addresses ?? []).map(({ address }) => [address, name] as const);
  });
  return {
    // A node's name counts before another's address.
    nodes: new Map([...addresses, ...names.map((name) => [name, name] as const)]),
    clientNode: nodes.client,
    kernelOf: (node) =>
      names.find((each) => nodes.bootIds[each] && nodes.bootIds[each] === nodes.bootIds[node]) ?? node,
    workloads: targets.flatMap(({ namespace, pods }) =>
      namespace === null
        ? []
        : [...new Set(pods.map(({ name }) => workloadOf(name)))].map((name) => ({ namespace, name })),
    ),
  };
}
