import { defineCheck } from "../check.ts";
import { compares } from "../proofs.ts";
import { clusterDns, workloadName } from "../subjects.ts";

export const dnsOneReplica = defineCheck({
  name: "dns-one-replica",
  hop: "dns",
  title: "the cluster's DNS has one pod",
  reads: ["workloads"],
  find({ workloads }) {
    const dns = clusterDns(workloads);
    if (dns?.replicas !== 1) return [];
    return [
      {
        severity: "warning",
        subject: workloadName(dns),
        value: `replicas: ${dns.replicas}`,
        readFrom: `${workloadName(dns)}, spec.replicas`,
        consequence:
          "when its node or its pod goes no name resolves until another is ready, tens of seconds: each look-up waits 5 s for an answer, and then as long again",
        remedy: { tuning: "replicas-2", words: "two pods, on two nodes" },
        proof: compares("replicas-2"),
      },
    ];
  },
});
