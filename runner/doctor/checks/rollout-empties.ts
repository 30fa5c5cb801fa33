import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { compares } from "../proofs.ts";
import type { WorkloadFacts } from "../state.ts";
import { servedReplicas, workloadName } from "../subjects.ts";

export const rolloutEmpties = defineCheck({
  name: "rollout-empties",
  hop: "terminating-pods",
  title: "a rollout may take all pods of a Service at once",
  reads: ["workloads", "services"],
  find({ workloads, services }) {
    return servedReplicas(workloads, services).flatMap(({ workload }): Found[] => {
      const value = troubleOf(workload);
      if (value === null) return [];
      const recreates = workload.rollout.kind === "recreate";
      return [
        {
          severity: "warning",
          subject: workloadName(workload),
          value,
          readFrom: `${workloadName(workload)}, spec.strategy`,
          consequence:
            "each rollout refuses every connection from the last old pod's end until the first new one is ready: its start and one readiness period at least",
          remedy: {
            tuning: recreates ? "surge-1-unavailable-0" : "max-unavailable-0",
            words: "RollingUpdate with maxUnavailable 0 and maxSurge 1, where two versions may run side by side",
          },
          proof: compares(recreates ? "surge-1-unavailable-0" : "max-unavailable-0"),
        },
      ];
    });
  },
});

function troubleOf({ kind, rollout, replicas }: WorkloadFacts): string | null {
  if (rollout.kind === "recreate") return "strategy Recreate";
  // A StatefulSet of one pod can't do otherwise, and another check says that it is one.
  if (rollout.kind !== "rolling" || kind !== "Deployment" || rollout.maxUnavailable < replicas) return null;
  return `maxUnavailable comes to ${rollout.maxUnavailable} of ${replicas}`;
}
