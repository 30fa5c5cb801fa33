import { CLUSTER_SEARCH, externalQueries } from "../../analysis/capacity/dns.ts";
import { defineCheck } from "../check.ts";
import { count, several } from "../numbers.ts";
import { compares } from "../proofs.ts";
import { isSystem, workloadName } from "../subjects.ts";

/** What the kubelet writes where nobody says otherwise. */
const DEFAULT = 5;
const BETTER = 2;

export const defaultNdots = defineCheck({
  name: "default-ndots",
  hop: "client-pod",
  title: "look-ups of names outside try the whole search list first",
  reads: ["workloads"],
  find({ workloads }, asked) {
    const [first, ...others] = workloads.filter(
      ({ pod, ...workload }) =>
        !isSystem(workload) &&
        pod.dnsPolicy.startsWith("ClusterFirst") &&
        (!pod.hostNetwork || pod.dnsPolicy === "ClusterFirstWithHostNet") &&
        (pod.ndots ?? DEFAULT) >= DEFAULT,
    );
    if (!first) return [];
    const now = externalQueries(2, DEFAULT);
    const then = externalQueries(2, BETTER);
    return [
      {
        severity: "info",
        subject:
          others.length === 0
            ? workloadName(first)
            : `${several(others.length + 1, "workload")}, e.g. ${workloadName(first)}`,
        value: `ndots ${first.pod.ndots ?? `${DEFAULT}, by default`}`,
        readFrom: "dnsConfig.options of their pods",
        consequence: `a look-up of api.example.com is ${now} queries (${CLUSTER_SEARCH} search names and itself, A and AAAA; two more for each domain of the node's own) instead of ${then}${asked.rate === null ? "" : `: at ${count(asked.rate)} such look-ups/s ${count(asked.rate * now)} queries/s instead of ${count(asked.rate * then)}`}`,
        remedy: {
          tuning: "ndots-2",
          words: "for pods that ask for names outside; names like svc.ns.svc then take two queries more",
        },
        proof: compares("ndots-2"),
      },
    ];
  },
});
