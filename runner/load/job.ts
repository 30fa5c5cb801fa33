import type { V1ConfigMap, V1Job } from "@kubernetes/client-node";
import { EnvironmentError } from "../errors.ts";
import { apiReason, type Cluster } from "../target/cluster.ts";
import { apply, readManifest } from "../target/manifests.ts";
import { NAMESPACE } from "../workloads/namespace.ts";
import { type Assignment, type LoadEngine, WORKER_FILES, type WorkerProgram } from "./engines/engine.ts";
import type { LoadSpec } from "./spec.ts";

export interface LoadOptions extends Assignment {
  readonly name: string;
  readonly engine: LoadEngine;
  readonly image: string;
  readonly load: LoadSpec;
  /** Nodes on which the workers may run; they are spread evenly. */
  readonly nodes: readonly string[];
  /** Pod-level sysctls of the arm. */
  readonly podSysctls: ReadonlyArray<{ name: string; value: string }>;
  /** Takes each line of a tracing engine's timelines. */
  readonly onTimeline?: (worker: number, timeline: string) => void;
  readonly signal?: AbortSignal | undefined;
}

export const CONTAINER = "load";

/** Creates the Indexed Job, and the ConfigMap of the files that its workers need. */
export async function createJob(cluster: Cluster, options: LoadOptions): Promise<void> {
  const program = await options.engine.worker(options.load, options);
  try {
    if (program.files) await apply(cluster, configMap(options.name, program.files));
    await apply(cluster, job(options, program));
  } catch (error) {
    throw new EnvironmentError(`the load Job can't be created: ${apiReason(error)}`);
  }
}

/** Deletes the Job and its files; what is gone already is none of its concern. */
export async function deleteJob(cluster: Cluster, name: string): Promise<void> {
  const at = { name, namespace: NAMESPACE };
  await cluster.batch.deleteNamespacedJob({ ...at, propagationPolicy: "Background" });
  await cluster.core.deleteNamespacedConfigMap(at).catch(() => undefined); // most engines need no files
}

function configMap(name: string, data: Readonly<Record<string, string>>): V1ConfigMap {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: NAMESPACE }, data: { ...data } };
}

function job(options: LoadOptions, program: WorkerProgram): V1Job {
  const { name, load, nodes, podSysctls } = options;
  const job = readManifest<V1Job>("load", "Job");
  const pod = job.spec?.template.spec;
  const container = pod?.containers[0];
  if (!job.spec || !pod || !container) throw new Error("manifests/load/job.yaml has no container");
  job.metadata = { ...job.metadata, name };
  job.spec.completions = load.workers;
  job.spec.parallelism = load.workers;
  const hostname = { key: "kubernetes.io/hostname", operator: "In", values: [...nodes] };
  pod.affinity = {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [hostname] }] },
    },
  };
  if (podSysctls.length > 0) pod.securityContext = { sysctls: [...podSysctls] };
  container.image = options.image;
  if (program.command) container.command = [...program.command];
  container.env = Object.entries(program.environment).map(([key, value]) => ({ name: key, value }));
  if (program.files) {
    pod.volumes = [{ name: "files", configMap: { name } }];
    container.volumeMounts = [{ name: "files", mountPath: WORKER_FILES, readOnly: true }];
  }
  return job;
}
