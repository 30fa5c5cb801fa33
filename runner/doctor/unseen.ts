import type { Hop, Proof } from "./finding.ts";
import { compares } from "./proofs.ts";

/** What the API does not tell, and what would show it. */
export interface OnNodesOnly {
  readonly hop: Hop;
  readonly what: string;
  readonly shownBy: Proof;
}

export const ON_NODES_ONLY: readonly OnNodesOnly[] = [
  { hop: "client-pod", what: "resolv.conf as pods have it", shownBy: compares("ndots-2") },
  { hop: "ports", what: "port range and TIME_WAIT sockets in each pod", shownBy: compares("pod-port-range") },
  {
    hop: "conntrack",
    what: "limit, entries and timeouts in force on each node",
    shownBy: compares("conntrack-time-wait-30"),
  },
  {
    hop: "dns",
    what: "CoreDNS's cache hits and throttling, and the way to its upstream",
    shownBy: compares("cache-prefetch-stale"),
  },
  {
    hop: "overlay",
    what: "MTU, checksum offloads and the network card's driver",
    shownBy: { kind: "read", command: "ethtool -k DEVICE; ip -s link" },
  },
  {
    hop: "node",
    what: "steal, pressure (PSI) and softirq time",
    shownBy: { kind: "read", command: "cat /proc/stat /proc/pressure/cpu" },
  },
  {
    hop: "listen-queue",
    what: "net.core.somaxconn and overflows in each pod",
    shownBy: compares("node-somaxconn-65535"),
  },
  {
    hop: "control-plane",
    what: "etcd's fsync time and changes of its leader",
    shownBy: { kind: "read", command: "curl https://127.0.0.1:2379/metrics | grep etcd_disk_wal_fsync" },
  },
];
