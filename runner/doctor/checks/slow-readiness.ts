import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { compares } from "../proofs.ts";
import { served, workloadName } from "../subjects.ts";

/** The API's default. */
const USUAL_S = 10;

export const slowReadiness = defineCheck({
  name: "slow-readiness",
  hop: "terminating-pods",
  title: "a pod that hangs keeps its share for long",
  reads: ["workloads", "services"],
  find({ workloads, services }) {
    return served(workloads, services).flatMap(({ workload }) =>
      workload.pod.containers.flatMap(({ name, readiness }): Found[] => {
        if (readiness === null || readiness.periodS <= USUAL_S) return [];
        const { periodS, failures } = readiness;
        return [
          {
            severity: "warning",
            subject: workloadName(workload),
            value: `container ${name}: readiness asked every ${periodS} s, ${failures} times`,
            readFrom: `${workloadName(workload)}, readinessProbe`,
            consequence: `a pod that no longer answers keeps 1 of ${workload.replicas} connections for up to ${periodS * failures} s; each new pod of a rollout waits up to ${periodS} s to be seen as ready`,
            remedy: { tuning: "readiness-period-1", words: "periodSeconds 1 to 5, where the probe is cheap" },
            proof: compares("readiness-period-1"),
          },
        ];
      }),
    );
  },
});
