import type { Hop, Proof } from "./finding.ts";
import { compares } from "./proofs.ts";
import type { ClusterState, DeepPart } from "./state.ts";

/** What the API does not tell, and what would show it. */
export interface OnNodesOnly {
  readonly hop: Hop;
  readonly what: string;
  readonly shownBy: Proof;
}

/** With the part that has it, where one may be read; null: doctor never reads it. */
const ALL: ReadonlyArray<OnNodesOnly & { readonly part: DeepPart | null }> = [
  {
    part: null,
    hop: "client-pod",
    what: "resolv.conf as pods have it, where it is not as their settings predict",
    shownBy: compares("ndots-2"),
  },
  {
    part: "inside",
    hop: "ports",
    what: "port range and TIME_WAIT sockets in each pod",
    shownBy: compares("pod-port-range"),
  },
  {
    part: "inside",
    hop: "conntrack",
    what: "limit, entries and timeouts in force on each node",
    shownBy: compares("conntrack-time-wait-30"),
  },
  {
    part: "dnsMetrics",
    hop: "dns",
    what: "CoreDNS's cache hits, what it refused to forward, and the way to its upstream",
    shownBy: compares("cache-prefetch-stale"),
  },
  {
    part: "inside",
    hop: "dns",
    what: "how often CoreDNS was throttled by its CPU limit",
    shownBy: compares("replicas-2", "--faults cpu-limit"),
  },
  {
    part: "inside",
    hop: "overlay",
    what: "MTU, checksum offloads and the network card's driver",
    shownBy: { kind: "read", command: "ethtool -k DEVICE; ip -s link" },
  },
  {
    part: "inside",
    hop: "node",
    what: "steal, pressure (PSI) and softirq time",
    shownBy: { kind: "read", command: "cat /proc/stat /proc/pressure/cpu" },
  },
  {
    part: "inside",
    hop: "node",
    what: "round trips between nodes, and between zones",
    shownBy: { kind: "read", command: "ping -c 20 ADDRESS-OF-ANOTHER-NODE" },
  },
  {
    part: null,
    hop: "ingress",
    what: "retries and drain, as far as ConfigMaps and own objects of ingress controllers and Gateways set them",
    shownBy: compares("next-upstream"),
  },
  {
    part: "inside",
    hop: "listen-queue",
    what: "net.core.somaxconn, the length of listen queues and overflows in each pod",
    shownBy: compares("node-somaxconn-65535"),
  },
  {
    part: "etcd",
    hop: "control-plane",
    what: "etcd's fsync time and changes of its leader",
    shownBy: { kind: "read", command: "curl https://127.0.0.1:2379/metrics | grep etcd_disk_wal_fsync" },
  },
];

/** Pure: what is left of it once nodes and pods were looked into. */
export function onNodesOnly(state: ClusterState): OnNodesOnly[] {
  return ALL.flatMap(({ part, ...told }) => (part !== null && "seen" in state[part] ? [] : [told]));
}
