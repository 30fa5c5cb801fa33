import {
  CustomObjectsApi,
  type KubernetesObject,
  type V1Pod,
  type V1PodSecurityContext,
  type V1PodSpec,
  type V1VolumeMount,
} from "@kubernetes/client-node";
import { withUsersOf } from "../cluster/assigned-users.ts";
import { apiReason, type Cluster, isNotFound } from "../cluster/cluster.ts";
import { apply, SHARED } from "../cluster/manifests.ts";
import { onNodes } from "../cluster/on-nodes.ts";
import { inOwnNamespace } from "../cluster/own-namespace.ts";
import { waitFor } from "../cluster/wait.ts";
import { PROGRAMS_FOLDER } from "../delivery/programs.ts";
import { EnvironmentError } from "../errors.ts";
import type { WorkerProgram } from "./engines/engine.ts";
import { type WorkerPods, type WorkerPodsOptions, workerFiles } from "./worker-pods.ts";

const GROUP = "k6.io";
const VERSION = "v1alpha1";
const KIND = "TestRun";
/** As the operator names it. */
const CONTAINER = "k6";
const RUNNER_PATH = `${PROGRAMS_FOLDER}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`;
/** The operator sets a TestRun's first stage at once; this is for one that is just starting itself. */
const USUALLY_TAKEN_UP_WITHIN_MS = 60_000;

/** The parts of a TestRun's runner that are set here; the rest is in manifests/test-run. */
interface Runner extends Pick<V1PodSpec, "initContainers" | "volumes"> {
  image?: string;
  volumeMounts?: V1VolumeMount[];
  env?: Array<{ name: string; value: string }>;
  affinity?: ReturnType<typeof onNodes>;
  securityContext?: V1PodSecurityContext;
}

/** github.com/grafana/k6-operator, api/v1alpha1/testrun_types.go */
export interface TestRun extends KubernetesObject {
  spec: {
    parallelism: number;
    paused?: string;
    script: { configMap: { name: string; file?: string } };
    initializer: Runner & { disabled?: boolean };
    runner: Runner;
  };
  /** No stage: no operator has seen it yet. */
  status?: { stage?: string };
}

/** Whether the cluster has the k6-operator's TestRun. Discovery: every user may ask, those who can't list CRDs too. */
export async function servesTestRuns(cluster: Cluster): Promise<boolean> {
  const api = cluster.kubeconfig.makeApiClient(CustomObjectsApi);
  try {
    const { resources } = await api.getAPIResources({ group: GROUP, version: VERSION });
    return resources.some((each) => each.kind === KIND);
  } catch (error) {
    if (isNotFound(error)) return false;
    throw new EnvironmentError(`whether the cluster has the k6-operator can't be found out: ${apiReason(error)}`);
  }
}

/**
 * Workers made by the k6-operator, for engine k6: no other engine is a k6 process. The operator gives each runner its
 * execution segment of the whole load. It would also start them, one after another; here their gates do (programs/k6/worker),
 * so that they begin at one instant, and not before the measurement.
 */
export function testRun(cluster: Cluster, options: WorkerPodsOptions): WorkerPods {
  const { name, takenUpWithinMs = USUALLY_TAKEN_UP_WITHIN_MS } = options;
  const at = { apiVersion: `${GROUP}/${VERSION}`, kind: KIND, metadata: { name, namespace: cluster.namespace } };
  const read = async (): Promise<TestRun | undefined> => {
    try {
      return (await cluster.objects.read(at)) as TestRun;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw new EnvironmentError(`TestRun ${name} can't be read: ${apiReason(error)}`);
    }
  };
  let createdAtMs = Date.now();
  return {
    container: CONTAINER,
    selector: `k6_cr=${name}`,
    maker: { kind: "Job", name: `${name}-1` }, // the operator makes a Job for each runner
    readyWithinMs: 180_000, // the starter's image may have to be pulled after the runners'
    indexOf: (pod) => runnerIndex(pod, name),
    async create() {
      // One worker's share of one worker's load is the whole of it.
      const program = await options.program({ ...options.load, workers: 1 });
      const equipped: V1PodSpec = { containers: [{ name: CONTAINER, image: options.image }] };
      await options.delivery.equip(equipped, options.programs);
      try {
        await apply(cluster, workerFiles(name, program.files ?? {}));
        // Not server-side apply: that refuses fields which an older operator's CRD does not have.
        const made = await withUsersOf(cluster, testRunObject(options, program, equipped));
        await cluster.objects.create(inOwnNamespace(made, cluster.namespace));
      } catch (error) {
        throw new EnvironmentError(`the load's TestRun can't be created: ${apiReason(error)}`);
      }
      createdAtMs = Date.now();
    },
    async ready() {
      const stage = (await read())?.status?.stage ?? "";
      if (stage === "error") {
        throw new EnvironmentError(
          `the k6-operator could not prepare TestRun ${name}: see its own log; without its CRD testruns.${GROUP} packetwalk uses a Job`,
        );
      }
      if (stage === "" && Date.now() - createdAtMs > takenUpWithinMs) {
        throw new EnvironmentError(
          `the cluster has the CRD testruns.${GROUP}, but no k6-operator took up TestRun ${name} within ${takenUpWithinMs / 1000} s: start the operator, or remove its CRD so that packetwalk uses a Job`,
        );
      }
      return stage === "started" && (await starterEnded(cluster, name));
    },
    async remove() {
      // Foreground: the TestRun itself is the last to go, after its jobs, pods and services.
      await cluster.objects
        .delete(at, undefined, undefined, undefined, undefined, "Foreground")
        .catch((error: unknown) => {
          if (!isNotFound(error)) throw new EnvironmentError(`TestRun ${name} can't be deleted: ${apiReason(error)}`);
        });
      await cluster.core.deleteNamespacedConfigMap({ name, namespace: cluster.namespace }).catch(() => undefined);
      await waitFor(`deleting TestRun ${name}`, async () => ((await read()) === undefined ? true : undefined), {
        timeoutMs: 90_000,
      });
    },
  };
}

/**
 * Whether the operator is done, so that it starts no more pods beside the load. How its starter ended does not matter: one
 * that comes before kube-proxy has the runners' new Services on its node fails.
 */
async function starterEnded(cluster: Cluster, name: string): Promise<boolean> {
  const starter = { name: `${name}-starter`, namespace: cluster.namespace };
  try {
    const { status } = await cluster.batch.readNamespacedJob(starter);
    return (status?.succeeded ?? 0) + (status?.failed ?? 0) > 0;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw new EnvironmentError(`the starter of TestRun ${name} can't be read: ${apiReason(error)}`);
  }
}

/** The operator makes a Job a runner, numbered from 1; its starter's and initializer's pods are not workers. */
export function runnerIndex(pod: V1Pod, testRun: string): number | undefined {
  const job = pod.metadata?.labels?.["batch.kubernetes.io/job-name"] ?? "";
  const number = job.startsWith(`${testRun}-`) ? job.slice(testRun.length + 1) : "";
  return /^\d+$/.test(number) ? Number(number) - 1 : undefined;
}

/**
 * What the operator is asked for. It starts "k6" by itself, so that ours has to be on the path.
 * @param equipped a runner's pod with the programs that it needs
 */
export function testRunObject(
  { name, image, load, nodes, podSysctls }: Pick<WorkerPodsOptions, "name" | "image" | "load" | "nodes" | "podSysctls">,
  program: WorkerProgram,
  { initContainers = [], volumes = [], containers }: V1PodSpec,
): TestRun {
  const object = SHARED.object<TestRun>("test-run", KIND);
  const [file] = Object.keys(program.files ?? {});
  if (file === undefined) throw new Error("a TestRun needs a script");
  object.metadata = { ...object.metadata, name };
  const { spec } = object;
  spec.parallelism = load.workers;
  spec.script.configMap = { name, file };
  spec.runner = {
    ...spec.runner,
    image,
    env: Object.entries({ ...program.environment, INSTANCES: String(load.workers), PATH: RUNNER_PATH }).map(
      ([key, value]) => ({ name: key, value }),
    ),
    ...{ initContainers, volumes, volumeMounts: containers[0]?.volumeMounts ?? [] },
    affinity: onNodes(nodes),
    ...(podSysctls.length > 0 ? { securityContext: { ...spec.runner.securityContext, sysctls: [...podSysctls] } } : {}),
  };
  spec.initializer = { ...spec.runner, ...spec.initializer };
  return object;
}
