import type { V1ConfigMap, V1Job } from "@kubernetes/client-node";
import { apiReason, type Cluster } from "../../../../runner/cluster/cluster.ts";
import { apply } from "../../../../runner/cluster/manifests.ts";
import { onNodes } from "../../../../runner/cluster/on-nodes.ts";
import { NAMESPACE } from "../../../../runner/cluster/own-namespace.ts";
import { podTrouble } from "../../../../runner/cluster/pods.ts";
import { waitFor } from "../../../../runner/cluster/wait.ts";
import { EnvironmentError } from "../../../../runner/errors.ts";
import type { QueryRate } from "../../analysis/query-rate.ts";
import { MANIFESTS } from "../manifests.ts";
import { parseStatistics } from "./statistics.ts";

const NAME = "dnsperf";
const QUERY_TIMEOUT_S = 5;
const START_TIMEOUT_MS = 60_000;
/** What does not change for the better while one waits. */
const NO_IMAGE = /: (ImagePullBackOff|ErrImageNeverPull|InvalidImageName)\b/;

export interface QueryRateOptions {
  /** dnsperf's. */
  readonly image: string;
  /** IP address of the server. */
  readonly server: string;
  /** Asked in turn, each a full name; no search list is tried. */
  readonly queries: ReadonlyArray<{ readonly name: string; readonly type: "A" | "AAAA" }>;
  readonly seconds: number;
  /** Null: as fast as the server answers. */
  readonly perSecond: number | null;
  /** Queries without an answer yet, at most. */
  readonly outstanding: number;
  /** Sockets among which the queries are shared. */
  readonly clients: number;
  /** Nodes on which it may run. */
  readonly nodes: readonly string[];
}

/**
 * Sends a server queries with dnsperf, from a Job, and tells how many it answered. Each of its clients has one socket, so
 * that it never meets what happens to several queries from one port.
 * @throws EnvironmentError if the Job can't run, or dnsperf fails
 */
export async function queryRate(cluster: Cluster, options: QueryRateOptions, signal?: AbortSignal): Promise<QueryRate> {
  const queries = options.queries.map(({ name, type }) => `${name} ${type}\n`).join("");
  const config: V1ConfigMap = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: NAME, namespace: NAMESPACE },
    data: { queries },
  };
  try {
    await apply(cluster, config);
    const job = await apply(cluster, jobOf(options));
    const timeoutMs = (options.seconds + QUERY_TIMEOUT_S) * 1000 + START_TIMEOUT_MS;
    const pod = await ended(cluster, job.metadata?.uid ?? "", timeoutMs, signal);
    return parseStatistics(await cluster.core.readNamespacedPodLog({ name: pod, namespace: NAMESPACE }));
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof EnvironmentError ? error : new EnvironmentError(`dnsperf: ${apiReason(error)}`);
  } finally {
    const at = { name: NAME, namespace: NAMESPACE };
    await cluster.batch.deleteNamespacedJob({ ...at, propagationPolicy: "Background" }).catch(() => undefined);
    await cluster.core.deleteNamespacedConfigMap(at).catch(() => undefined); // goes with the namespace at the latest
  }
}

function jobOf({ image, server, seconds, perSecond, outstanding, clients, nodes }: QueryRateOptions): V1Job {
  const job = MANIFESTS.object<V1Job>(NAME, "Job");
  const pod = job.spec?.template.spec;
  const [container] = pod?.containers ?? [];
  if (!pod || !container) throw new Error("suites/dns-storm/manifests/dnsperf/job.yaml has no container");
  pod.affinity = onNodes(nodes);
  container.image = image;
  container.args = [
    ...["-s", server],
    ...["-d", "/queries/queries"],
    ...["-l", String(seconds)],
    ...["-t", String(QUERY_TIMEOUT_S)],
    ...["-q", String(outstanding)],
    ...["-c", String(clients)],
    ...(perSecond === null ? [] : ["-Q", String(perSecond)]),
    // A line for each lost query would push the statistics out of the log.
    ...["-O", "suppress=timeout,unexpected"],
  ];
  return job;
}

/** Waits for the end of this Job's pod; gives its name. One of an earlier Job may not be gone yet. */
async function ended(
  cluster: Cluster,
  jobUid: string,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<string> {
  let trouble = "";
  return waitFor(
    "dnsperf's end",
    async () => {
      const labelSelector = `batch.kubernetes.io/controller-uid=${jobUid}`;
      const { items } = await cluster.core.listNamespacedPod({ namespace: NAMESPACE, labelSelector });
      trouble = podTrouble(items);
      if (NO_IMAGE.test(trouble)) throw new EnvironmentError(`dnsperf: ${trouble}`);
      const [pod] = items;
      const hasEnded = pod?.status?.phase === "Succeeded" || pod?.status?.phase === "Failed";
      return hasEnded ? pod.metadata?.name : undefined;
    },
    { timeoutMs, intervalMs: 250, describe: () => trouble, signal },
  );
}
