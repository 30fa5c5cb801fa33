import type { V1ConfigMap, V1Pod } from "@kubernetes/client-node";
import { apiReason, type Cluster } from "../../../../runner/cluster/cluster.ts";
import { hasContainerEnded } from "../../../../runner/cluster/container-end.ts";
import { execInPod } from "../../../../runner/cluster/exec.ts";
import { apply } from "../../../../runner/cluster/manifests.ts";
import { onNodes } from "../../../../runner/cluster/on-nodes.ts";
import { WRITTEN_NAMESPACE } from "../../../../runner/cluster/own-namespace.ts";
import { podTrouble } from "../../../../runner/cluster/pods.ts";
import { waitFor } from "../../../../runner/cluster/wait.ts";
import { EnvironmentError } from "../../../../runner/errors.ts";
import type { QueryRate } from "../../analysis/query-rate.ts";
import { MANIFESTS } from "../manifests.ts";
import { parseStatistics } from "./statistics.ts";

const FOLDER = "dnsperf";
/** As its manifest has it. */
const CONTAINER = "dnsperf";
const QUERY_TIMEOUT_S = 5;
const START_TIMEOUT_MS = 60_000;
/** What does not change for the better while one waits. */
const NO_IMAGE = /: (ImagePullBackOff|ErrImageNeverPull|InvalidImageName)\b/;

export interface DnsperfOptions {
  /** The pod's. */
  readonly name: string;
  readonly image: string;
  /** Asked in turn, each a full name; no search list is tried. */
  readonly queries: ReadonlyArray<{ readonly name: string; readonly type: "A" | "AAAA" }>;
  /** Nodes on which it may run. */
  readonly nodes: readonly string[];
}

export interface QueryRateOptions {
  /** IP address of the server. */
  readonly server: string;
  readonly seconds: number;
  /** Null: as fast as the server answers. */
  readonly perSecond: number | null;
  /** Queries without an answer yet, at most. */
  readonly outstanding: number;
  /**
   * Sockets among which the queries are shared. Each client has one socket, so that it never meets what happens to several
   * queries from one port.
   */
  readonly clients: number;
}

/** A pod in which dnsperf can ask. */
export interface Dnsperf {
  /**
   * Sends a server queries, and tells how many it answered.
   * @throws EnvironmentError if dnsperf fails
   */
  rate(options: QueryRateOptions, signal?: AbortSignal): Promise<QueryRate>;
  remove(): Promise<void>;
}

/**
 * Deploys it and waits until it runs.
 * @throws EnvironmentError if it can't
 */
export async function deployDnsperf(cluster: Cluster, options: DnsperfOptions, signal?: AbortSignal): Promise<Dnsperf> {
  const { name } = options;
  const at = { name, namespace: cluster.namespace };
  const remove = async () => {
    await cluster.core.deleteNamespacedPod({ ...at, gracePeriodSeconds: 0 }).catch(() => undefined);
    await cluster.core.deleteNamespacedConfigMap(at).catch(() => undefined); // goes with the namespace at the latest
  };
  try {
    await apply(cluster, queriesOf(options));
    await apply(cluster, podOf(options));
    await untilRunning(cluster, name, signal);
  } catch (error) {
    await remove();
    signal?.throwIfAborted();
    throw error instanceof EnvironmentError ? error : new EnvironmentError(`dnsperf: ${apiReason(error)}`);
  }
  return {
    async rate(question, signal) {
      const command = commandOf(question);
      const timeoutMs = (question.seconds + QUERY_TIMEOUT_S) * 1000 + START_TIMEOUT_MS;
      const pod = { namespace: cluster.namespace, pod: name, container: CONTAINER };
      const ran = await execInPod(cluster, pod, command, { timeoutMs, signal });
      if (ran.exitCode !== 0) throw new EnvironmentError(`dnsperf: ${ran.stderr.trim() || `exit ${ran.exitCode}`}`);
      return parseStatistics(ran.stdout);
    },
    remove,
  };
}

function queriesOf({ name, queries }: DnsperfOptions): V1ConfigMap {
  const lines = queries.map((each) => `${each.name} ${each.type}\n`).join("");
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace: WRITTEN_NAMESPACE },
    data: { queries: lines },
  };
}

function podOf({ name, image, nodes }: DnsperfOptions): V1Pod {
  const pod = MANIFESTS.object<V1Pod>(FOLDER, "Pod");
  const [container] = pod.spec?.containers ?? [];
  const [volume] = pod.spec?.volumes ?? [];
  if (!pod.spec || !container || !volume) throw new Error(`suites/dns-storm/manifests/${FOLDER} has no container`);
  pod.metadata = { ...pod.metadata, name };
  pod.spec.affinity = onNodes(nodes);
  container.image = image;
  volume.configMap = { name };
  return pod;
}

function commandOf({ server, seconds, perSecond, outstanding, clients }: QueryRateOptions): string[] {
  return [
    "/usr/bin/dnsperf",
    ...["-s", server],
    ...["-d", "/queries/queries"],
    ...["-l", String(seconds)],
    ...["-t", String(QUERY_TIMEOUT_S)],
    ...["-q", String(outstanding)],
    ...["-c", String(clients)],
    ...(perSecond === null ? [] : ["-Q", String(perSecond)]),
    // Without a line for each lost query.
    ...["-O", "suppress=timeout,unexpected"],
  ];
}

async function untilRunning(cluster: Cluster, name: string, signal: AbortSignal | undefined): Promise<void> {
  let trouble = "";
  await waitFor(
    "dnsperf's pod",
    async () => {
      const pod = await cluster.core.readNamespacedPod({ name, namespace: cluster.namespace });
      trouble = podTrouble([pod]);
      if (NO_IMAGE.test(trouble) || hasContainerEnded(pod, CONTAINER))
        throw new EnvironmentError(`dnsperf: ${trouble || "its pod ended at once"}`);
      return pod.status?.phase === "Running" ? true : undefined;
    },
    { timeoutMs: START_TIMEOUT_MS, describe: () => trouble, signal },
  );
}
