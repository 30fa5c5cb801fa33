import { RESOLVER_WAIT_S } from "../../analysis/capacity/dns.ts";
import { defineCheck } from "../check.ts";
import { several } from "../numbers.ts";
import { reads } from "../proofs.ts";
import { clusterDns, podsOf, workloadName } from "../subjects.ts";

export const dnsOneNode = defineCheck({
  name: "dns-one-node",
  hop: "dns",
  title: "all pods of the cluster's DNS are on one node",
  reads: ["workloads", "pods", "nodes"],
  find({ workloads, pods, nodes }) {
    const dns = clusterDns(workloads);
    if (!dns || nodes.length < 2) return [];
    const own = podsOf(dns, pods);
    const [node, ...others] = [...new Set(own.flatMap((pod) => pod.node ?? []))];
    if (own.length < 2 || node === undefined || others.length > 0) return [];
    return [
      {
        severity: "warning",
        subject: workloadName(dns),
        value: `${several(own.length, "pod")}, all on node ${node}`,
        readFrom: "spec.nodeName of its pods",
        consequence: `one node's loss, restart or full connection table takes all DNS with it: each look-up waits ${RESOLVER_WAIT_S} s for an answer`,
        remedy: { words: "topologySpreadConstraints or podAntiAffinity by kubernetes.io/hostname, then one rollout" },
        proof: reads`get pods -n ${dns.namespace} -o wide`,
      },
    ];
  },
});
