/** At what rate of look-ups the cluster's DNS is throttled, or refuses. */
import { externalQueries } from "../../analysis/capacity/dns.ts";
import { coresTake, forwardsTake } from "../../analysis/rehearsal/capacity.ts";
import type { Limit } from "../../result/diagnosis.ts";
import type { Asked } from "../asked.ts";
import { pluginOf } from "../corefile.ts";
import { count, several } from "../numbers.ts";
import type { ClusterState, WorkloadFacts } from "../state.ts";
import { clusterDns, coreDnsContainers, workloadName } from "../subjects.ts";
import { known, notKnown } from "./limit.ts";
import { busiestRate } from "./rates.ts";

const HOP = "dns";
const CPU = "queries that its CPU limit allows";
const FORWARDS = "queries that max_concurrent lets be forwarded at once";
/** Of a name with a domain and a top-level domain: api.example.com. */
const DOTS = 2;
const USUAL_NDOTS = 5;
/** A and AAAA of the one name that is not the cluster's. */
const FORWARDED = 2;
/** Fewer tell nothing of the upstream. */
const ENOUGH_FORWARDED = 100;

export function dnsLimits(state: ClusterState, asked: Asked): Limit[] {
  const { workloads } = state;
  if (!("seen" in workloads)) return [notKnown(HOP, "the cluster's DNS", CPU, workloads.unseen)];
  const dns = clusterDns(workloads.seen);
  if (!dns) return [notKnown(HOP, "the cluster's DNS", CPU, "no Deployment of CoreDNS or kube-dns in kube-system")];
  const rate = busiestRate(state, asked);
  const queries = externalQueries(DOTS, USUAL_NDOTS);
  return [cpuLimit(state, dns, queries, rate), ...forwardLimits(state, dns, queries, rate)];
}

/** What holds where only one node looks names up does not where all do: that is said beside it. */
function assumes(what: string, state: ClusterState, takes: number): string {
  const nodes = "seen" in state.nodes ? state.nodes.seen.filter(({ virtual }) => !virtual).length : 1;
  const shared = nodes > 1 ? `; where each of ${several(nodes, "node")} does so, at ${count(takes / nodes)}/s` : "";
  return `each connection of one node looks up ${what}${shared}`;
}

function cpuLimit(state: ClusterState, dns: WorkloadFacts, queriesPerLookup: number, rate: number | null): Limit {
  const subject = workloadName(dns);
  const containers = coreDnsContainers(dns);
  if (containers.length === 0) return notKnown(HOP, subject, CPU, "it is another program than CoreDNS");
  const limits = containers.flatMap(({ cpuLimit }) => cpuLimit ?? []);
  if (limits.length === 0) return notKnown(HOP, subject, CPU, "it has no CPU limit: as many as its nodes' CPUs answer");
  const cores = Math.min(...limits) * dns.ready;
  const takes = coresTake({ ...NAMED, cores, queriesPerLookup, forwards: null }) ?? 0;
  return known(
    {
      ...({ hop: HOP, of: CPU, subject, breaksAtPerSecond: takes } as const),
      assumes: assumes(`a name outside (${queriesPerLookup} queries at ndots ${USUAL_NDOTS})`, state, takes),
    },
    rate,
  );
}

/** One look-up a connection. */
const NAMED = { where: "CoreDNS", lookupsPerRequest: 1, forwardsNotRead: null } as const;

function forwardLimits(
  state: ClusterState,
  dns: WorkloadFacts,
  queriesPerLookup: number,
  rate: number | null,
): Limit[] {
  const { corefile, dnsMetrics } = state;
  const subject = "CoreDNS";
  if (!("seen" in corefile)) return [notKnown(HOP, subject, FORWARDS, corefile.unseen)];
  const limited = corefile.seen.blocks.flatMap((block) => {
    const most = Number(pluginOf(block, "forward")?.settings.find(([name]) => name === "max_concurrent")?.[1]);
    return most > 0 ? [{ most, zone: block.zones.join(" ") }] : [];
  });
  const [tightest] = limited.sort((a, b) => a.most - b.most);
  // Unlimited without the setting, or with 0.
  if (!tightest) return [];
  const place = `${subject}, forward in ${tightest.zone}`;
  if ("unasked" in dnsMetrics)
    return [notKnown(HOP, place, FORWARDS, "how long its upstream takes is read by --on-nodes only")];
  if ("unseen" in dnsMetrics) return [notKnown(HOP, place, FORWARDS, dnsMetrics.unseen)];
  const { upstreamMs, forwarded } = dnsMetrics.seen;
  if (upstreamMs === null || upstreamMs === 0 || forwarded < ENOUGH_FORWARDED) {
    const why = `only ${several(forwarded, "query", "queries")} were forwarded so far: how long its upstream takes is not known`;
    return [notKnown(HOP, place, FORWARDS, why)];
  }
  const forwards = {
    zone: tightest.zone,
    atOnce: tightest.most * dns.ready,
    upstreamDelayS: upstreamMs / 1000,
    missShare: FORWARDED / queriesPerLookup,
  };
  const takes = forwardsTake({ ...NAMED, cores: null, queriesPerLookup, forwards }) ?? 0;
  const what = `a name outside that no cache knows, and its upstream takes ${count(upstreamMs)} ms as it did so far`;
  return [
    known(
      {
        ...({ hop: HOP, of: FORWARDS, subject: place, breaksAtPerSecond: takes } as const),
        assumes: assumes(what, state, takes),
      },
      rate,
    ),
  ];
}
