import { defineCheck } from "../check.ts";
import { count, percent } from "../numbers.ts";
import { compares } from "../proofs.ts";

/** Below it the cache does little. */
const LOW = 0.5;
/** Fewer queries tell nothing. */
const ENOUGH = 10_000;

export const dnsCacheHits = defineCheck({
  name: "dns-cache-hits",
  hop: "dns",
  title: "CoreDNS's cache answers few queries",
  reads: ["dnsMetrics"],
  find({ dnsMetrics: { cacheHits, cacheRequests } }) {
    const share = cacheHits / cacheRequests;
    if (cacheRequests < ENOUGH || share >= LOW) return [];
    return [
      {
        severity: "info",
        subject: "CoreDNS",
        value: `${percent(share)} of ${count(cacheRequests)} queries were answered from the cache`,
        readFrom: "coredns_cache_hits_total and coredns_cache_requests_total, since its pods started",
        consequence: `of 1,000 queries/s ${count(1000 * (1 - share))} are worked out anew, and those for names outside wait for the upstream`,
        remedy: {
          tuning: "cache-prefetch-stale",
          words: "a cache that asks anew before entries run out; fewer names asked for (ndots-2)",
        },
        proof: compares("cache-prefetch-stale"),
      },
    ];
  },
  lacks: ({ dnsMetrics: { cacheRequests } }) =>
    cacheRequests >= ENOUGH
      ? []
      : [
          {
            what: "CoreDNS's cache hits",
            node: null,
            because: `only ${count(cacheRequests)} queries came to its cache so far`,
          },
        ],
});
