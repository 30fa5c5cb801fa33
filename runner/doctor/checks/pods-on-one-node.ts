import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { several } from "../numbers.ts";
import { reads } from "../proofs.ts";
import type { PodFacts } from "../state.ts";
import { selects, servedReplicas, workloadName } from "../subjects.ts";

export const podsOnOneNode = defineCheck({
  name: "pods-on-one-node",
  hop: "node",
  title: "all pods of a Service are on one node",
  reads: ["workloads", "services", "pods", "nodes"],
  find({ workloads, services, pods, nodes }) {
    const usable = nodes.filter(({ unschedulable, virtual }) => !unschedulable && !virtual);
    if (usable.length < 2) return [];
    const byNamespace = new Map<string, PodFacts[]>();
    for (const pod of pods.filter(({ ended }) => !ended)) {
      const there = byNamespace.get(pod.namespace);
      if (there) there.push(pod);
      else byNamespace.set(pod.namespace, [pod]);
    }
    return servedReplicas(workloads, services).flatMap(({ workload }): Found[] => {
      const own = (byNamespace.get(workload.namespace) ?? []).filter(({ labels }) =>
        selects(workload.pod.labels, labels),
      );
      const [node, ...others] = [...new Set(own.flatMap((pod) => pod.node ?? []))];
      if (own.length < 2 || node === undefined || others.length > 0) return [];
      return [
        {
          severity: "warning",
          subject: workloadName(workload),
          value: `${several(own.length, "pod")}, all on node ${node}`,
          readFrom: "spec.nodeName of its pods",
          consequence: `all its connections stand in one node's table (1 of ${usable.length} in the cluster), and that node's loss ends them all`,
          remedy: { words: "topologySpreadConstraints by kubernetes.io/hostname, then one rollout" },
          proof: reads`get pods -n ${workload.namespace} -o wide`,
        },
      ];
    });
  },
});
