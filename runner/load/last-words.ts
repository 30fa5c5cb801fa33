import { setTimeout as sleep } from "node:timers/promises";
import type { V1Pod } from "@kubernetes/client-node";
import { z } from "zod";
import type { Cluster } from "../cluster/cluster.ts";
import { containerEnd, hasContainerFailed } from "../cluster/container-end.ts";
import { readWorkerLog } from "./worker-log.ts";
import type { WorkerPods } from "./worker-pods.ts";

/** A worker that failed, and what it says of that. */
export interface FailedWorker {
  readonly index: number;
  readonly pod: string;
  /** Its last line; empty if it says nothing. */
  readonly words: string;
}

/** Why a load failed: in the worker's words, or otherwise in whose there are. */
export function toldBy(failed: FailedWorker | undefined, otherwise: string): string {
  return failed?.words ? `${failed.pod}: ${failed.words}` : otherwise;
}

export interface FailedWorkerOptions {
  /** The worker to ask before the others, by its pod's uid. */
  readonly first?: string;
  /** How long to look for a failed worker. */
  readonly shownWithinMs: number;
}

/**
 * A worker that failed, once it says why: the first to be asked, else any other, for where one fails the cluster may take others
 * away together with their logs. On a busy node the words come later than the end. undefined: none has failed, as far as is shown
 * in time.
 */
export async function failedWorker(
  cluster: Cluster,
  made: WorkerPods,
  { first, shownWithinMs }: FailedWorkerOptions,
): Promise<FailedWorker | undefined> {
  let silent: FailedWorker | undefined;
  let untilMs = performance.now() + shownWithinMs;
  for (;;) {
    // Whoever can't be listed for a moment may have failed all the same.
    const pods = await workerPodsOf(cluster, made).catch(() => undefined);
    const failed = failedPods(pods ?? [], made).sort((a, b) => asked(b, first) - asked(a, first));
    for (const pod of failed) {
      const worker = { index: made.indexOf(pod) ?? 0, pod: pod.metadata?.name ?? "" };
      const words = await lastWords(cluster, made, pod);
      if (words !== "") return { ...worker, words };
      if (!silent) untilMs = Math.max(untilMs, performance.now() + WORDS_COME_WITHIN_MS);
      silent ??= { ...worker, words };
    }
    if (pods?.length === 0 || performance.now() > untilMs) return silent;
    await sleep(250);
  }
}

const WORDS_COME_WITHIN_MS = 10_000;

export async function workerPodsOf(cluster: Cluster, { selector }: WorkerPods): Promise<V1Pod[]> {
  return (await cluster.core.listNamespacedPod({ namespace: cluster.namespace, labelSelector: selector })).items;
}

export function failedPods(pods: readonly V1Pod[], made: WorkerPods): V1Pod[] {
  return pods.filter((pod) => hasContainerFailed(pod, made.container) && made.indexOf(pod) !== undefined);
}

function asked({ metadata }: V1Pod, first: string | undefined): number {
  return metadata?.uid === first ? 1 : 0;
}

/** Its status has them, where its pod was made to keep them; its log has them for as long as the pod is there. */
async function lastWords(cluster: Cluster, { container }: WorkerPods, pod: V1Pod): Promise<string> {
  const kept = lastLine(containerEnd(pod, container)?.message ?? "");
  if (kept !== "") return kept;
  return lastLine((await readWorkerLog(cluster, pod.metadata?.name ?? "", container, z.unknown())).text);
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1)?.trim() ?? "";
}
