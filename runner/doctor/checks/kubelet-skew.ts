import { MOST_BEHIND, skewOf, skewWords } from "../../analysis/kubernetes/versions.ts";
import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { reads } from "../proofs.ts";

export const kubeletSkew = defineCheck({
  name: "kubelet-skew",
  hop: "control-plane",
  title: "kubelets that do not go with their API server",
  reads: ["nodes", "server"],
  find({ nodes, server }) {
    return nodes.flatMap(({ name, kubelet, virtual }): Found[] => {
      const skew = virtual ? null : skewOf(kubelet, server.version);
      if (!skew) return [];
      return [
        {
          severity: "warning",
          subject: `node ${name}`,
          value: `kubelet ${kubelet}, ${skewWords(skew)} ${server.version}`,
          readFrom: "status.nodeInfo.kubeletVersion, /version",
          consequence: `Kubernetes allows ${MOST_BEHIND} behind and none newer: beyond that nobody tests whether pods, probes and endpoints of this node are right, and an upgrade of the API server may cut it off`,
          remedy: {
            words:
              skew.kind === "newer"
                ? "upgrade the API server first"
                : "upgrade this node before the API server goes on",
          },
          proof: reads`get nodes`,
        },
      ];
    });
  },
});
