/** Events that take nodes away for a while, as a drain or the loss of a zone does. */
import { setTimeout as sleep } from "node:timers/promises";
import type { V1Pod } from "@kubernetes/client-node";
import { apiReason, type Cluster } from "../../cluster/cluster.ts";
import { isPartOfOurs } from "../../cluster/ours.ts";
import { EnvironmentError, reasonOf } from "../../errors.ts";
import { drain } from "../../faults/node.ts";
import type { EventEffect } from "../../result/rehearsal.ts";
import { attemptEach } from "../../undo/attempt-each.ts";
import { NotUndone } from "./cordons.ts";
import type { Happening } from "./happening.ts";
import { skewed } from "./skewed.ts";

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
  const itsEnd = AbortSignal.timeout(forS * 1000);
  const over = AbortSignal.any([until, itsEnd]);
  try {
    for (const node of nodes) {
      held.push(node);
      if (!(await cordons.hold(node))) cordonedBefore.push(node);
      tell(done());
    }
    const isSpared = (pod: V1Pod) => isPartOfOurs(pod) && !pods.has(pod.metadata?.uid ?? "");
    const onEvicted = (pod: V1Pod) => void evicted.push(pod);
    await attemptEach(nodes, (node) => drain(cluster, node, { isSpared, onEvicted, signal: over }));
    await sleep(forS * 1000, undefined, { signal: over }).catch(() => undefined);
    if (!itsEnd.aborted) until.throwIfAborted();
  } finally {
    if (held.length > 0) tell(done());
    await attemptEach(held, (node) => cordons.release(node)).catch((error: unknown) => {
      throw new NotUndone(reasonOf(error));
    });
  }
}
