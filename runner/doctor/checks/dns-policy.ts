import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { reads } from "../proofs.ts";
import { isSystem, workloadName } from "../subjects.ts";

export const dnsPolicy = defineCheck({
  name: "dns-policy",
  hop: "client-pod",
  title: "pods that ask the node's DNS instead of the cluster's",
  reads: ["workloads"],
  find({ workloads }) {
    return workloads
      .filter((workload) => !isSystem(workload))
      .flatMap((workload): Found[] => {
        const { dnsPolicy: policy, hostNetwork } = workload.pod;
        const silently = hostNetwork && policy === "ClusterFirst";
        if (!silently && policy !== "Default") return [];
        return [
          {
            severity: "info",
            subject: workloadName(workload),
            value: silently ? "hostNetwork with dnsPolicy ClusterFirst, which is Default then" : "dnsPolicy: Default",
            readFrom: `${workloadName(workload)}, spec.template.spec`,
            consequence:
              "no name of a Service resolves in these pods, and the cluster's DNS takes none of their queries",
            remedy: {
              words: silently
                ? "dnsPolicy: ClusterFirstWithHostNet, if they talk to Services"
                : "dnsPolicy: ClusterFirst, if they talk to Services",
            },
            proof: reads`get ${workload.kind.toLowerCase()} -n ${workload.namespace} ${workload.name} -o yaml`,
          },
        ];
      });
  },
});
