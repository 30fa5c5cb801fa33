import { describe, expect, test } from "vitest";
import { parsePrometheus, sumOf, sumsBy } from "../../../../../runner/probes/prometheus.ts";
import { type CoreDnsReading, grown } from "../../../../../suites/dns-storm/analysis/coredns-counters.ts";
import { countersOf } from "../../../../../suites/dns-storm/stage/probes/coredns-metrics.ts";

describe("Prometheus's text format", () => {
  const samples = parsePrometheus(
    [
      "# HELP requests_total How many.",
      "# TYPE requests_total counter",
      'requests_total{type="A",server="dns://:53"} 12',
      'requests_total{type="AAAA",server="dns://:53",} 1.5e+06 1395066363000',
      'requests_total{type="A",server="dns://:54"} 3',
      'odd{path="C:\\\\DIR",quote="say \\"no\\"",brace="}"} 1',
      "plain_seconds 0.25",
      "bucket +Inf",
      "",
    ].join("\n"),
  );

  test("labels and values are read as they are written", () => {
    expect(samples).toHaveLength(6);
    expect(samples[3]?.labels).toEqual({ path: "C:\\DIR", quote: 'say "no"', brace: "}" });
    expect(sumOf(samples, "plain_seconds")).toBe(0.25);
    expect(sumOf(samples, "bucket")).toBe(Number.POSITIVE_INFINITY);
  });

  test("samples are added up by what is asked for", () => {
    expect(sumOf(samples, "requests_total", { type: "A" })).toBe(15);
    expect(sumsBy(samples, "requests_total", "type")).toEqual({ A: 15, AAAA: 1_500_000 });
    expect(sumsBy(samples, "requests_total", "type", { server: "dns://:54" })).toEqual({ A: 3, AAAA: 0 });
  });
});

/** As CoreDNS 1.12.4 writes it. */
const SCRAPE = `
process_start_time_seconds 1.795e+09
process_cpu_seconds_total 1.25
coredns_dns_requests_total{family="1",proto="udp",server="dns://:53",type="A",view="",zone="."} 80
coredns_dns_requests_total{family="1",proto="tcp",server="dns://:53",type="A",view="",zone="."} 5
coredns_dns_requests_total{family="1",proto="udp",server="dns://:53",type="AAAA",view="",zone="."} 80
coredns_dns_requests_total{family="1",proto="udp",server="dns://:53",type="HINFO",view="",zone="."} 1
coredns_dns_responses_total{plugin="kubernetes",rcode="NXDOMAIN",server="dns://:53",view="",zone="."} 120
coredns_dns_responses_total{plugin="forward",rcode="NOERROR",server="dns://:53",view="",zone="."} 40
coredns_cache_hits_total{server="dns://:53",type="denial",view="",zones="."} 118
coredns_cache_hits_total{server="dns://:53",type="success",view="",zones="."} 36
coredns_cache_requests_total{server="dns://:53",view="",zones="."} 166
coredns_forward_max_concurrent_rejects_total 7
coredns_proxy_request_duration_seconds_count{proxy_name="forward",rcode="NOERROR",to="10.96.0.53:53"} 4
coredns_proxy_request_duration_seconds_count{proxy_name="grpc",rcode="NOERROR",to="10.96.0.54:53"} 9
`;

test("CoreDNS's counters, its own loop check left out of the requests", () => {
  expect(countersOf(parsePrometheus(SCRAPE), "pod dns-1")).toEqual({
    startedAtUnixMs: 1_795_000_000_000,
    requests: { A: 85, AAAA: 80 },
    responses: { NOERROR: 40, NXDOMAIN: 120 },
    cacheHits: { denial: 118, success: 36 },
    cacheRequests: 166,
    forwarded: { NOERROR: 4 },
    maxConcurrentRejects: 7,
    autopathAnswers: 0,
    cpuSeconds: 1.25,
  });
});

describe("between two readings", () => {
  const first: CoreDnsReading = {
    pod: "dns-1",
    ...countersOf(parsePrometheus(SCRAPE), "pod dns-1"),
    throttling: { periods: 10, throttled: 1, throttledMs: 5 },
  };

  test("only what grew is told", () => {
    const second = {
      ...first,
      requests: { A: 90, AAAA: 80, HTTPS: 2 },
      cpuSeconds: 1.75,
      throttling: { periods: 15, throttled: 4, throttledMs: 25 },
    };
    expect(grown([first], [second])).toMatchObject([
      {
        pod: "dns-1",
        restarted: false,
        requests: { A: 5, HTTPS: 2 },
        responses: {},
        cpuSeconds: 0.5,
        throttling: { periods: 5, throttled: 3, throttledMs: 20 },
      },
    ]);
  });

  test("a process that began anew tells what it counted itself", () => {
    const second = { ...first, startedAtUnixMs: first.startedAtUnixMs + 5_000, requests: { A: 3 } };
    expect(grown([first], [second])).toMatchObject([{ restarted: true, requests: { A: 3 } }]);
  });

  test("a pod without a first reading is left out", () => {
    expect(grown([first], [{ ...first, pod: "dns-2" }])).toEqual([]);
  });
});
