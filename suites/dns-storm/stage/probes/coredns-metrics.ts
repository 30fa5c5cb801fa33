import { EnvironmentError } from "../../../../runner/errors.ts";
import { type Sample, sumOf, sumsBy } from "../../../../runner/probes/prometheus.ts";
import type { CoreDnsReading } from "../../analysis/coredns-counters.ts";

/** Since when CoreDNS's counters have the names that are read here (its release notes of 1.7.0). */
const FIRST = [1, 7] as const;

/**
 * Pure: the counters in one scrape, of CoreDNS 1.7 and newer. Names: its plugins metrics, cache, forward and autopath. One
 * that is missing counted nothing: CoreDNS writes none before its first event, and none of a plugin that is not loaded.
 * @param who whose scrape it is
 * @throws EnvironmentError where the names are others, or it is no CoreDNS's
 */
export function countersOf(samples: readonly Sample[], who: string): Omit<CoreDnsReading, "pod" | "throttling"> {
  assertReadable(samples, who);
  const { HINFO: _loopCheck, ...requests } = sumsBy(samples, "coredns_dns_requests_total", "type");
  const cacheHits = sumsBy(samples, "coredns_cache_hits_total", "type");
  return {
    startedAtUnixMs: needed(samples, "process_start_time_seconds", who) * 1000,
    requests,
    responses: sumsBy(samples, "coredns_dns_responses_total", "rcode"),
    cacheHits,
    cacheRequests: cacheRequests(samples, cacheHits),
    forwarded: forwarded(samples),
    maxConcurrentRejects: sumOf(samples, "coredns_forward_max_concurrent_rejects_total"),
    autopathAnswers: sumOf(samples, "coredns_autopath_success_total"),
    cpuSeconds: needed(samples, "process_cpu_seconds_total", who),
  };
}

/** The first versions count hits and misses only. */
function cacheRequests(samples: readonly Sample[], hits: Readonly<Record<string, number>>): number {
  if (has(samples, "coredns_cache_requests_total")) return sumOf(samples, "coredns_cache_requests_total");
  return Object.values(hits).reduce((sum, value) => sum + value, sumOf(samples, "coredns_cache_misses_total"));
}

/** Since 1.11 the plugin shares its proxy with others; before, it counted its responses itself. */
function forwarded(samples: readonly Sample[]): Record<string, number> {
  const shared = "coredns_proxy_request_duration_seconds_count";
  if (has(samples, shared)) return sumsBy(samples, shared, "rcode", { proxy_name: "forward" });
  return sumsBy(samples, "coredns_forward_responses_total", "rcode");
}

function assertReadable(samples: readonly Sample[], who: string): void {
  const version = samples.find(({ name }) => name === "coredns_build_info")?.labels.version ?? "";
  // A build of one's own may have any version, or none.
  const [, major = Number.NaN, minor = Number.NaN] = (/^v?(\d+)\.(\d+)/.exec(version) ?? []).map(Number);
  const isOlder = major < FIRST[0] || (major === FIRST[0] && minor < FIRST[1]);
  if (isOlder || has(samples, "coredns_dns_request_count_total")) {
    const which = version === "" ? "a CoreDNS" : `CoreDNS ${version}`;
    throw new EnvironmentError(
      `${who} is ${which}, whose counters have other names than those that packetwalk reads (of 1.7 and newer)`,
    );
  }
  if (!samples.some(({ name }) => name === "coredns_build_info" || name === "coredns_dns_requests_total")) {
    throw new EnvironmentError(`${who} serves metrics, but none of CoreDNS's`);
  }
}

function needed(samples: readonly Sample[], name: string, who: string): number {
  if (!has(samples, name)) throw new EnvironmentError(`${who} serves no metric ${name}`);
  return sumOf(samples, name);
}

function has(samples: readonly Sample[], wanted: string): boolean {
  return samples.some(({ name }) => name === wanted);
}
