import { defineCheck } from "../check.ts";
import { reads } from "../proofs.ts";
import { clusterDns } from "../subjects.ts";

export const dnsNotFound = defineCheck({
  name: "dns-not-found",
  hop: "dns",
  title: "the cluster's DNS is none that doctor knows",
  reads: ["workloads"],
  find({ workloads }) {
    if (clusterDns(workloads)) return [];
    return [
      {
        severity: "info",
        subject: "the cluster",
        value: "no Deployment of CoreDNS or kube-dns in kube-system",
        readFrom: "Deployments of kube-system, by their labels and names",
        consequence: "nothing is said here of the pods that answer: their number, their limits, where they are",
        remedy: { words: "look at the DNS of this distribution by its own manual" },
        proof: reads`get pods -A -l k8s-app=kube-dns -o wide`,
      },
    ];
  },
});
