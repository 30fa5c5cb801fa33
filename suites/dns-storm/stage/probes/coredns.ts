import type { Cluster } from "../../../../runner/cluster/cluster.ts";
import type { Agents } from "../../../../runner/probes/agents.ts";
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

/** What a CoreDNS process has counted since its start, or between two readings. */
export interface CoreDnsCounters {
  /** Queries from clients, by type; what CoreDNS asks itself (its loop check) is left out. */
  readonly requests: Readonly<Record<string, number>>;
  /** Answers to them by response code, those to its own check included. */
  readonly responses: Readonly<Record<string, number>>;
  readonly cacheHits: Readonly<Record<string, number>>;
  readonly cacheRequests: number;
  /** Queries that it forwarded, by the upstream's response code. */
  readonly forwarded: Readonly<Record<string, number>>;
  /** Queries that were refused because too many were being forwarded. */
  readonly maxConcurrentRejects: number;
  readonly autopathAnswers: number;
  readonly cpuSeconds: number;
  /** Periods of the CPU limit in which it used up its quota, of those in which it ran; null: no limit, or not read. */
  readonly throttling: { readonly periods: number; readonly throttled: number; readonly throttledMs: number } | null;
}

export interface CoreDnsReading extends CoreDnsCounters {
  readonly pod: string;
  readonly startedAtUnixMs: number;
}

/** What happened between two readings of one pod. */
export interface CoreDnsGrowth extends CoreDnsCounters {
  readonly pod: string;
  /** The process was a new one by the second reading: what the old one had counted since the first is lost. */
  readonly restarted: boolean;
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

interface ContainerThrottling {
  readonly container: string;
  readonly periods: number;
  readonly throttled: number;
  readonly throttledMs: number;
}

async function readThrottling(
  agents: Agents,
  { node, containerId }: CoreDnsPod,
): Promise<CoreDnsCounters["throttling"]> {
  const answer = await agents.run(node, ["throttling", "--containers", containerId]);
  const [found] = JSON.parse(answer) as ContainerThrottling[];
  return found ? { periods: found.periods, throttled: found.throttled, throttledMs: found.throttledMs } : null;
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

/** Pure: what each pod counted between two readings; a pod that only one of them has is left out. */
export function grown(before: readonly CoreDnsReading[], after: readonly CoreDnsReading[]): CoreDnsGrowth[] {
  return after.flatMap((now) => {
    const then = before.find(({ pod }) => pod === now.pod);
    if (!then) return [];
    const restarted = now.startedAtUnixMs !== then.startedAtUnixMs;
    const { startedAtUnixMs: _, ...growth } = restarted ? now : difference(then, now);
    return [{ ...growth, restarted }];
  });
}

function difference(then: CoreDnsReading, now: CoreDnsReading): CoreDnsReading {
  const { throttling: held } = now;
  return {
    ...now,
    requests: minus(now.requests, then.requests),
    responses: minus(now.responses, then.responses),
    cacheHits: minus(now.cacheHits, then.cacheHits),
    cacheRequests: now.cacheRequests - then.cacheRequests,
    forwarded: minus(now.forwarded, then.forwarded),
    maxConcurrentRejects: now.maxConcurrentRejects - then.maxConcurrentRejects,
    autopathAnswers: now.autopathAnswers - then.autopathAnswers,
    cpuSeconds: now.cpuSeconds - then.cpuSeconds,
    throttling: held && {
      periods: held.periods - (then.throttling?.periods ?? 0),
      throttled: held.throttled - (then.throttling?.throttled ?? 0),
      throttledMs: held.throttledMs - (then.throttling?.throttledMs ?? 0),
    },
  };
}

/** Only what grew. */
function minus(now: Readonly<Record<string, number>>, then: Readonly<Record<string, number>>): Record<string, number> {
  const growth = Object.entries(now).map(([key, value]) => [key, value - (then[key] ?? 0)] as const);
  return Object.fromEntries(growth.filter(([, value]) => value !== 0));
}
