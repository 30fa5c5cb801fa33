import type { V1ObjectMeta, V1Pod } from "@kubernetes/client-node";
import { apiReason, type Cluster, isNotFound } from "../../../../runner/cluster/cluster.ts";
import { ownPods } from "../../../../runner/cluster/ours.ts";
import { containerIdOf, isPodReady, lastWarning, podTrouble } from "../../../../runner/cluster/pods.ts";
import { type PodMaker, refusalCheck } from "../../../../runner/cluster/refused-pods.ts";
import { waitFor } from "../../../../runner/cluster/wait.ts";
import { EnvironmentError, reasonOf } from "../../../../runner/errors.ts";

const GENERATION = "packetwalk/made-at";

export interface ReadyPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly node: string;
  readonly ip: string;
  readonly containerId: string;
}

/** Marks pods, or a template, so that applying it makes every pod anew; gives the mark. */
export function madeAnew(...made: ReadonlyArray<{ metadata?: V1ObjectMeta }>): string {
  const mark = new Date().toISOString();
  for (const each of made) {
    each.metadata = { ...each.metadata, annotations: { ...each.metadata?.annotations, [GENERATION]: mark } };
  }
  return mark;
}

/** The pods that are waited for, made by a controller of their name, or by us. */
export interface Wanted {
  readonly kind: PodMaker["kind"];
  readonly count: number;
  readonly mark: string;
  /** Whose id is told. */
  readonly container: string;
}

/**
 * Waits until so many pods of one mark are ready, and none of another is left.
 * @throws EnvironmentError at once where the cluster refuses them, or else after two minutes, with what it says of it
 */
export async function readyPods(
  cluster: Cluster,
  name: string,
  { kind, count, mark, container }: Wanted,
  signal?: AbortSignal,
): Promise<ReadyPod[]> {
  let trouble = "";
  const isRefused = refusalCheck(cluster, { kind, name });
  try {
    return await waitFor(
      `the pods of ${name}`,
      async () => {
        const pods = await listPods(cluster, name);
        await isRefused(pods, count);
        const ready = pods.filter((pod) => isReady(pod) && pod.metadata?.annotations?.[GENERATION] === mark);
        trouble = podTrouble(pods) || `${ready.length} of ${count} pods are ready`;
        return ready.length === count && pods.length === count
          ? ready.map((pod) => readyPod(cluster, pod, container))
          : undefined;
      },
      { timeoutMs: 120_000, describe: () => trouble, signal },
    );
  } catch (error) {
    const warning = error instanceof EnvironmentError ? await lastWarning(cluster, cluster.namespace) : "";
    if (warning === "") throw error;
    throw new EnvironmentError(`${reasonOf(error)}; the cluster's last warning: ${warning}`);
  }
}

/**
 * Deletes the pods of that name that no controller has made, for others of the same names to take their place.
 * @throws EnvironmentError if they do not go within a minute
 */
export async function deletePods(cluster: Cluster, name: string, signal?: AbortSignal): Promise<void> {
  await waitFor(
    `the end of older pods of ${name}`,
    async () => {
      const older = await listPods(cluster, name);
      await Promise.all(older.map((pod) => deletePod(cluster, pod)));
      return older.length === 0 ? true : undefined;
    },
    { timeoutMs: 60_000, signal },
  );
}

async function deletePod(cluster: Cluster, { metadata }: V1Pod): Promise<void> {
  const { name = "", namespace = cluster.namespace } = metadata ?? {};
  try {
    await cluster.core.deleteNamespacedPod({ name, namespace, gracePeriodSeconds: 0 });
  } catch (error) {
    if (!isNotFound(error)) throw new EnvironmentError(`pod ${name} can't be deleted: ${apiReason(error)}`);
  }
}

async function listPods(cluster: Cluster, name: string): Promise<V1Pod[]> {
  const labelSelector = ownPods(name);
  try {
    return (await cluster.core.listNamespacedPod({ namespace: cluster.namespace, labelSelector })).items;
  } catch (error) {
    throw new EnvironmentError(`the pods of ${name} can't be listed: ${apiReason(error)}`);
  }
}

function isReady(pod: V1Pod): boolean {
  return isPodReady(pod) && pod.metadata?.deletionTimestamp === undefined;
}

function readyPod(cluster: Cluster, pod: V1Pod, container: string): ReadyPod {
  return {
    namespace: cluster.namespace,
    name: pod.metadata?.name ?? "",
    uid: pod.metadata?.uid ?? "",
    node: pod.spec?.nodeName ?? "",
    ip: pod.status?.podIP ?? "",
    containerId: containerIdOf(pod, container) ?? "",
  };
}
