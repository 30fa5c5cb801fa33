/** What each hop on a rehearsal's way takes, as far as it can be read on the cluster. */
import { PORT_RANGE } from "../../analysis/capacity/defaults.ts";
import { externalQueries } from "../../analysis/capacity/dns.ts";
import { TIME_WAIT_ENTRY_S } from "../../analysis/capacity/node-table.ts";
import { portRange } from "../../analysis/capacity/port-range.ts";
import type { Capacity, DnsCapacity, PortCapacity, TableCapacity } from "../../analysis/rehearsal/capacity.ts";
import { quantityValue } from "../../cluster/quantity.ts";
import { type Agents, areThere } from "../../probes/agents.ts";
import { countConntrack } from "../../probes/conntrack.ts";
import { sysctls } from "../../probes/sysctl.ts";
import { loadNodes, type RehearsalGround } from "./ground.ts";

const TIME_WAIT = "net.netfilter.nf_conntrack_tcp_timeout_time_wait";
const PORT_RANGE_KEY = "net.ipv4.ip_local_port_range";
/** As the kubelet writes it into pods' resolv.conf. */
const NDOTS = 5;

export async function readCapacity(ground: RehearsalGround): Promise<Capacity> {
  const { plan, agents } = ground;
  const { expectedPeakPerSecond, newConnections } = plan.traffic;
  const [tables, ports, dns] = await Promise.all([
    areThere(agents) ? Promise.all(agents.nodes.map((node) => table(ground, agents, node))) : [],
    portsOf(ground),
    dnsOf(ground),
  ]);
  return { expectedPeakPerSecond, newConnections, tables, ports, queues: [], dns };
}

async function table(ground: RehearsalGround, agents: Agents, node: string): Promise<TableCapacity> {
  const [{ entries, limit }, [timeout]] = await Promise.all([
    countConntrack(agents, node),
    sysctls(agents, node, [{ key: TIME_WAIT, in: "node" }]),
  ]);
  return {
    node,
    hop: node === ground.nodes.client ? "client-conntrack" : "service-dnat",
    ...{ limit, standingEntries: entries },
    entryS: Number(timeout?.got ?? timeout?.before ?? Number.NaN) || TIME_WAIT_ENTRY_S,
    shareOfLoad: shareOn(ground, node),
  };
}

/**
 * Share of the load's connections that make an entry on a node: those that its own load pods open, and those that come from
 * other nodes to pods of the targets there.
 */
function shareOn(ground: RehearsalGround, node: string): number {
  const from = loadNodes(ground);
  const opened = from.includes(node) ? 1 / from.length : 0;
  const answered = ground.targets.reduce((sum, { aim, pods, report }) => {
    if (aim.kind === "names" || pods.length === 0) return sum;
    return sum + report.share * (pods.filter((pod) => pod.node === node).length / pods.length);
  }, 0);
  const requests = ground.targets.reduce((sum, { aim, report }) => sum + (aim.kind === "names" ? 0 : report.share), 0);
  return requests * opened + answered * (1 - opened);
}

/** Each target has workers of its own, so the one with the largest share runs out first. */
async function portsOf(ground: RehearsalGround): Promise<PortCapacity | null> {
  const shares = ground.targets.flatMap(({ aim, report }) => (aim.kind === "names" ? [] : [report.share]));
  if (shares.length === 0) return null;
  return {
    pods: ground.plan.load.workers / Math.max(...shares),
    destinations: 1,
    portRange: await podsPortRange(ground),
  };
}

/** A pod's own, as every new pod has it. */
async function podsPortRange({ agents, targets }: RehearsalGround): Promise<readonly [number, number]> {
  const pod = targets.flatMap(({ pods }) => pods).find(({ node }) => areThere(agents) && agents.nodes.includes(node));
  if (!areThere(agents) || !pod) return PORT_RANGE;
  const [read] = await sysctls(agents, pod.node, [{ key: PORT_RANGE_KEY, in: `pod:${pod.uid}` }]);
  return portRange(read?.got ?? read?.before ?? undefined) ?? PORT_RANGE;
}

/** Null: no target is a name. */
async function dnsOf({ cluster, targets }: RehearsalGround): Promise<DnsCapacity | null> {
  const asked = targets.flatMap(({ aim, report }) =>
    aim.kind === "names" ? aim.names.map((name) => ({ name, share: report.share / aim.names.length })) : [],
  );
  if (asked.length === 0) return null;
  const lookups = asked.reduce((sum, { share }) => sum + share, 0);
  const queries = asked.reduce((sum, { name, share }) => sum + share * queriesOf(name), 0);
  return {
    where: "CoreDNS",
    lookupsPerRequest: lookups,
    queriesPerLookup: queries / lookups,
    cores: await coresOfDns(cluster),
    forwards: null,
  };
}

function queriesOf(name: string): number {
  return name.endsWith(".") ? 2 : externalQueries(name.split(".").length - 1, NDOTS);
}

/** Null: it is not limited, or its Deployment can't be read. */
async function coresOfDns({ apps }: RehearsalGround["cluster"]): Promise<number | null> {
  const at = { namespace: "kube-system", labelSelector: "k8s-app=kube-dns" };
  const { items } = await apps.listNamespacedDeployment(at).catch(() => ({ items: [] }));
  const [deployment] = items;
  const limit = quantityValue(deployment?.spec?.template.spec?.containers[0]?.resources?.limits?.cpu);
  return limit === undefined ? null : limit * (deployment?.status?.readyReplicas ?? 1);
}
