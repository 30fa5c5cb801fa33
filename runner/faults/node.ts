import { setTimeout as sleep } from "node:timers/promises";
import { ApiException, PatchStrategy, setHeaderOptions, type V1Pod } from "@kubernetes/client-node";
import { apiReason, type Cluster, isNotFound } from "../cluster/cluster.ts";
import { listNodesIfAllowed } from "../cluster/fit-nodes.ts";
import { MERGING } from "../cluster/while-living.ts";
import { EnvironmentError, reasonOf } from "../errors.ts";
import { requestEviction } from "./eviction.ts";

/** An eviction that a disruption budget holds back is asked for again, as kubectl drain does. */
const AGAIN_MS = 2_000;

/** Who cordons a node, as it says itself: a run, in its namespace. */
export interface CordonMark {
  readonly namespace: string;
  readonly run: string;
}

/** A node's annotation. Whoever uncordons looks for it: one that the user has cordoned has none. */
const CORDONED_BY = "packetwalk.dev/cordoned-by";
/** A node's status changes all the time. */
const TRIES = 5;

/**
 * Has nothing new put on a node, and marks it in the same write.
 * @param before called right before the write, to journal it
 * @returns false: it was cordoned before, and stays whoever's it is
 * @throws EnvironmentError if the API refuses
 */
export async function cordon(cluster: Cluster, node: string, by: CordonMark, before: () => void): Promise<boolean> {
  for (let left = TRIES; ; left--) {
    try {
      const { spec, metadata } = await cluster.core.readNode({ name: node });
      if (spec?.unschedulable) return false;
      before();
      // Only as it was read: somebody else may cordon it at this moment.
      const { resourceVersion } = metadata ?? {};
      const annotations = { [CORDONED_BY]: written(by) };
      const body = { metadata: { resourceVersion, annotations }, spec: { unschedulable: true } };
      await cluster.core.patchNode({ name: node, body }, MERGING);
      return true;
    } catch (error) {
      if (isAnswer(error, 409) && left > 1) continue;
      throw new EnvironmentError(`node ${node} can't be cordoned: ${apiReason(error)}`);
    }
  }
}

/**
 * Lets pods on a node again, if it bears this mark. One that has gone, or bears it no longer, needs nothing.
 * @param by undefined: of a version that did not mark nodes
 * @throws EnvironmentError if the API refuses
 */
export async function uncordon(cluster: Cluster, node: string, by: CordonMark | undefined): Promise<void> {
  try {
    if (by) await cluster.core.patchNode({ name: node, body: unmarking(by) }, JSON_PATCH);
    else await cluster.core.patchNode({ name: node, body: { spec: { unschedulable: null } } }, MERGING);
  } catch (error) {
    if (isNotFound(error) || (by && isAnswer(error, FAILED_TEST))) return;
    throw new EnvironmentError(`node ${node} can't be uncordoned: ${apiReason(error)}`);
  }
}

/** Nodes that runs have cordoned, by their marks. Null: nodes may not be listed. */
export async function cordonedByRuns(
  cluster: Cluster,
): Promise<{ readonly node: string; readonly by: CordonMark }[] | null> {
  const listed = await listNodesIfAllowed(cluster);
  if (listed === null) return null;
  return listed.flatMap(({ metadata }) => {
    const by = readMark(metadata?.annotations?.[CORDONED_BY]);
    return by ? [{ node: metadata?.name ?? "", by }] : [];
  });
}

/** As the keeper reads it, too (programs/agent/keeper). */
function written({ namespace, run }: CordonMark): string {
  return `${namespace}/${run}`;
}

function readMark(text: string | undefined): CordonMark | undefined {
  const [namespace, run, ...more] = text?.split("/") ?? [];
  return namespace && run && more.length === 0 ? { namespace, run } : undefined;
}

/** Pure: changes nothing where the mark is another one by then. */
function unmarking(by: CordonMark): object[] {
  const path = `/metadata/annotations/${CORDONED_BY.replaceAll("/", "~1")}`;
  return [
    { op: "test", path, value: written(by) },
    { op: "remove", path },
    { op: "add", path: "/spec/unschedulable", value: false },
  ];
}

const JSON_PATCH = setHeaderOptions("Content-Type", PatchStrategy.JsonPatch);
/** The API's answer where a JSON patch's test fails. */
const FAILED_TEST = 422;

function isAnswer(error: unknown, code: number): boolean {
  return error instanceof ApiException && error.code === code;
}

export interface Draining {
  /** Pods that stay. */
  isSpared(pod: V1Pod): boolean;
  /** Told of each pod whose eviction the API has taken. */
  onEvicted(pod: V1Pod): void;
  readonly signal: AbortSignal;
}

/**
 * Evicts the pods of a node that move elsewhere, as `kubectl drain --ignore-daemonsets` does, and waits until the API has taken
 * every eviction. Pods without a controller are left: nothing would make them anew.
 * @throws EnvironmentError with what the API refuses, or holds back until the signal comes; the others are evicted
 */
export async function drain(cluster: Cluster, node: string, { isSpared, ...how }: Draining): Promise<void> {
  const fieldSelector = `spec.nodeName=${node}`;
  const { items } = await cluster.core.listPodForAllNamespaces({ fieldSelector }).catch((error: unknown) => {
    throw new EnvironmentError(`the pods of node ${node} can't be listed: ${apiReason(error)}`);
  });
  const moving = items.filter((pod) => moves(pod) && !isSpared(pod));
  // Nobody is evicted any more when this has thrown.
  const ended = await Promise.allSettled(moving.map((pod) => evict(cluster, pod, how)));
  const [first, ...more] = ended.flatMap((each) => (each.status === "rejected" ? [each.reason as unknown] : []));
  if (first === undefined) return;
  throw more.length === 0 ? first : new EnvironmentError(`${reasonOf(first)}, and ${more.length} more like it`);
}

/** Pure: neither a static pod's image in the API, nor a DaemonSet's, nor nobody's, nor one that has ended or is about to. */
function moves({ metadata, status }: V1Pod): boolean {
  const owner = metadata?.ownerReferences?.find(({ controller }) => controller);
  const isOver = status?.phase === "Succeeded" || status?.phase === "Failed";
  const isLeaving = metadata?.deletionTimestamp !== undefined;
  return owner !== undefined && owner.kind !== "DaemonSet" && owner.kind !== "Node" && !isOver && !isLeaving;
}

async function evict(cluster: Cluster, pod: V1Pod, { onEvicted, signal }: Omit<Draining, "isSpared">): Promise<void> {
  const { name = "", namespace = "" } = pod.metadata ?? {};
  for (;;) {
    try {
      await requestEviction(cluster, { namespace, name });
      onEvicted(pod);
      return;
    } catch (error) {
      if (isNotFound(error)) return;
      if (!isAnswer(error, HELD_BACK) || signal.aborted)
        throw new EnvironmentError(`pod ${namespace}/${name} can't be evicted: ${apiReason(error)}`);
      await sleep(AGAIN_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** The API's answer while a disruption budget allows no eviction. */
const HELD_BACK = 429;
