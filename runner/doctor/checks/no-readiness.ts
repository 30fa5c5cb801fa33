import { defineCheck } from "../check.ts";
import { compares } from "../proofs.ts";
import { nameOf, served, workloadName } from "../subjects.ts";

export const noReadiness = defineCheck({
  name: "no-readiness",
  hop: "terminating-pods",
  title: "pods behind a Service are sent requests before they can answer",
  reads: ["workloads", "services"],
  find({ workloads, services }) {
    return served(workloads, services)
      .filter(({ workload }) => workload.pod.containers.every(({ readiness }) => readiness === null))
      .map(({ workload, services: [service] }) => ({
        severity: "warning" as const,
        subject: workloadName(workload),
        value: "no readinessProbe",
        readFrom: `${workloadName(workload)}, its containers; behind service ${nameOf(service)}`,
        consequence: `a pod counts as ready when its process starts: until it listens, its share of connections (1 of ${workload.replicas}) is refused, at each rollout and restart; one that hangs keeps its share`,
        remedy: { tuning: "readiness-period-1", words: "a readinessProbe that asks what a user would ask" },
        proof: compares("readiness-period-1"),
      }));
  },
});
