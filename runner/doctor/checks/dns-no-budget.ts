import { RESOLVER_WAIT_S } from "../../analysis/capacity/dns.ts";
import { defineCheck } from "../check.ts";
import { reads } from "../proofs.ts";
import { clusterDns, protects, workloadName } from "../subjects.ts";

export const dnsNoBudget = defineCheck({
  name: "dns-no-budget",
  hop: "dns",
  title: "drains may take all pods of the cluster's DNS at once",
  reads: ["workloads", "budgets"],
  find({ workloads, budgets }) {
    const dns = clusterDns(workloads);
    // One pod, and the advice is another.
    if (!dns || dns.replicas < 2 || budgets.some((budget) => protects(budget, dns))) return [];
    return [
      {
        severity: "warning",
        subject: workloadName(dns),
        value: "no PodDisruptionBudget",
        readFrom: `PodDisruptionBudgets of ${dns.namespace}`,
        consequence: `two drains at a time may evict all ${dns.replicas} pods: until one is ready elsewhere each look-up waits ${RESOLVER_WAIT_S} s and fails`,
        remedy: { words: "a PodDisruptionBudget with maxUnavailable: 1 for its pods" },
        proof: reads`get poddisruptionbudgets -n ${dns.namespace}`,
      },
    ];
  },
});
