import type { Hop } from "./finding.ts";

/** What the API does not tell, and what would show it. */
export interface OnNodesOnly {
  readonly hop: Hop;
  readonly what: string;
  readonly shownBy: string;
}

export const ON_NODES_ONLY: readonly OnNodesOnly[] = [
  { hop: "client-pod", what: "resolv.conf as pods have it", shownBy: "packetwalk compare dns-storm" },
  {
    hop: "ports",
    what: "port range and TIME_WAIT sockets in each pod",
    shownBy: "packetwalk compare connection-flood --tuned pod-port-range",
  },
  {
    hop: "conntrack",
    what: "limit, entries and timeouts in force on each node",
    shownBy: "packetwalk compare connection-flood --quick",
  },
  {
    hop: "dns",
    what: "CoreDNS's cache hits and throttling, and the way to its upstream",
    shownBy: "packetwalk compare dns-storm",
  },
  {
    hop: "overlay",
    what: "MTU, checksum offloads and the network card's driver",
    shownBy: "ethtool -k and ip -s link on a node",
  },
  {
    hop: "node",
    what: "steal, pressure (PSI) and softirq time",
    shownBy: "packetwalk compare connection-flood --quick",
  },
  {
    hop: "listen-queue",
    what: "net.core.somaxconn and overflows in each pod",
    shownBy: "packetwalk compare connection-flood --tuned node-somaxconn-65535",
  },
  {
    hop: "control-plane",
    what: "etcd's fsync time and changes of its leader",
    shownBy: "etcd_disk_wal_fsync_duration_seconds among its metrics",
  },
];
