import { command } from "./machine/command.ts";
import { createNamespace, netnsName } from "./machine/namespaces.ts";

/**
 * Addresses of the lab. They are the same in every lab: each lives in network namespaces of its own, which no route
 * connects with the machine or with another lab.
 */
export const addresses = {
  controlPlane: "10.10.0.1",
  nodePrefixBits: 24,
  pods: "10.244.0.0/16",
  services: "10.96.0.0/12",
  /** First address of the Service range, by convention. */
  kubernetesService: "10.96.0.1",
  dnsService: "10.96.0.10",
} as const;

/** 10.10.0.10 is left free, so that node N ends in 10 + N. The pod range holds 250 nodes. */
export const maximumNodes = 100;

export interface NodeNetwork {
  name: string;
  address: string;
  podCidr: string;
}

export function nodeNetworks(count: number): NodeNetwork[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `node${index + 1}`,
    address: `10.10.0.${11 + index}`,
    podCidr: `10.244.${index + 1}.0/24`,
  }));
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
  { routedByNodes }: Routing = { routedByNodes: true },
): Map<string, string[]> {
  const { controlPlane, nodePrefixBits, services } = addresses;
  const podRoutes = (except?: NodeNetwork) =>
    nodes.filter((node) => node !== except).map((node) => `route add ${node.podCidr} via ${node.address}`);
  const first = nodes[0];
  return new Map([
    [
      "cp",
      [
        "link set lo up",
        "link add br0 type bridge",
        `address add ${controlPlane}/${nodePrefixBits} dev br0`,
        "link set br0 up",
        ...nodes.flatMap((node) => [
          `link add ${node.name} type veth peer name eth0 netns ${netnsName(lab, node.name)}`,
          `link set ${node.name} master br0 up`,
        ]),
        ...podRoutes(),
        // Aggregated APIs and webhooks: the API server is not a node, so it reaches Services through one.
        ...(first ? [`route add ${services} via ${first.address}`] : []),
      ],
    ],
    ...nodes.map((node): [string, string[]] => [
      node.name,
      [
        "link set lo up",
        `address add ${node.address}/${nodePrefixBits} dev eth0`,
        "link set eth0 up",
        ...(routedByNodes ? podRoutes(node) : []),
        `route add ${services} dev eth0 src ${node.address}`,
      ],
    ]),
  ]);
}

/** Creates the namespaces and connects them. */
export async function createNetwork(lab: string, nodes: readonly NodeNetwork[], routing: Routing): Promise<void> {
  const batches = networkCommands(lab, nodes, routing);
  for (const namespace of batches.keys()) await createNamespace(lab, namespace);
  for (const [namespace, lines] of batches) {
    await command("ip", ["-n", netnsName(lab, namespace), "-batch", "-"], { input: `${lines.join("\n")}\n` });
  }
  // Bridged packets must not pass the control plane's own rules and conntrack table on their way between two nodes.
  await setSysctls(lab, "cp", { "bridge/bridge-nf-call-iptables": "0", "bridge/bridge-nf-call-ip6tables": "0" });
  for (const node of nodes) await setSysctls(lab, node.name, { "ipv4/ip_forward": "1" });
}

/** Sets values below /proc/sys/net in one namespace; those that this kernel does not have are left out. */
async function setSysctls(lab: string, namespace: string, values: Record<string, string>): Promise<void> {
  const assignments = Object.entries(values).map(([key, value]) => `net/${key}=${value}`);
  await command("ip", ["netns", "exec", netnsName(lab, namespace), "sysctl", "-e", "-q", "-w", ...assignments]);
}
