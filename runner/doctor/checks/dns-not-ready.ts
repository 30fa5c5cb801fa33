import { RESOLVER_WAIT_S } from "../../analysis/capacity/dns.ts";
import { defineCheck } from "../check.ts";
import { reads } from "../proofs.ts";
import { clusterDns, workloadName } from "../subjects.ts";

export const dnsNotReady = defineCheck({
  name: "dns-not-ready",
  hop: "dns",
  title: "pods of the cluster's DNS are not ready",
  reads: ["workloads"],
  find({ workloads }) {
    const dns = clusterDns(workloads);
    if (!dns || (dns.ready >= dns.replicas && dns.replicas > 0)) return [];
    const none = dns.ready === 0;
    return [
      {
        severity: none ? "critical" : "warning",
        subject: workloadName(dns),
        value: `${dns.ready} of ${dns.replicas} ready`,
        readFrom: `${workloadName(dns)}, status.readyReplicas`,
        consequence: none
          ? `no name resolves: each look-up waits ${RESOLVER_WAIT_S} s for an answer, asks again, and fails`
          : `the ${dns.ready} that ${dns.ready === 1 ? "is" : "are"} ready ${dns.ready === 1 ? "has" : "have"} all queries: ${Math.round((100 * dns.replicas) / dns.ready)} % of each one's usual share`,
        remedy: { words: "what its pods and their readiness probes say" },
        proof: reads`describe pods -n ${dns.namespace} -l k8s-app=kube-dns`,
      },
    ];
  },
});
