import { isIPv6 } from "node:net";
import { hasIpv6, type Ranges, rangesOf } from "./families.ts";
import { command } from "./machine/command.ts";
import { createNamespace, netnsName } from "./machine/namespaces.ts";
import type { IpFamily } from "./types.ts";

export const maximumNodes = 100;

/** What a node has in one family. */
interface NodeAddress {
  ranges: Ranges;
  address: string;
  podCidr: string;
}

export interface NodeNetwork {
  name: string;
  /** One of each family of the cluster, in its order. */
  addresses: readonly [NodeAddress, ...NodeAddress[]];
}

export function nodeNetworks(count: number, ipFamily: IpFamily): NodeNetwork[] {
  const [first, ...others] = rangesOf(ipFamily);
  return Array.from({ length: count }, (_, index) => {
    const of = (ranges: Ranges) => ({
      ranges,
      address: ranges.node(index + 1),
      podCidr: ranges.podCidr(index + 1),
    });
    return { name: `node${index + 1}`, addresses: [of(first), ...others.map(of)] };
  });
}

interface Routing {
  /** Whether each node routes the others' pods itself; else whoever connects the pods does. */
  readonly routedByNodes: boolean;
}

/**
 * Pure: the `ip -batch` lines of one namespace each: a bridge in the control plane's, a veth pair to each node, and direct
 * routes for pods (the control plane's in any case; the nodes' unless their CNI makes its own). Services are routed too: a Service's address must resolve to some route before kube-proxy's rules
 * rewrite it, and there is no default route.
 */
export function networkCommands(
  lab: string,
  nodes: readonly NodeNetwork[],
  ipFamily: IpFamily,
  { routedByNodes }: Routing = { routedByNodes: true },
): Map<string, string[]> {
  const families = rangesOf(ipFamily);
  const podRoutes = (except?: NodeNetwork) =>
    nodes
      .filter((node) => node !== except)
      .flatMap((node) => node.addresses.map(({ podCidr, address }) => `route add ${podCidr} via ${address}`));
  return new Map([
    [
      "cp",
      [
        "link set lo up",
        "link add br0 type bridge",
        ...families.map(({ controlPlane, nodePrefixBits }) => addressAdd(controlPlane, nodePrefixBits, "br0")),
        "link set br0 up",
        ...nodes.flatMap((node) => [
          `link add ${node.name} type veth peer name eth0 netns ${netnsName(lab, node.name)}`,
          `link set ${node.name} master br0 up`,
        ]),
        ...podRoutes(),
        // Aggregated APIs and webhooks: the API server is not a node, so it reaches Services through one.
        ...(nodes[0]?.addresses ?? []).map(({ ranges, address }) => `route add ${ranges.services} via ${address}`),
      ],
    ],
    ...nodes.map((node): [string, string[]] => [
      node.name,
      [
        "link set lo up",
        ...node.addresses.map(({ ranges, address }) => addressAdd(address, ranges.nodePrefixBits, "eth0")),
        "link set eth0 up",
        ...(routedByNodes ? podRoutes(node) : []),
        ...node.addresses.map(({ ranges, address }) => `route add ${ranges.services} dev eth0 src ${address}`),
      ],
    ]),
  ]);
}

/** Nobody else can have the lab's addresses, so IPv6 need not wait a second to find out whether somebody does (nodad). */
function addressAdd(address: string, prefixBits: number, device: string): string {
  return `address add ${address}/${prefixBits} dev ${device}${isIPv6(address) ? " nodad" : ""}`;
}

/** Creates the namespaces and connects them. */
export async function createNetwork(
  lab: string,
  nodes: readonly NodeNetwork[],
  ipFamily: IpFamily,
  routing: Routing,
): Promise<void> {
  const batches = networkCommands(lab, nodes, ipFamily, routing);
  const ipv6 = hasIpv6(ipFamily);
  for (const namespace of batches.keys()) await createNamespace(lab, namespace);
  for (const [namespace, lines] of batches) {
    // A machine may have IPv6 switched off for new namespaces.
    if (ipv6) await setSysctls(lab, namespace, { "ipv6/conf/all/disable_ipv6": "0" });
    await command("ip", ["-n", netnsName(lab, namespace), "-batch", "-"], { input: `${lines.join("\n")}\n` });
  }
  // Bridged packets must not pass the control plane's own rules and conntrack table on their way between two nodes.
  await setSysctls(lab, "cp", { "bridge/bridge-nf-call-iptables": "0", "bridge/bridge-nf-call-ip6tables": "0" });
  const forwarding = { "ipv4/ip_forward": "1", ...(ipv6 ? { "ipv6/conf/all/forwarding": "1" } : {}) };
  for (const node of nodes) await setSysctls(lab, node.name, forwarding);
}

/** Sets values below /proc/sys/net in one namespace; those that this kernel does not have are left out. */
async function setSysctls(lab: string, namespace: string, values: Record<string, string>): Promise<void> {
  const assignments = Object.entries(values).map(([key, value]) => `net/${key}=${value}`);
  await command("ip", ["netns", "exec", netnsName(lab, namespace), "sysctl", "-e", "-q", "-w", ...assignments]);
}
