import { defineCheck } from "../check.ts";
import { reads } from "../proofs.ts";
import { nameOf, servedReplicas, workloadName } from "../subjects.ts";

export const oneReplica = defineCheck({
  name: "one-replica",
  hop: "terminating-pods",
  title: "one pod behind a Service",
  reads: ["workloads", "services"],
  find({ workloads, services }) {
    return servedReplicas(workloads, services)
      .filter(({ workload }) => workload.replicas === 1)
      .map(({ workload, services: [service] }) => ({
        severity: "warning" as const,
        subject: workloadName(workload),
        value: "replicas: 1",
        readFrom: `${workloadName(workload)}, spec.replicas; behind service ${nameOf(service)}`,
        consequence:
          "a crash, an eviction or a drain refuses every connection until its successor is ready; after a node's loss that takes 5 minutes (the default toleration of node.kubernetes.io/unreachable) and a start",
        remedy: { words: "two pods or more, on different nodes, with a PodDisruptionBudget" },
        proof: reads`get ${workload.kind.toLowerCase()} -n ${workload.namespace} ${workload.name}`,
      }));
  },
});
