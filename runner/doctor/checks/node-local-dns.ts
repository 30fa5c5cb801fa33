import { defineCheck } from "../check.ts";
import { compares } from "../proofs.ts";

export const nodeLocalDns = defineCheck({
  name: "node-local-dns",
  hop: "dns",
  title: "no DNS cache on the nodes",
  reads: ["workloads"],
  find({ workloads }) {
    const there = workloads.some(({ kind, name }) => kind === "DaemonSet" && /node-?local-?dns/.test(name));
    if (there || workloads.length === 0) return [];
    return [
      {
        severity: "info",
        subject: "the cluster",
        value: "no NodeLocal DNSCache",
        readFrom: "DaemonSets of all namespaces",
        consequence:
          "each query crosses the network to a CoreDNS pod and leaves an entry for 30 s in its node's connection table; a lost UDP answer costs 5 s",
        remedy: { tuning: "node-local-cache", words: "a cache on each node, past the connection table" },
        proof: compares("node-local-cache"),
      },
    ];
  },
});
