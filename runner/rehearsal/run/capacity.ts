/** What each hop on a rehearsal's way takes, as far as it can be read on the cluster. */
import { PORT_RANGE } from "../../analysis/capacity/defaults.ts";
import { externalQueries } from "../../analysis/capacity/dns.ts";
import { TIME_WAIT_ENTRY_S } from "../../analysis/capacity/node-table.ts";
import { portRange } from "../../analysis/capacity/port-range.ts";
import type {
  Capacity,
  DnsCapacity,
  Forwards,
  PortCapacity,
  QueueCapacity,
  TableCapacity,
} from "../../analysis/rehearsal/capacity.ts";
import { quantityValue } from "../../cluster/quantity.ts";
import { pluginOf, type ServerBlock } from "../../doctor/corefile.ts";
import { readCorefile } from "../../doctor/read/corefile.ts";
import { reasonOf } from "../../errors.ts";
import { type Agents, areThere } from "../../probes/agents.ts";
import { countConntrack } from "../../probes/conntrack.ts";
import { sysctls } from "../../probes/sysctl.ts";
import { loadNodes, type RehearsalGround } from "./ground.ts";

const TIME_WAIT = "net.netfilter.nf_conntrack_tcp_timeout_time_wait";
const SOMAXCONN = "net.core.somaxconn";
const PORT_RANGE_KEY = "net.ipv4.ip_local_port_range";
/** As the kubelet writes it into pods' resolv.conf. */
const NDOTS = 5;

export async function readCapacity(ground: RehearsalGround): Promise<Capacity> {
  const { plan, agents } = ground;
  const { expectedPeakPerSecond, newConnections } = plan.traffic;
  const [tables, ports, queues, dns] = await Promise.all([
    areThere(agents) ? Promise.all(agents.nodes.map((node) => table(ground, agents, node))) : [],
    portsOf(ground),
    areThere(agents) ? Promise.all(agents.nodes.map((node) => queuesOn(ground, agents, node))) : [],
    dnsOf(ground),
  ]);
  return { expectedPeakPerSecond, newConnections, tables, ports, queues: queues.flat(), dns };
}

/** Of the targets' pods on a node, by what their kernel lets a program ask for. */
async function queuesOn({ targets }: RehearsalGround, agents: Agents, node: string): Promise<QueueCapacity[]> {
  const here = targets.flatMap(({ pods }) => pods).filter((pod) => pod.node === node);
  const pods = [...new Map(here.map((pod) => [pod.uid, pod])).values()];
  const read = await sysctls(
    agents,
    node,
    pods.map(({ uid }) => ({ key: SOMAXCONN, in: `pod:${uid}` as const })),
  );
  return pods.flatMap(({ name }, index): QueueCapacity[] => {
    const most = Number(read[index]?.got ?? read[index]?.before ?? Number.NaN);
    return Number.isFinite(most) ? [{ where: `pod ${name}`, most }] : [];
  });
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
    ...{ workers: ground.plan.load.workers, asClients: ground.plan.load.asClients },
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
  const { cores, pods } = await dnsPods(cluster);
  const facts = await readCorefile(cluster, () => undefined).catch(reasonOf);
  const isRead = typeof facts !== "string" && pods !== null;
  return {
    where: "CoreDNS",
    lookupsPerRequest: lookups,
    queriesPerLookup: queries / lookups,
    cores,
    forwards: isRead ? forwardsOf(facts.blocks, asked, queries, pods) : null,
    forwardsNotRead: isRead ? null : typeof facts === "string" ? facts : "its Deployment can't be read",
  };
}

function queriesOf(name: string): number {
  return name.endsWith(".") ? 2 : externalQueries(name.split(".").length - 1, NDOTS);
}

interface AskedName {
  readonly name: string;
  /** Of all requests. */
  readonly share: number;
}

/** Pure: the block that has least room for what it forwards; null: none limits it. Only names that no cache knows are forwarded each time. */
export function forwardsOf(
  blocks: readonly ServerBlock[],
  asked: readonly AskedName[],
  queriesPerRequest: number,
  pods: number,
): Forwards | null {
  const limited = blocks.flatMap((block): Forwards[] => {
    const setting = pluginOf(block, "forward")?.settings.find(([name]) => name === "max_concurrent")?.[1];
    const most = Number(setting);
    const misses = asked.filter(
      ({ name }) => name.includes("{n}") && blockFor(blocks, name) === block && !isClusters(block, name),
    );
    // Unlimited without the setting, or with 0. A and AAAA of the one name that is not searched are forwarded.
    const forwarded = misses.reduce((sum, { share }) => sum + 2 * share, 0);
    if (setting === undefined || !(most > 0) || forwarded === 0) return [];
    return [
      {
        zone: block.zones.join(" "),
        atOnce: most * pods,
        upstreamDelayS: null,
        missShare: forwarded / queriesPerRequest,
      },
    ];
  });
  const [tightest] = limited.sort((a, b) => a.atOnce / a.missShare - b.atOnce / b.missShare);
  return tightest ?? null;
}

/** What CoreDNS answers for itself is not forwarded. */
function isClusters(block: ServerBlock, name: string): boolean {
  return longestZone(pluginOf(block, "kubernetes")?.args ?? [], name) >= 0;
}

/** Length of the longest of these zones that a name ends in; -1: of none. */
function longestZone(zones: readonly string[], name: string): number {
  const whole = name.replace(/\.$/, "");
  const lengths = zones.map((zone) => {
    const bare = zone
      .replace(/^[a-z]+:\/\//, "")
      .replace(/:\d+$/, "")
      .replace(/\.$/, "");
    return bare === "" || whole === bare || whole.endsWith(`.${bare}`) ? bare.length : -1;
  });
  return Math.max(-1, ...lengths);
}

/** The block whose zone is the longest that the name ends in. */
function blockFor(blocks: readonly ServerBlock[], name: string): ServerBlock | undefined {
  const lengthOf = ({ zones }: ServerBlock) => longestZone(zones, name);
  return blocks
    .filter((block) => lengthOf(block) >= 0)
    .sort((a, b) => lengthOf(b) - lengthOf(a))
    .at(0);
}

/** Null: not limited, or its Deployment can't be read. */
async function dnsPods({ apps }: RehearsalGround["cluster"]): Promise<{ cores: number | null; pods: number | null }> {
  const at = { namespace: "kube-system", labelSelector: "k8s-app=kube-dns" };
  const { items } = await apps.listNamespacedDeployment(at).catch(() => ({ items: [] }));
  const [deployment] = items;
  if (!deployment) return { cores: null, pods: null };
  const limit = quantityValue(deployment.spec?.template.spec?.containers[0]?.resources?.limits?.cpu);
  const pods = deployment.status?.readyReplicas ?? 1;
  return { cores: limit === undefined ? null : limit * pods, pods };
}
