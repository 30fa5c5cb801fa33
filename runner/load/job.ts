import type { V1Job } from "@kubernetes/client-node";
import { apiReason, type Cluster } from "../cluster/cluster.ts";
import { apply, SHARED } from "../cluster/manifests.ts";
import { onNodes } from "../cluster/on-nodes.ts";
import { EnvironmentError } from "../errors.ts";
import { WORKER_FILES, type WorkerProgram } from "./engines/engine.ts";
import { type WorkerPods, type WorkerPodsOptions, workerFiles } from "./worker-pods.ts";

const CONTAINER = "load";
const INDEX_LABEL = "batch.kubernetes.io/job-completion-index";

/** Workers as an Indexed Job: what any cluster can run, and any engine can run in. */
export function loadJob(cluster: Cluster, options: WorkerPodsOptions): WorkerPods {
  const { name } = options;
  return {
    container: CONTAINER,
    selector: `batch.kubernetes.io/job-name=${name}`,
    maker: { kind: "Job", name },
    readyWithinMs: 90_000,
    indexOf: ({ metadata }) => Number(metadata?.labels?.[INDEX_LABEL] ?? metadata?.annotations?.[INDEX_LABEL] ?? 0),
    async create() {
      const program = await options.program(options.load);
      const made = job(options, program);
      if (made.spec?.template.spec) await options.delivery.equip(made.spec.template.spec, options.programs);
      try {
        if (program.files) await apply(cluster, workerFiles(name, program.files));
        await apply(cluster, made);
      } catch (error) {
        throw new EnvironmentError(`the load Job can't be created: ${apiReason(error)}`);
      }
    },
    ready: async () => true,
    async remove() {
      const at = { name, namespace: cluster.namespace };
      await cluster.batch.deleteNamespacedJob({ ...at, propagationPolicy: "Background" });
      await cluster.core.deleteNamespacedConfigMap(at).catch(() => undefined); // most engines need no files
    },
  };
}

function job(options: WorkerPodsOptions, program: WorkerProgram): V1Job {
  const { name, load, nodes, podSysctls } = options;
  const job = SHARED.object<V1Job>("load", "Job");
  const pod = job.spec?.template.spec;
  const container = pod?.containers[0];
  if (!job.spec || !pod || !container) throw new Error("manifests/load/job.yaml has no container");
  job.metadata = { ...job.metadata, name };
  job.spec.completions = load.workers;
  job.spec.parallelism = load.workers;
  pod.affinity = onNodes(nodes);
  if (podSysctls.length > 0) pod.securityContext = { ...pod.securityContext, sysctls: [...podSysctls] };
  if (options.dns) Object.assign(pod, options.dns);
  container.image = options.image;
  container.resources = { requests: { ...container.resources?.requests, cpu: options.cpuRequest } };
  container.command = [...program.command];
  container.env = Object.entries(program.environment).map(([key, value]) => ({ name: key, value }));
  if (program.files) {
    pod.volumes = [{ name: "files", configMap: { name } }];
    container.volumeMounts = [{ name: "files", mountPath: WORKER_FILES, readOnly: true }];
  }
  return job;
}
