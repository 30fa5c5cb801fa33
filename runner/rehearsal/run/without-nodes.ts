/** Events that take nodes away for a while, as a drain or the loss of a zone does. */
import { setTimeout as sleep } from "node:timers/promises";
import type { V1Pod } from "@kubernetes/client-node";
import { apiReason, type Cluster } from "../../cluster/cluster.ts";
import { isPartOfOurs } from "../../cluster/ours.ts";
import { EnvironmentError, reasonOf } from "../../errors.ts";
import { drain } from "../../faults/node.ts";
import type { EventEffect, StagePods } from "../../result/rehearsal.ts";
import { attemptEach } from "../../undo/attempt-each.ts";
import { NotUndone } from "./cordons.ts";
import type { Happening } from "./events.ts";

const ZONE = "topology.kubernetes.io/zone";

type Evicted = Extract<EventEffect, { kind: "evicted" }>;

/** @throws EnvironmentError where it has no node */
export async function nodesOfZone(cluster: Cluster, zone: string): Promise<string[]> {
  const { items } = await cluster.core.listNode({ labelSelector: `${ZONE}=${zone}` }).catch((error: unknown) => {
    throw new EnvironmentError(`the nodes of zone ${zone} can't be listed: ${apiReason(error)}`);
  });
  if (items.length === 0) throw new EnvironmentError(`there is no node in zone ${zone}`);
  return items.flatMap(({ metadata }) => metadata?.name ?? []);
}

/**
 * Cordons and evicts, and lets pods on the nodes again after so long or when the load has ended. What is packetwalk's stays, but
 * for the targets' own pods: theirs is the loss that is rehearsed.
 */
export async function withoutNodes(
  { ground: { cluster }, cordons, pods, until, tell }: Happening,
  nodes: readonly string[],
  forS: number,
): Promise<void> {
  const before = pods.placement();
  const cordonedBefore: string[] = [];
  const evicted: V1Pod[] = [];
  const done = (): Evicted => {
    const ofTargets = evicted.filter(({ metadata }) => pods.has(metadata?.uid ?? "")).length;
    return {
      ...{ kind: "evicted", nodes: [...nodes], cordonedBefore, pods: evicted.length },
      // Some are, whoever else's may be too.
      ofTargets: ofTargets === 0 && !pods.isKnown ? null : ofTargets,
      skewed: skewed(before, pods.placement()),
    };
  };
  const held: string[] = [];
  const over = AbortSignal.any([until, AbortSignal.timeout(forS * 1000)]);
  try {
    for (const node of nodes) {
      held.push(node);
      if (!(await cordons.hold(node))) cordonedBefore.push(node);
      tell(done());
    }
    const isSpared = (pod: V1Pod) => isPartOfOurs(pod) && !pods.has(pod.metadata?.uid ?? "");
    const onEvicted = (pod: V1Pod) => void evicted.push(pod);
    await attemptEach(nodes, (node) => drain(cluster, node, { isSpared, onEvicted, signal: over }));
    if (!over.aborted) await sleep(forS * 1000, undefined, { signal: over }).catch(() => undefined);
  } finally {
    if (held.length > 0) tell(done());
    await attemptEach(held, (node) => cordons.release(node)).catch((error: unknown) => {
      throw new NotUndone(reasonOf(error));
    });
  }
}

type Placed = StagePods["placed"];

/** Pure: targets of which a node has more pods now, and a greater share of them, than any node had before. */
export function skewed(before: Placed, after: Placed): Evicted["skewed"] {
  return [...new Set(after.map(({ target }) => target))].flatMap((target) => {
    const [was, is] = [fullest(before, target), fullest(after, target)];
    if (!was || !is || is.pods <= was.pods || is.pods / is.of <= was.pods / was.of) return [];
    return [{ target, ...is, before: was.pods }];
  });
}

function fullest(placed: Placed, target: string): { node: string; pods: number; of: number } | undefined {
  const its = placed.filter((each) => each.target === target);
  const [most] = [...its].sort((a, b) => b.pods - a.pods);
  return most && { node: most.node, pods: most.pods, of: its.reduce((sum, { pods }) => sum + pods, 0) };
}
