import type { V1Pod } from "@kubernetes/client-node";
import { EnvironmentError } from "../errors.ts";
import type { Cluster } from "../target/cluster.ts";
import { execInPod } from "../target/exec.ts";
import { podTrouble } from "../target/pods.ts";
import { waitFor } from "../target/wait.ts";
import { NAMESPACE } from "../workloads/namespace.ts";
import { CONTAINER, createJob, deleteJob, type LoadOptions } from "./job.ts";
import { createMerge, type MergedLoad } from "./merge.ts";
import { loadMs } from "./spec.ts";
import { readWorkerLog } from "./worker-log.ts";

const WORKER_LABEL = "batch.kubernetes.io/job-completion-index";
/** Logs read at a time: each is whole in memory until it is merged. */
const LOGS_AT_ONCE = 8;

export interface LoadWorker {
  readonly index: number;
  readonly pod: string;
  readonly uid: string;
  readonly node: string;
}

/** A worker that gave no report, so that its part of the load is unknown. */
export interface LostWorker {
  readonly worker: number;
  readonly pod: string;
  readonly node: string;
  /** Its part of the whole load, 0–1. */
  readonly share: number;
  readonly because: string;
}

export interface LoadEnd {
  readonly merged: MergedLoad;
  readonly lost: readonly LostWorker[];
}

/** A block's load, deployed and waiting at its gate. */
export interface Load {
  readonly workers: readonly LoadWorker[];
  /** Opens every worker's gate for one common instant. */
  start(atUnixMs: number): Promise<void>;
  /** Waits for the workers' ends and adds up what they report. */
  end(): Promise<LoadEnd>;
  remove(): Promise<void>;
}

/** Deploys the load Job and waits until every worker runs; it then stands at the gate, or soon will. */
export async function deployLoad(cluster: Cluster, options: LoadOptions): Promise<Load> {
  await createJob(cluster, options);
  const pods = await waitForWorkers(cluster, options);
  const workers = pods.map(workerOf).sort((a, b) => a.index - b.index);
  return {
    workers,
    async start(atUnixMs) {
      await Promise.all(workers.map((worker) => openGate(cluster, worker, atUnixMs)));
    },
    end: () => awaitEnd(cluster, workers, options),
    remove: () => deleteJob(cluster, options.name),
  };
}

async function waitForWorkers(cluster: Cluster, { name, load, signal }: LoadOptions): Promise<V1Pod[]> {
  let trouble = "";
  return waitFor(
    "the load workers",
    async () => {
      const pods = await listWorkers(cluster, name);
      trouble = podTrouble(pods);
      const failed = pods.find((pod) => pod.status?.phase === "Failed");
      if (failed)
        throw new EnvironmentError(`a load worker did not start: ${await lastWords(cluster, failed, trouble)}`);
      const running = pods.filter((pod) => pod.status?.phase === "Running");
      return running.length === load.workers ? running : undefined;
    },
    { timeoutMs: 90_000, describe: () => trouble, signal },
  );
}

async function listWorkers(cluster: Cluster, job: string): Promise<V1Pod[]> {
  const list = await cluster.core.listNamespacedPod({
    namespace: NAMESPACE,
    labelSelector: `batch.kubernetes.io/job-name=${job}`,
  });
  return list.items;
}

function workerOf(pod: V1Pod): LoadWorker {
  return {
    index: Number(pod.metadata?.labels?.[WORKER_LABEL] ?? pod.metadata?.annotations?.[WORKER_LABEL] ?? 0),
    pod: pod.metadata?.name ?? "",
    uid: pod.metadata?.uid ?? "",
    node: pod.spec?.nodeName ?? "",
  };
}

/** A worker that refuses its task says why in its log. */
async function lastWords(cluster: Cluster, pod: V1Pod, otherwise: string): Promise<string> {
  const { text } = await readWorkerLog(cluster, pod.metadata?.name ?? "");
  const line = text.trim().split("\n").at(-1) ?? "";
  return line === "" ? otherwise : `${pod.metadata?.name}: ${line}`;
}

async function openGate(cluster: Cluster, worker: LoadWorker, atUnixMs: number): Promise<void> {
  const at = { namespace: NAMESPACE, pod: worker.pod, container: CONTAINER };
  const command = ["/packetwalk-agent", "gate", "--start-at-unix-ms", String(atUnixMs)];
  const result = await execInPod(cluster, at, command, { timeoutMs: 30_000 });
  if (result.exitCode !== 0) throw new EnvironmentError(`load worker ${worker.index}: ${result.stderr.trim()}`);
}

async function awaitEnd(cluster: Cluster, workers: readonly LoadWorker[], options: LoadOptions): Promise<LoadEnd> {
  const { load } = options;
  const last = await waitFor(
    "the load's end",
    async () => {
      const pods = new Map((await listWorkers(cluster, options.name)).map((pod) => [pod.metadata?.uid ?? "", pod]));
      // A pod that was deleted is gone from the list: it has ended as well.
      return workers.every(({ uid }) => hasEnded(pods.get(uid))) ? pods : undefined;
    },
    { timeoutMs: loadMs(load) + load.timeoutMs + 60_000, intervalMs: 150, signal: options.signal },
  );
  const merge = createMerge();
  const lost: LostWorker[] = [];
  const waiting = [...workers];
  const readOn = async () => {
    for (let worker = waiting.shift(); worker; worker = waiting.shift()) {
      const { index, pod, node, uid } = worker;
      const { report, timelines, trouble } = await readWorkerLog(cluster, pod);
      if (report) merge.add({ ...report, worker: index });
      else
        lost.push({ worker: index, pod, node, share: 1 / workers.length, because: fateOf(last.get(uid)) || trouble });
      for (const timeline of timelines) options.onTimeline?.(index, timeline);
    }
  };
  await Promise.all(Array.from({ length: LOGS_AT_ONCE }, readOn));
  return { merged: merge.result(), lost: lost.sort((a, b) => a.worker - b.worker) };
}

function hasEnded(pod: V1Pod | undefined): boolean {
  return pod === undefined || pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed";
}

/** How a worker ended, in the cluster's words; empty if it ended well. */
function fateOf(pod: V1Pod | undefined): string {
  if (!pod) return "its pod was deleted";
  const ended = pod.status?.containerStatuses?.[0]?.state?.terminated;
  if (ended && ended.exitCode !== 0) return `it ended with exit code ${ended.exitCode} (${ended.reason})`;
  return pod.status?.reason ?? "";
}
