import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { several } from "../numbers.ts";
import { reads } from "../proofs.ts";
import { hasOwnPools } from "../subjects.ts";

const TIGHT = 0.9;
const FULL = 0.98;

/** Addresses and the kubelet's own limit are two numbers; the smaller one ends first. */
export const podRoom = defineCheck({
  name: "pod-room",
  hop: "node",
  title: "a node that is almost out of addresses, or of room, for pods",
  reads: ["nodes", "pods", "workloads"],
  find({ nodes, pods, workloads }) {
    const ownPools = hasOwnPools(workloads);
    const all = new Map<string, number>();
    const addressed = new Map<string, number>();
    for (const { node, ended, hostNetwork } of pods) {
      if (node === null || ended) continue;
      all.set(node, (all.get(node) ?? 0) + 1);
      if (!hostNetwork) addressed.set(node, (addressed.get(node) ?? 0) + 1);
    }
    return nodes.flatMap(({ name, virtual, podAddresses, mostPods }): Found[] => {
      if (virtual) return [];
      const limits = [
        ...(podAddresses === null || ownPools
          ? []
          : [{ used: addressed.get(name) ?? 0, most: podAddresses, of: "pod addresses", from: "spec.podCIDRs" }]),
        ...(mostPods === null
          ? []
          : [
              {
                used: all.get(name) ?? 0,
                most: mostPods,
                of: "pods that its kubelet takes",
                from: "status.allocatable.pods",
              },
            ]),
      ].filter(({ most }) => most > 0);
      const worst = limits.sort((a, b) => b.used / b.most - a.used / a.most)[0];
      if (!worst || worst.used / worst.most < TIGHT) return [];
      const { used, most, of, from } = worst;
      return [
        {
          severity: used / most >= FULL ? "critical" : "warning",
          subject: `node ${name}`,
          value: `${used} of ${most} ${of}`,
          readFrom: `${from}, and its pods`,
          consequence: `room for ${several(Math.max(0, most - used), "pod")}: a rollout with surge, or another node's loss, leaves pods waiting here, and the rest of a Service carries their connections`,
          remedy: {
            words:
              of === "pod addresses"
                ? "a larger range a node (--node-cidr-mask-size) for new nodes, or more nodes"
                : "more nodes, or a higher maxPods of its kubelet where addresses allow",
          },
          proof: reads`describe node ${name}`,
          headroom: { left: Math.max(0, 1 - used / most), of },
        },
      ];
    });
  },
});
