import { defineCheck } from "../check.ts";
import { count } from "../numbers.ts";
import { compares } from "../proofs.ts";

export const dnsForwardRejects = defineCheck({
  name: "dns-forward-rejects",
  hop: "dns",
  title: "CoreDNS has refused to forward queries",
  reads: ["dnsMetrics"],
  find({ dnsMetrics: { forwardRejects, forwarded } }) {
    if (forwardRejects === 0) return [];
    return [
      {
        severity: "warning",
        subject: "CoreDNS",
        value: `${count(forwardRejects)} queries refused for max_concurrent, ${count(forwarded)} forwarded`,
        readFrom: "coredns_forward_max_concurrent_rejects_total, since its pods started",
        consequence: "each was answered with REFUSED, which programs take for a look-up that failed",
        remedy: { tuning: "forward-max-concurrent-10000", words: "about 2 kB of memory a query that is under way" },
        proof: compares("forward-max-concurrent-10000"),
      },
    ];
  },
});
