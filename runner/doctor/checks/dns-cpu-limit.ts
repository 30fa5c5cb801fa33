import { externalQueries, QUERIES_PER_CORE } from "../../analysis/capacity/dns.ts";
import { defineCheck } from "../check.ts";
import { count } from "../numbers.ts";
import { compares } from "../proofs.ts";
import { clusterDns, coreDnsContainers, workloadName } from "../subjects.ts";

/** A pod that may have a whole core is not what breaks first. */
const ENOUGH_CORES = 1;
const USUAL_NDOTS = 5;

export const dnsCpuLimit = defineCheck({
  name: "dns-cpu-limit",
  hop: "dns",
  title: "the cluster's DNS is throttled by a CPU limit",
  reads: ["workloads"],
  find({ workloads }, asked) {
    const dns = clusterDns(workloads);
    const limits = coreDnsContainers(dns).flatMap(({ cpuLimit }) => cpuLimit ?? []);
    if (!dns || limits.length === 0) return [];
    const cores = Math.min(...limits);
    const perSecond = cores * QUERIES_PER_CORE * dns.replicas;
    const queries = externalQueries(2, USUAL_NDOTS);
    const wanted = asked.rate === null ? null : asked.rate * queries;
    const over = wanted !== null && wanted > perSecond;
    if (cores >= ENOUGH_CORES && !over) return [];
    const most = `throttled above about ${count(perSecond)} queries/s in all its pods, which is ${count(perSecond / queries)} look-ups/s of a name outside at ${queries} queries each; what waits longer than 5 s is asked again`;
    return [
      {
        severity: over ? "critical" : "warning",
        subject: workloadName(dns),
        value: `CPU limit ${cores}, replicas: ${dns.replicas}`,
        readFrom: `${workloadName(dns)}, resources.limits.cpu`,
        consequence:
          wanted === null || asked.rate === null
            ? most
            : `${most}; one look-up for each of ${count(asked.rate)} connections/s is ${count(wanted)} queries/s`,
        remedy: { words: "no CPU limit, only a request; more pods; fewer queries a look-up (ndots-2)" },
        proof: compares("replicas-2", "--faults cpu-limit"),
        ...(wanted === null
          ? {}
          : { headroom: { left: Math.max(0, 1 - wanted / perSecond), of: "queries/s that its CPU limit allows" } }),
      },
    ];
  },
});
