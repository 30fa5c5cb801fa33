import type { Cluster } from "../../../../runner/cluster/cluster.ts";
import { type Agents, areThere, type MaybeAgents } from "../../../../runner/probes/agents.ts";
import { askPod } from "../../../../runner/probes/pod-http.ts";
import { parsePrometheus } from "../../../../runner/probes/prometheus.ts";
import { readThrottling } from "../../../../runner/probes/throttling.ts";
import type { CoreDnsCounters, CoreDnsReading } from "../../analysis/coredns-counters.ts";
import { countersOf } from "./coredns-metrics.ts";

const METRICS_PORT = 9153;

/** A CoreDNS pod as its counters are read. */
export interface CoreDnsPod {
  readonly namespace: string;
  readonly name: string;
  readonly node: string;
  /** Id of its container, by which its node knows the CPU limit's effect. */
  readonly containerId: string;
  /** Where it serves its metrics; 9153 unless told otherwise. */
  readonly metricsPort?: number | undefined;
}

/**
 * Reads the pods' counters, each pod's from itself.
 * @param agents who knows their CPU limits' effect; null: not asked
 * @throws EnvironmentError when one does not answer
 */
export async function readCoreDns(
  cluster: Cluster,
  agents: MaybeAgents | null,
  pods: readonly CoreDnsPod[],
): Promise<CoreDnsReading[]> {
  return Promise.all(
    pods.map(async (pod) => {
      const at = { namespace: pod.namespace, pod: pod.name, port: pod.metricsPort ?? METRICS_PORT };
      const [text, throttling] = await Promise.all([
        askPod(cluster, at, { method: "GET", path: "/metrics" }),
        agents && areThere(agents) ? throttlingOf(agents, pod) : null,
      ]);
      return { pod: pod.name, ...countersOf(parsePrometheus(text), `pod ${pod.name}`), throttling };
    }),
  );
}

async function throttlingOf(agents: Agents, { node, containerId }: CoreDnsPod): Promise<CoreDnsCounters["throttling"]> {
  const [found] = await readThrottling(agents, node, [containerId]);
  return found ?? null;
}
