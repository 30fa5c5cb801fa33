import { forwardsPerSecond } from "../../analysis/capacity/dns.ts";
import { defineCheck } from "../check.ts";
import { count } from "../numbers.ts";
import { compares } from "../proofs.ts";

const SLOW_MS = 100;
/** Fewer tell nothing. */
const ENOUGH = 1000;
/** As kubeadm writes it. */
const MAX_CONCURRENT = 1000;

export const dnsUpstreamSlow = defineCheck({
  name: "dns-upstream-slow",
  hop: "dns",
  title: "CoreDNS's upstream answers slowly",
  reads: ["dnsMetrics"],
  find({ dnsMetrics: { upstreamMs, forwarded } }) {
    if (upstreamMs === null || forwarded < ENOUGH || upstreamMs < SLOW_MS) return [];
    return [
      {
        severity: "warning",
        subject: "CoreDNS",
        value: `its upstream took ${count(upstreamMs)} ms on average for ${count(forwarded)} queries`,
        readFrom: "coredns_proxy_request_duration_seconds, since its pods started",
        consequence: `each name outside that is not in the cache waits for it; ${count(MAX_CONCURRENT)} queries under way, which is the usual max_concurrent, are ${count(forwardsPerSecond(MAX_CONCURRENT, upstreamMs / 1000))} queries/s, and more are refused`,
        remedy: {
          tuning: "cache-prefetch-stale",
          words: "a nearer upstream; a cache that asks anew before entries run out",
        },
        proof: compares("cache-prefetch-stale"),
      },
    ];
  },
  lacks: ({ dnsMetrics: { forwarded } }) =>
    forwarded >= ENOUGH
      ? []
      : [{ what: "CoreDNS's upstream", node: null, because: `only ${count(forwarded)} queries were forwarded so far` }],
});
