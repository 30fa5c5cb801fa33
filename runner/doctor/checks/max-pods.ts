import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { reads } from "../proofs.ts";
import { hasOwnPools } from "../subjects.ts";

export const maxPods = defineCheck({
  name: "max-pods",
  hop: "node",
  title: "a kubelet that takes more pods than its node has addresses",
  reads: ["nodes", "workloads"],
  find({ nodes, workloads }) {
    if (hasOwnPools(workloads)) return [];
    return nodes.flatMap(({ name, virtual, podAddresses, mostPods }): Found[] => {
      if (virtual || podAddresses === null || mostPods === null || mostPods <= podAddresses) return [];
      return [
        {
          severity: "warning",
          subject: `node ${name}`,
          value: `takes ${mostPods} pods, has ${podAddresses} addresses`,
          readFrom: "status.allocatable.pods, spec.podCIDRs",
          consequence: `the scheduler goes on sending pods here when no address is left: from the ${podAddresses + 1}st on they stay in ContainerCreating, and are never tried elsewhere`,
          remedy: {
            words: `maxPods of its kubelet below ${podAddresses}; pods that end hold their address for a while`,
          },
          proof: reads`get node ${name} -o yaml`,
        },
      ];
    });
  },
});
