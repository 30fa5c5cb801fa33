/** What only nodes and pods themselves tell. */
import type { CounterName } from "../../result/counters.ts";
import type { Seen } from "../seen.ts";

/** What agents read on nodes. */
export interface Inside {
  readonly nodes: readonly NodeInside[];
  /** On which nothing could be read. */
  readonly failed: ReadonlyArray<{ readonly name: string; readonly because: string }>;
  /** Into which nobody looked: others stand for them. */
  readonly left: readonly string[];
}

export type Counters = Readonly<Partial<Record<CounterName, number>>>;

/** What was read in one network namespace. */
export interface NamespaceInside {
  /** By key; what this kernel does not have is left out. */
  readonly sysctls: Readonly<Record<string, string>>;
  /** At the second of two readings; what is not counted is left out. */
  readonly counters: Counters;
  /** By how much they grew between the two. */
  readonly growth: Counters;
}

export interface NodeInside extends NamespaceInside {
  readonly name: string;
  /** Between the two readings. */
  readonly overS: number;
  /** Connections that were opened or accepted, in its own namespace and in those of its pods; null: not counted. */
  readonly newPerSecond: number | null;
  readonly devices: Seen<readonly Device[]>;
  /** Of the resolv.conf that its kubelet gives to pods, which get it after the cluster's. */
  readonly search: Seen<readonly string[]>;
  /** Of its own namespace and of the pods that were looked into, but for those that only loopback reaches. */
  readonly queues: Seen<readonly ListenQueue[]>;
  /** To other nodes' kubelets: one of its zone, and one of each other. */
  readonly roundTrips: Seen<readonly RoundTrip[]>;
  /** Of CoreDNS's containers here. */
  readonly dnsThrottling: Seen<readonly Throttling[]>;
  readonly pods: Seen<PodsInside>;
}

/** The shortest of a few TCP handshakes. */
export interface RoundTrip {
  readonly to: string;
  /** Null: none came about. */
  readonly ms: number | null;
}

/** Of one container since its start, by its CPU limit; without a limit it has no period. */
export interface Throttling {
  readonly pod: string;
  readonly periods: number;
  readonly throttled: number;
  readonly throttledMs: number;
}

/** The listen queue of one socket. */
export interface ListenQueue {
  /** Null: of the node itself, or of a pod in its network. */
  readonly pod: { readonly namespace: string; readonly name: string } | null;
  readonly port: number;
  /** What its program asked for, as far as net.core.somaxconn let it. */
  readonly most: number;
  readonly waiting: number;
}

export interface PodsInside {
  readonly looked: readonly PodInside[];
  /** Into how many more nobody looked. */
  readonly more: number;
}

export interface PodInside extends NamespaceInside {
  readonly namespace: string;
  readonly name: string;
}

/** A network device of a node. */
export interface Device {
  readonly name: string;
  /** As ethtool calls it, e.g. "virtio_net", "veth", "vxlan"; "" where it has none. */
  readonly driver: string;
  readonly mtu: number;
  /** Whether the device makes TCP and UDP checksums; null: it does not say. */
  readonly txChecksum: boolean | null;
}

/** Of all pods of CoreDNS that were asked, since they started. */
export interface DnsMetrics {
  readonly pods: number;
  readonly cacheHits: number;
  readonly cacheRequests: number;
  readonly forwarded: number;
  readonly forwardRejects: number;
  /** Mean time that an upstream took; null: nothing was forwarded. */
  readonly upstreamMs: number | null;
}

export interface EtcdMetrics {
  /** Whose they are: each member of etcd writes to a disk of its own. */
  readonly members: ReadonlyArray<{
    readonly pod: string;
    /** Null: above the last bound of its histogram. */
    readonly fsyncP99Ms: number | null;
    readonly leaderChanges: number;
  }>;
}
