import { RESOLVER_WAIT_S } from "../../analysis/capacity/dns.ts";
import { defineCheck } from "../check.ts";
import { pluginOf, servesCluster } from "../corefile.ts";
import { reads } from "../proofs.ts";

export const corefileReady = defineCheck({
  name: "corefile-ready",
  hop: "dns",
  title: "CoreDNS does not say when it can answer",
  reads: ["corefile"],
  find({ corefile }) {
    const cluster = corefile.blocks.filter(servesCluster);
    // It is one listener for all blocks.
    if (cluster.length === 0 || corefile.blocks.some((block) => pluginOf(block, "ready"))) return [];
    return [
      {
        severity: "warning",
        subject: "Corefile",
        value: "no ready plugin",
        readFrom: corefile.readFrom,
        consequence: `a new pod is sent queries before it knows the cluster's Services, and answers that they do not exist; with a readiness probe on port 8181 it never becomes ready, and each look-up waits ${RESOLVER_WAIT_S} s`,
        remedy: { words: "ready in the block of the cluster's names, and a readinessProbe on /ready, port 8181" },
        proof: reads`get configmap coredns -n kube-system -o yaml`,
      },
    ];
  },
});
