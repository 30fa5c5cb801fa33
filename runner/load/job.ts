import type { V1Job } from "@kubernetes/client-node";
import { apiReason, type Cluster, isNotFound } from "../cluster/cluster.ts";
import { apply, SHARED } from "../cluster/manifests.ts";
import { onNodes } from "../cluster/on-nodes.ts";
import { EnvironmentError } from "../errors.ts";
import { WORKER_FILES, type WorkerProgram } from "./engines/engine.ts";
import { longestMs } from "./spec.ts";
import { type WorkerPods, type WorkerPodsOptions, workerFiles, workerSecret } from "./worker-pods.ts";

const CONTAINER = "load";
const INDEX_LABEL = "batch.kubernetes.io/job-completion-index";

/** Workers as an Indexed Job: what any cluster can run, and any engine can run in. */
export function loadJob(cluster: Cluster, options: WorkerPodsOptions): WorkerPods {
  const { name } = options;
  let hasSecret = false;
  return {
    container: CONTAINER,
    selector: `batch.kubernetes.io/job-name=${name}`,
    maker: { kind: "Job", name },
    readyWithinMs: 90_000,
    indexOf: ({ metadata }) => Number(metadata?.labels?.[INDEX_LABEL] ?? metadata?.annotations?.[INDEX_LABEL] ?? 0),
    async create() {
      const program = await options.program(options.load);
      const made = jobObject(options, program);
      if (made.spec?.template.spec) await options.delivery.equip(made.spec.template.spec, options.programs);
      try {
        hasSecret = program.files !== undefined && program.filesAreSecret === true;
        if (program.files) await apply(cluster, (hasSecret ? workerSecret : workerFiles)(name, program.files));
        await apply(cluster, made);
      } catch (error) {
        throw new EnvironmentError(`the load Job can't be created: ${apiReason(error)}`);
      }
    },
    ready: async () => true,
    async remove() {
      const at = { name, namespace: cluster.namespace };
      // First, since the Job may never have come about.
      if (hasSecret) await removeSecret(cluster, name);
      await cluster.batch.deleteNamespacedJob({ ...at, propagationPolicy: "Background" });
      await cluster.core.deleteNamespacedConfigMap(at).catch(() => undefined); // most engines need no files
    },
  };
}

async function removeSecret(cluster: Cluster, name: string): Promise<void> {
  await cluster.core.deleteNamespacedSecret({ name, namespace: cluster.namespace }).catch((error: unknown) => {
    if (!isNotFound(error)) throw new EnvironmentError(`the load's Secret can't be deleted: ${apiReason(error)}`);
  });
}

/** Pure: the Job, without what brings our programs into its pods. */
export function jobObject(
  options: Omit<WorkerPodsOptions, "delivery" | "programs" | "program">,
  program: WorkerProgram,
): V1Job {
  const { name, load, gateTimeoutMs, nodes, podSysctls } = options;
  const job = SHARED.object<V1Job>("load", "Job");
  const pod = job.spec?.template.spec;
  const container = pod?.containers[0];
  if (!job.spec || !pod || !container) throw new Error("manifests/load/job.yaml has no container");
  job.metadata = { ...job.metadata, name };
  job.spec.completions = load.workers;
  job.spec.parallelism = load.workers;
  const neededS = Math.ceil(longestMs(load, gateTimeoutMs) / 1000);
  job.spec.activeDeadlineSeconds = Math.max(job.spec.activeDeadlineSeconds ?? 0, neededS);
  pod.affinity = onNodes(nodes);
  if (podSysctls.length > 0) pod.securityContext = { ...pod.securityContext, sysctls: [...podSysctls] };
  if (options.dns) Object.assign(pod, options.dns);
  container.image = options.image;
  container.resources = { requests: { ...container.resources?.requests, cpu: options.cpuRequest } };
  container.command = [...program.command];
  container.env = Object.entries(program.environment).map(([key, value]) => ({ name: key, value }));
  if (program.files) {
    const from = program.filesAreSecret ? { secret: { secretName: name } } : { configMap: { name } };
    pod.volumes = [{ name: "files", ...from }];
    container.volumeMounts = [{ name: "files", mountPath: WORKER_FILES, readOnly: true }];
  }
  return job;
}
