import { coreDnsMegabytes } from "../../analysis/capacity/dns.ts";
import { defineCheck } from "../check.ts";
import { mebibytes, several } from "../numbers.ts";
import { reads } from "../proofs.ts";
import { clusterDns, coreDnsContainers, workloadName } from "../subjects.ts";

/** Below this it is not yet short; more queries than the formula has take more. */
const COMFORTABLE = 0.7;

export const dnsMemoryLimit = defineCheck({
  name: "dns-memory-limit",
  hop: "dns",
  title: "the cluster's DNS has too little memory for this cluster",
  reads: ["workloads", "pods", "services"],
  find({ workloads, pods, services }) {
    const dns = clusterDns(workloads);
    const limits = coreDnsContainers(dns).flatMap(({ memoryLimitBytes }) => memoryLimitBytes ?? []);
    if (!dns || limits.length === 0) return [];
    const limit = Math.min(...limits);
    const needed = coreDnsMegabytes(pods.length, services.length, false) * 1e6;
    const share = needed / limit;
    if (share <= COMFORTABLE) return [];
    return [
      {
        severity: share > 1 ? "critical" : "warning",
        subject: workloadName(dns),
        value: `memory limit ${mebibytes(limit)}`,
        readFrom: `${workloadName(dns)}, resources.limits.memory`,
        consequence: `${several(pods.length, "pod")} and ${several(services.length, "Service")} take about ${mebibytes(needed)} with a full cache under load: at its limit a pod is killed with all queries under way, and each of those waits 5 s`,
        remedy: { words: "a limit of 170 MiB or more; twice what the formula says" },
        proof: reads`top pods -n ${dns.namespace} -l k8s-app=kube-dns`,
        headroom: { left: Math.max(0, 1 - share), of: "its memory limit" },
      },
    ];
  },
});
