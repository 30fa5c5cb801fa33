import type { V1Job, V1Pod } from "@kubernetes/client-node";
import { EnvironmentError } from "../errors.ts";
import { apiReason, type Cluster } from "../target/cluster.ts";
import { execInPod } from "../target/exec.ts";
import { apply, readManifest } from "../target/manifests.ts";
import { podTrouble } from "../target/pods.ts";
import { waitFor } from "../target/wait.ts";
import { NAMESPACE } from "../workloads/namespace.ts";
import { FloodReport } from "./flood-report.ts";
import type { LoadSpec, LoadTarget } from "./spec.ts";

const CONTAINER = "flood";
const WORKER_LABEL = "batch.kubernetes.io/job-completion-index";

export interface FloodOptions {
  readonly name: string;
  readonly image: string;
  readonly load: LoadSpec;
  readonly target: LoadTarget;
  /** All workers run on this node, so that one conntrack table sees every connection. */
  readonly node: string;
  /** Pod-level sysctls of the arm. */
  readonly podSysctls: ReadonlyArray<{ name: string; value: string }>;
  readonly sliceMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface FloodWorker {
  readonly index: number;
  readonly pod: string;
  readonly uid: string;
}

/** A block's load, deployed and waiting at its gate. */
export interface Flood {
  readonly workers: readonly FloodWorker[];
  /** Opens every worker's gate for one common instant. */
  start(atUnixMs: number): Promise<void>;
  /** Waits for the workers' ends; a worker that died gives no report. */
  reports(): Promise<FloodReport[]>;
  remove(): Promise<void>;
}

/** Deploys the load Job and waits until every worker stands at the gate. */
export async function deployFlood(cluster: Cluster, options: FloodOptions): Promise<Flood> {
  try {
    await apply(cluster, floodJob(options));
  } catch (error) {
    throw new EnvironmentError(`the load Job can't be created: ${apiReason(error)}`);
  }
  const { name, load, signal } = options;
  const pods = await waitForWorkers(cluster, name, load.workers, signal);
  const workers = pods
    .map((pod) => ({ index: workerIndex(pod), pod: pod.metadata?.name ?? "", uid: pod.metadata?.uid ?? "" }))
    .sort((a, b) => a.index - b.index);
  return {
    workers,
    async start(atUnixMs) {
      await Promise.all(workers.map((worker) => openGate(cluster, worker, atUnixMs)));
    },
    reports: () => collectReports(cluster, name, workers, load, signal),
    async remove() {
      await cluster.batch.deleteNamespacedJob({ name, namespace: NAMESPACE, propagationPolicy: "Background" });
    },
  };
}

function floodJob(options: FloodOptions): V1Job {
  const { load } = options;
  const job = readManifest<V1Job>("flood", "Job");
  const template = job.spec?.template.spec;
  const container = template?.containers[0];
  if (!job.spec || !template || !container) throw new Error("manifests/flood/job.yaml has no container");
  job.metadata = { ...job.metadata, name: options.name };
  job.spec.completions = load.workers;
  job.spec.parallelism = load.workers;
  template.nodeSelector = { "kubernetes.io/hostname": options.node };
  if (options.podSysctls.length > 0) template.securityContext = { sysctls: [...options.podSysctls] };
  container.image = options.image;
  const perWorker = load.ratePerSecond / load.workers;
  container.env = [
    {
      name: "PACKETWALK_FLOOD",
      value: JSON.stringify({
        target: options.target,
        method: "GET",
        stages: [{ durationMs: load.durationMs, fromPerSecond: perWorker, toPerSecond: perWorker }],
        arrivals: "constant",
        seed: 1,
        timeoutMs: load.timeoutMs,
        // Enough for every request of a whole timeout to be in flight at once: a stalled target must not slow the schedule.
        maxInFlight: Math.ceil(perWorker * (load.timeoutMs / 1000 + 1)),
        closeWith: "fin",
        sliceMs: options.sliceMs,
        gateTimeoutMs: 120_000,
        threads: 1,
      }),
    },
  ];
  return job;
}

async function waitForWorkers(
  cluster: Cluster,
  job: string,
  wanted: number,
  signal: AbortSignal | undefined,
): Promise<V1Pod[]> {
  let trouble = "";
  return waitFor(
    "the load workers",
    async () => {
      const pods = await listWorkers(cluster, job);
      trouble = podTrouble(pods);
      const failed = pods.find((pod) => pod.status?.phase === "Failed");
      if (failed) throw new EnvironmentError(`a load worker did not start: ${trouble}`);
      const running = pods.filter((pod) => pod.status?.phase === "Running");
      return running.length === wanted ? running : undefined;
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

function workerIndex(pod: V1Pod): number {
  return Number(pod.metadata?.labels?.[WORKER_LABEL] ?? pod.metadata?.annotations?.[WORKER_LABEL] ?? 0);
}

async function openGate(cluster: Cluster, worker: FloodWorker, atUnixMs: number): Promise<void> {
  const at = { namespace: NAMESPACE, pod: worker.pod, container: CONTAINER };
  const command = ["/packetwalk-agent", "gate", "--start-at-unix-ms", String(atUnixMs)];
  const result = await execInPod(cluster, at, command, { timeoutMs: 15_000 });
  if (result.exitCode !== 0) throw new EnvironmentError(`load worker ${worker.index}: ${result.stderr.trim()}`);
}

async function collectReports(
  cluster: Cluster,
  job: string,
  workers: readonly FloodWorker[],
  load: LoadSpec,
  signal: AbortSignal | undefined,
): Promise<FloodReport[]> {
  await waitFor(
    "the load's end",
    async () => {
      const pods = await listWorkers(cluster, job);
      const ended = pods.filter((pod) => pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed");
      // A pod that was deleted is gone from the list: it has ended as well.
      return ended.length === pods.length ? true : undefined;
    },
    { timeoutMs: load.durationMs + load.timeoutMs + 60_000, intervalMs: 150, signal },
  );
  const reports = await Promise.all(workers.map((worker) => readReport(cluster, worker)));
  return reports.filter((report) => report !== undefined);
}

async function readReport(cluster: Cluster, worker: FloodWorker): Promise<FloodReport | undefined> {
  try {
    const log = await cluster.core.readNamespacedPodLog({
      name: worker.pod,
      namespace: NAMESPACE,
      container: CONTAINER,
    });
    const document = log.split("\n").find((line) => line.startsWith("{"));
    return document === undefined ? undefined : FloodReport.parse({ ...JSON.parse(document), worker: worker.index });
  } catch {
    return undefined; // counted as lost: the block says how many of its workers reported
  }
}
