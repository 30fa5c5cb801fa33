import { z } from "zod";
import type { Cluster } from "../../../../runner/cluster/cluster.ts";
import { readDocument } from "../../../../runner/json-document.ts";
import type { Agents } from "../../../../runner/probes/agents.ts";
import type { CoreDnsCounters, CoreDnsReading } from "../../analysis/coredns-counters.ts";
import { askPod } from "./pod-http.ts";
import { parsePrometheus, type Sample, sumOf, sumsBy } from "./prometheus.ts";

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
  agents: Agents | null,
  pods: readonly CoreDnsPod[],
): Promise<CoreDnsReading[]> {
  return Promise.all(
    pods.map(async (pod) => {
      const at = { namespace: pod.namespace, pod: pod.name, port: pod.metricsPort ?? METRICS_PORT };
      const [text, throttling] = await Promise.all([
        askPod(cluster, at, { method: "GET", path: "/metrics" }),
        agents && readThrottling(agents, pod),
      ]);
      return { pod: pod.name, ...countersOf(parsePrometheus(text)), throttling };
    }),
  );
}

const Throttling = z.array(z.object({ periods: z.number(), throttled: z.number(), throttledMs: z.number() }));

async function readThrottling(
  agents: Agents,
  { node, containerId }: CoreDnsPod,
): Promise<CoreDnsCounters["throttling"]> {
  const answer = await agents.run(node, ["throttling", "--containers", containerId]);
  const [found] = readDocument(`agent throttling on node ${node}`, answer, Throttling);
  return found ?? null;
}

/** Pure: the counters in one scrape. Names: CoreDNS's plugins metrics, cache, forward and autopath. */
export function countersOf(samples: readonly Sample[]): Omit<CoreDnsReading, "pod" | "throttling"> {
  const { HINFO: _loopCheck, ...requests } = sumsBy(samples, "coredns_dns_requests_total", "type");
  return {
    startedAtUnixMs: sumOf(samples, "process_start_time_seconds") * 1000,
    requests,
    responses: sumsBy(samples, "coredns_dns_responses_total", "rcode"),
    cacheHits: sumsBy(samples, "coredns_cache_hits_total", "type"),
    cacheRequests: sumOf(samples, "coredns_cache_requests_total"),
    forwarded: sumsBy(samples, "coredns_proxy_request_duration_seconds_count", "rcode", { proxy_name: "forward" }),
    maxConcurrentRejects: sumOf(samples, "coredns_forward_max_concurrent_rejects_total"),
    autopathAnswers: sumOf(samples, "coredns_autopath_success_total"),
    cpuSeconds: sumOf(samples, "process_cpu_seconds_total"),
  };
}
