import type { V1Affinity } from "@kubernetes/client-node";
import { isNode, onNodes } from "../../../runner/cluster/on-nodes.ts";
import type { Nodes } from "../../../runner/experiment/nodes.ts";
import type { RolloutStep } from "../../../runner/faults/types.ts";
import { evenNodes } from "../../../runner/workloads/places.ts";

/** Weights of the first and the last node. Another pod of the workload on a node weighs more than their difference. */
const WEIGHTS = [100, 50] as const;

/**
 * The nodes of the workload that is rolled, the same in every block. They can't be those of its first pods, since its
 * number of replicas changes in a block; so it gets those on which its largest number is even. The client's node comes
 * last: load workers are on it.
 */
export function webNodes({ client, open }: Nodes, steps: readonly RolloutStep[]): string[] {
  const most = Math.max(1, ...steps.map((step) => ("replicas" in step ? step.replicas : 1)));
  return evenNodes([...open.filter((node) => node !== client), client], most);
}

/** Binds pods to these nodes. A single pod has a choice: it goes to the first of them, the one that replaces it to the next. */
export function webAffinity(nodes: readonly string[]): V1Affinity {
  const [first, last] = WEIGHTS;
  const step = (first - last) / Math.max(1, nodes.length - 1);
  const preferred = nodes.map((node, index) => ({
    weight: Math.round(first - index * step),
    preference: isNode(node),
  }));
  const { nodeAffinity } = onNodes(nodes);
  return { nodeAffinity: { ...nodeAffinity, preferredDuringSchedulingIgnoredDuringExecution: preferred } };
}
