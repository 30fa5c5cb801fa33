import { setTimeout as sleep } from "node:timers/promises";
import type { V1Pod } from "@kubernetes/client-node";
import { apiReason, type Cluster, isNotFound } from "../cluster/cluster.ts";
import { MERGING } from "../cluster/while-living.ts";
import { EnvironmentError } from "../errors.ts";
import { requestEviction } from "./eviction.ts";

/** An eviction that a disruption budget holds back is asked for again, as kubectl drain does. */
const AGAIN_MS = 2_000;

/** Whether nothing new is put there. @throws EnvironmentError */
export async function isCordoned(cluster: Cluster, node: string): Promise<boolean> {
  try {
    return (await cluster.core.readNode({ name: node })).spec?.unschedulable ?? false;
  } catch (error) {
    throw new EnvironmentError(`node ${node} can't be read: ${apiReason(error)}`);
  }
}

/** @throws EnvironmentError if the API refuses */
export async function cordon(cluster: Cluster, node: string): Promise<void> {
  await setUnschedulable(cluster, node, true);
}

/** One that has gone needs none. @throws EnvironmentError if the API refuses */
export async function uncordon(cluster: Cluster, node: string): Promise<void> {
  await setUnschedulable(cluster, node, false);
}

async function setUnschedulable(cluster: Cluster, node: string, unschedulable: boolean): Promise<void> {
  try {
    await cluster.core.patchNode({ name: node, body: { spec: { unschedulable: unschedulable || null } } }, MERGING);
  } catch (error) {
    if (!unschedulable && isNotFound(error)) return;
    throw new EnvironmentError(
      `node ${node} can't be ${unschedulable ? "cordoned" : "uncordoned"}: ${apiReason(error)}`,
    );
  }
}

/**
 * Evicts the pods of a node that move elsewhere, as `kubectl drain --ignore-daemonsets` does, and waits until the API has taken
 * every eviction. Pods without a controller are left: nothing would make them anew.
 * @param isSpared pods that stay
 * @throws EnvironmentError if the API refuses, or the signal comes before all have gone
 */
export async function drain(
  cluster: Cluster,
  node: string,
  isSpared: (pod: V1Pod) => boolean,
  signal: AbortSignal,
): Promise<number> {
  const fieldSelector = `spec.nodeName=${node}`;
  const { items } = await cluster.core.listPodForAllNamespaces({ fieldSelector }).catch((error: unknown) => {
    throw new EnvironmentError(`the pods of node ${node} can't be listed: ${apiReason(error)}`);
  });
  const moving = items.filter((pod) => moves(pod) && !isSpared(pod));
  await Promise.all(moving.map((pod) => evicted(cluster, pod, signal)));
  return moving.length;
}

/** Pure: neither a static pod's image in the API, nor a DaemonSet's, nor nobody's, nor one that has ended. */
function moves({ metadata, status }: V1Pod): boolean {
  const owner = metadata?.ownerReferences?.find(({ controller }) => controller);
  const isOver = status?.phase === "Succeeded" || status?.phase === "Failed";
  return owner !== undefined && owner.kind !== "DaemonSet" && owner.kind !== "Node" && !isOver;
}

async function evicted(cluster: Cluster, { metadata }: V1Pod, signal: AbortSignal): Promise<void> {
  const { name = "", namespace = "" } = metadata ?? {};
  for (;;) {
    try {
      await requestEviction(cluster, { namespace, name });
      return;
    } catch (error) {
      if (isNotFound(error)) return;
      const isHeldBack = (error as { code?: number }).code === 429;
      if (!isHeldBack || signal.aborted)
        throw new EnvironmentError(`pod ${namespace}/${name} can't be evicted: ${apiReason(error)}`);
      await sleep(AGAIN_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}
