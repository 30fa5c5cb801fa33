import { readFileSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { EnvironmentError } from "../../../../../runner/errors.ts";
import { parsePrometheus } from "../../../../../runner/probes/prometheus.ts";
import { countersOf } from "../../../../../suites/dns-storm/stage/probes/coredns-metrics.ts";

const read = (text: string) => countersOf(parsePrometheus(text), "pod coredns-1");
const PROCESS = "process_cpu_seconds_total 3\nprocess_start_time_seconds 1.7e+09";
const build = (version: string) =>
  `coredns_build_info{goversion="go1",revision="x",version="${version}"} 1\n${PROCESS}`;

describe("CoreDNS's counters under the names of its versions", () => {
  it("1.10 counts the responses of its upstreams itself", () => {
    const name = "../../../../fixtures/cases/coredns-1.10.txt";
    expect(read(readFileSync(new URL(name, import.meta.url), "utf8"))).toEqual({
      startedAtUnixMs: 1_700_000_000_000,
      requests: { A: 2_000, AAAA: 2_000 },
      responses: { NOERROR: 4_000 },
      cacheHits: { success: 900 },
      cacheRequests: 4_000,
      forwarded: { NOERROR: 450, SERVFAIL: 50 },
      maxConcurrentRejects: 7,
      autopathAnswers: 0,
      cpuSeconds: 12.5,
    });
  });

  it("1.7 counts hits and misses of its cache, and no requests", () => {
    const text = `${build("1.7.0")}
coredns_dns_requests_total{family="1",proto="udp",server="dns://:53",type="A",zone="."} 100
coredns_dns_responses_total{rcode="NXDOMAIN",server="dns://:53",zone="."} 100
coredns_cache_hits_total{server="dns://:53",type="denial"} 60
coredns_cache_hits_total{server="dns://:53",type="success"} 10
coredns_cache_misses_total{server="dns://:53"} 30
coredns_forward_responses_total{rcode="NXDOMAIN",to="10.0.0.2:53"} 30`;
    expect(read(text)).toMatchObject({
      cacheHits: { denial: 60, success: 10 },
      cacheRequests: 100,
      forwarded: { NXDOMAIN: 30 },
    });
  });

  it("1.12 counts what the plugin forward sends apart from what others send", () => {
    const text = `${build("1.12.1")}
coredns_proxy_request_duration_seconds_count{proxy_name="forward",rcode="NOERROR",to="10.0.0.2:53"} 9
coredns_proxy_request_duration_seconds_count{proxy_name="grpc",rcode="NOERROR",to="10.0.0.3:53"} 5
coredns_forward_responses_total{rcode="NOERROR",to="10.0.0.2:53"} 4`;
    expect(read(text).forwarded).toEqual({ NOERROR: 9 });
  });

  it("one that was asked nothing yet has counted nothing", () => {
    expect(read(build("1.11.3"))).toMatchObject({ requests: {}, forwarded: {}, cacheRequests: 0 });
  });
});

describe("what has other names is refused, and never zero", () => {
  test.each([
    [
      `${build("1.6.9")}\ncoredns_dns_request_count_total{zone="."} 100`,
      "pod coredns-1 is CoreDNS 1.6.9, whose counters have other names than those that packetwalk reads (of 1.7 and newer)",
    ],
    [
      `${PROCESS}\ncoredns_dns_request_count_total{zone="."} 100\ncoredns_forward_request_count_total{to="10.0.0.2:53"} 5`,
      "pod coredns-1 is a CoreDNS, whose counters have other names than those that packetwalk reads (of 1.7 and newer)",
    ],
    [`${PROCESS}\nskydns_skydns_dns_request_count_total 4`, "pod coredns-1 serves metrics, but none of CoreDNS's"],
    [
      'coredns_build_info{version="1.11.1"} 1\nprocess_start_time_seconds 1.7e+09',
      "pod coredns-1 serves no metric process_cpu_seconds_total",
    ],
  ])("%#", (text, because) => {
    expect(() => read(text)).toThrow(new EnvironmentError(because));
  });
});
