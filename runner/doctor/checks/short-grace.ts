import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { compares } from "../proofs.ts";
import { longestPreStopS, served, workloadName } from "../subjects.ts";

export const shortGrace = defineCheck({
  name: "short-grace",
  hop: "terminating-pods",
  title: "a grace period that ends while preStop still sleeps",
  reads: ["workloads", "services"],
  find({ workloads, services }) {
    return served(workloads, services).flatMap(({ workload }): Found[] => {
      const { graceS } = workload.pod;
      const sleepS = longestPreStopS(workload);
      if (sleepS === 0 || graceS > sleepS) return [];
      return [
        {
          severity: "warning",
          subject: workloadName(workload),
          value: `terminationGracePeriodSeconds ${graceS}, preStop sleeps ${sleepS} s`,
          readFrom: `${workloadName(workload)}, spec.template.spec`,
          consequence: `the process is killed ${graceS} s after its pod's deletion, 2 s later at most, without time to finish: whatever is in flight then is cut off, in each of ${workload.replicas} pods of a rollout`,
          remedy: { tuning: "grace-period-45", words: "more than preStop's sleep and the longest request together" },
          proof: compares("grace-period-45"),
        },
      ];
    });
  },
});
