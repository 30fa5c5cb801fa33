import { defineCheck } from "../check.ts";
import { reads } from "../proofs.ts";
import { protects, servedReplicas, workloadName } from "../subjects.ts";

export const noBudget = defineCheck({
  name: "no-budget",
  hop: "terminating-pods",
  title: "drains may take all pods of a Service at once",
  reads: ["workloads", "services", "budgets"],
  find({ workloads, services, budgets }) {
    return servedReplicas(workloads, services)
      .filter(({ workload }) => workload.replicas > 1 && !budgets.some((budget) => protects(budget, workload)))
      .map(({ workload }) => ({
        severity: "warning" as const,
        subject: workloadName(workload),
        value: "no PodDisruptionBudget",
        readFrom: `PodDisruptionBudgets of ${workload.namespace}`,
        consequence: `an upgrade that drains several nodes at a time may evict all ${workload.replicas} pods: every connection is refused until one is ready elsewhere`,
        remedy: { words: "a PodDisruptionBudget with maxUnavailable: 1 for its pods" },
        proof: reads`get poddisruptionbudgets -n ${workload.namespace}`,
      }));
  },
});
