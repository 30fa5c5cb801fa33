import { asksCluster, packetsOf, type Resolver, resolverOf } from "../../analysis/kubernetes/resolv-conf.ts";
import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import type { Inside } from "../inside/state.ts";
import { several } from "../numbers.ts";
import { compares, reads } from "../proofs.ts";
import type { WorkloadFacts } from "../state.ts";
import { isSystem, workloadName } from "../subjects.ts";

/** Of each kind the most usual ones are shown. */
const MOST = 3;

export const resolvConf = defineCheck({
  name: "resolv-conf",
  hop: "client-pod",
  title: "the resolv.conf that pods get, and the packets that each kind of name takes by it",
  reads: ["workloads"],
  uses: ["inside"],
  find({ workloads }, _asked, { inside }) {
    const own = workloads.filter((workload) => !isSystem(workload));
    const nodeSearch = inside === null ? null : searchOf(inside);
    const resolvers = own.map((workload) => ({
      workload,
      resolver: resolverOf(workload.pod, workload.namespace, nodeSearch ?? []),
    }));
    return [...cut(resolvers), ...usual(resolvers, nodeSearch)];
  },
});

interface Resolving {
  readonly workload: WorkloadFacts;
  readonly resolver: Resolver;
}

function cut(all: readonly Resolving[]): Found[] {
  return all
    .filter(({ resolver }) => resolver.lost.length > 0)
    .map(({ workload, resolver: { lost } }) => ({
      severity: "warning",
      subject: workloadName(workload),
      value: `${lost.join(", ")}: left out of its resolv.conf`,
      readFrom: `${workloadName(workload)}, dnsPolicy and dnsConfig; the kubelet's limits`,
      consequence:
        "a kubelet takes 3 nameservers and 32 search domains of 2,048 characters, and resolvers ndots up to 15: names that need the others are not found, whatever the rate",
      remedy: { words: "fewer nameservers and search domains in dnsConfig" },
      proof: reads`get ${workload.kind.toLowerCase()} -n ${workload.namespace} ${workload.name} -o yaml`,
    }));
}

/** Workloads of one resolver but for the namespace are one finding. */
function usual(all: readonly Resolving[], nodeSearch: readonly string[] | null): Found[] {
  const alike = new Map<string, Resolving[]>();
  for (const each of all.filter(({ workload }) => asksCluster(workload.pod))) {
    const { ndots, search, nameservers } = each.resolver;
    const key = JSON.stringify([ndots, search.slice(1), nameservers]);
    alike.set(key, [...(alike.get(key) ?? []), each]);
  }
  const most = [...alike.values()].sort((a, b) => b.length - a.length).slice(0, MOST);
  return most.flatMap(([first, ...others]): Found[] => {
    if (!first) return [];
    const { workload, resolver } = first;
    const packets = {
      outside: packetsOf({ dots: 2, foundAt: null }, resolver),
      svc: packetsOf({ dots: 0, foundAt: 0 }, resolver),
      svcNs: packetsOf({ dots: 1, foundAt: 1 }, resolver),
      svcNsSvc: packetsOf({ dots: 2, foundAt: 2 }, resolver),
    };
    return [
      {
        severity: "info",
        subject:
          others.length === 0
            ? workloadName(workload)
            : `${several(others.length + 1, "workload")}, e.g. ${workloadName(workload)}`,
        value: `search ${resolver.search.join(" ")}; ndots ${resolver.ndots}; nameserver ${resolver.nameservers.join(" ")}`,
        readFrom: `predicted from dnsPolicy and dnsConfig for the domain cluster.local${nodeSearch === null ? "; a node's own domains, which --on-nodes reads, come on top" : ", and the nodes' search lists"}`,
        consequence: `packets of a look-up, A and AAAA: api.example.com ${packets.outside}, svc ${packets.svc}, svc.ns ${packets.svcNs}, svc.ns.svc ${packets.svcNsSvc}`,
        remedy: { tuning: "ndots-2", words: "fewer for names outside; names like svc.ns.svc take two more" },
        proof: compares("ndots-2"),
      },
    ];
  });
}

/** Of the node with the longest. */
function searchOf({ nodes }: Inside): readonly string[] {
  const lists = nodes.flatMap(({ search }) => ("seen" in search ? [search.seen] : []));
  return lists.sort((a, b) => b.length - a.length)[0] ?? [];
}
