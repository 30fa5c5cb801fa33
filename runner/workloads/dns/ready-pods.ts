import type { V1Pod, V1PodTemplateSpec } from "@kubernetes/client-node";
import { EnvironmentError, reasonOf } from "../../errors.ts";
import { apiReason, type Cluster } from "../../target/cluster.ts";
import { lastWarning, mainContainerId, podTrouble } from "../../target/pods.ts";
import { waitFor } from "../../target/wait.ts";
import { NAMESPACE } from "../namespace.ts";

const GENERATION = "packetwalk/made-at";

export interface ReadyPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly node: string;
  readonly ip: string;
  readonly containerId: string;
}

/** Marks a pod template, so that applying it makes every pod anew; gives the mark. */
export function madeAnew(template: V1PodTemplateSpec): string {
  const mark = new Date().toISOString();
  template.metadata = {
    ...template.metadata,
    annotations: { ...template.metadata?.annotations, [GENERATION]: mark },
  };
  return mark;
}

/**
 * Waits until so many pods of one mark are ready, and none of another is left.
 * @throws EnvironmentError after two minutes, with what the cluster says of it
 */
export async function readyPods(
  cluster: Cluster,
  name: string,
  { count, mark }: { readonly count: number; readonly mark: string },
  signal?: AbortSignal,
): Promise<ReadyPod[]> {
  let trouble = "";
  try {
    return await waitFor(
      `the pods of ${name}`,
      async () => {
        const pods = await listPods(cluster, name);
        const ready = pods.filter((pod) => isReady(pod) && pod.metadata?.annotations?.[GENERATION] === mark);
        trouble = podTrouble(pods) || `${ready.length} of ${count} pods are ready`;
        return ready.length === count && pods.length === count ? ready.map(readyPod) : undefined;
      },
      { timeoutMs: 120_000, intervalMs: 200, describe: () => trouble, signal },
    );
  } catch (error) {
    const warning = error instanceof EnvironmentError ? await lastWarning(cluster, NAMESPACE) : "";
    if (warning === "") throw error;
    throw new EnvironmentError(`${reasonOf(error)}; the cluster's last warning: ${warning}`);
  }
}

async function listPods(cluster: Cluster, name: string): Promise<V1Pod[]> {
  const labelSelector = `app.kubernetes.io/name=${name}`;
  try {
    return (await cluster.core.listNamespacedPod({ namespace: NAMESPACE, labelSelector })).items;
  } catch (error) {
    throw new EnvironmentError(`the pods of ${name} can't be listed: ${apiReason(error)}`);
  }
}

function isReady({ metadata, status }: V1Pod): boolean {
  const ready = status?.conditions?.some((each) => each.type === "Ready" && each.status === "True") ?? false;
  return ready && metadata?.deletionTimestamp === undefined;
}

function readyPod(pod: V1Pod): ReadyPod {
  return {
    namespace: NAMESPACE,
    name: pod.metadata?.name ?? "",
    uid: pod.metadata?.uid ?? "",
    node: pod.spec?.nodeName ?? "",
    ip: pod.status?.podIP ?? "",
    containerId: mainContainerId(pod) ?? "",
  };
}
