import { apiReason, type Cluster } from "../../cluster/cluster.ts";
import { askPod } from "../../probes/pod-http.ts";
import { parsePrometheus, type Sample, sumOf } from "../../probes/prometheus.ts";
import type { DnsMetrics } from "../inside/state.ts";

const NAMESPACE = "kube-system";
const PORT = 9153;
/** More pods of CoreDNS than this tell nothing new. */
const MOST_PODS = 8;

/** @throws Error in words that say why they are not known */
export async function readDnsMetrics(cluster: Cluster): Promise<DnsMetrics> {
  const pods = await runningPods(cluster, "k8s-app=kube-dns");
  if (pods.length === 0) throw new Error(`no pod k8s-app=kube-dns runs in ${NAMESPACE}`);
  const texts = await Promise.all(
    pods
      .slice(0, MOST_PODS)
      .map((pod) => askPod(cluster, { namespace: NAMESPACE, pod, port: PORT }, { method: "GET", path: "/metrics" })),
  );
  return dnsMetrics(texts.map(parsePrometheus));
}

/** @throws Error where they may not be listed */
export async function runningPods({ core }: Cluster, labelSelector: string): Promise<string[]> {
  try {
    const fieldSelector = "status.phase=Running";
    const { items } = await core.listNamespacedPod({ namespace: NAMESPACE, labelSelector, fieldSelector });
    return items.map(({ metadata }) => metadata?.name ?? "");
  } catch (error) {
    throw new Error(apiReason(error));
  }
}

/**
 * Pure: the counters of CoreDNS 1.7 and newer. One that is missing counted nothing: CoreDNS writes none before its first event.
 * @throws Error where it is no CoreDNS's
 */
export function dnsMetrics(pods: ReadonlyArray<readonly Sample[]>): DnsMetrics {
  if (!pods.every((samples) => samples.some(({ name }) => name === "coredns_build_info")))
    throw new Error("what answers there is no CoreDNS");
  const total = (name: string) => pods.reduce((sum, samples) => sum + sumOf(samples, name), 0);
  const has = (wanted: string) => pods.some((samples) => samples.some(({ name }) => name === wanted));
  const cacheHits = total("coredns_cache_hits_total");
  // Since 1.11 the plugin shares its proxy with others.
  const taken = has("coredns_proxy_request_duration_seconds_count")
    ? "coredns_proxy_request_duration_seconds"
    : "coredns_forward_request_duration_seconds";
  const forwarded = total(`${taken}_count`);
  return {
    pods: pods.length,
    cacheHits,
    // The first versions count hits and misses only.
    cacheRequests: has("coredns_cache_requests_total")
      ? total("coredns_cache_requests_total")
      : cacheHits + total("coredns_cache_misses_total"),
    forwarded,
    forwardRejects: total("coredns_forward_max_concurrent_rejects_total"),
    upstreamMs: forwarded > 0 ? (total(`${taken}_sum`) / forwarded) * 1000 : null,
  };
}
