/** A cluster in which doctor finds nothing to worry about; each test changes in it what it is about. */
import { parseCorefile } from "../../../runner/doctor/corefile.ts";
import type { Device, Inside, NamespaceInside, NodeInside, PodInside } from "../../../runner/doctor/inside/state.ts";
import type {
  BudgetFacts,
  ContainerFacts,
  CorefileFacts,
  EndpointFacts,
  GatewayFacts,
  IngressFacts,
  NetworkFacts,
  NodeFacts,
  Parts,
  PodFacts,
  PodTemplateFacts,
  ProxyFacts,
  RouteFacts,
  ServiceFacts,
  WorkloadFacts,
} from "../../../runner/doctor/state.ts";

export const COREFILE = `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa { # the cluster's own
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30
    loop
    reload
    loadbalance
}
`;

export function corefile(text: string): CorefileFacts {
  return { readFrom: "ConfigMap kube-system/coredns, Corefile", blocks: parseCorefile(text) };
}

export function node(name: string, changes: Partial<NodeFacts> = {}): NodeFacts {
  return {
    name,
    cpus: 8,
    memoryBytes: 32 * 2 ** 30,
    mostPods: 110,
    podAddresses: 253,
    kubelet: "v1.33.1",
    kernel: "6.1.0",
    runtime: "containerd://2.0.0",
    operatingSystem: "linux",
    zone: `zone-of-${name}`,
    region: "north",
    unschedulable: false,
    virtual: false,
    conditions: [
      { type: "Ready", status: "True", says: "kubelet is posting ready status" },
      { type: "MemoryPressure", status: "False", says: "" },
    ],
    ...changes,
  };
}

export function container(changes: Partial<ContainerFacts> = {}): ContainerFacts {
  return {
    name: "web",
    image: "shop/web:1",
    args: [],
    ports: [{ name: "http", port: 8080 }],
    preStop: { kind: "sleep", seconds: 10 },
    readiness: { periodS: 5, failures: 3 },
    cpuLimit: null,
    memoryLimitBytes: 512 * 2 ** 20,
    ...changes,
  };
}

export function template(changes: Partial<PodTemplateFacts> = {}): PodTemplateFacts {
  return {
    labels: { app: "web" },
    graceS: 45,
    hostNetwork: false,
    sysctls: [],
    containers: [container()],
    dnsPolicy: "ClusterFirst",
    ndots: 2,
    searches: [],
    nameservers: [],
    ...changes,
  };
}

export function web(changes: Partial<WorkloadFacts> = {}): WorkloadFacts {
  return {
    kind: "Deployment",
    namespace: "shop",
    name: "web",
    replicas: 3,
    ready: 3,
    labels: {},
    rollout: { kind: "rolling", maxUnavailable: 0, maxSurge: 1 },
    minReadyS: 0,
    pod: template(),
    ...changes,
  };
}

export function coredns(changes: Partial<WorkloadFacts> = {}, own: Partial<ContainerFacts> = {}): WorkloadFacts {
  const coreDns = container({
    name: "coredns",
    image: "registry.k8s.io/coredns/coredns:v1.12.0",
    ports: [{ name: "dns", port: 53 }],
    preStop: { kind: "none" },
    memoryLimitBytes: 170 * 2 ** 20,
    ...own,
  });
  return web({
    namespace: "kube-system",
    name: "coredns",
    replicas: 2,
    ready: 2,
    pod: template({ labels: { "k8s-app": "kube-dns" }, dnsPolicy: "Default", containers: [coreDns] }),
    ...changes,
  });
}

export function daemonSet(name: string, image: string): WorkloadFacts {
  const labels = { "k8s-app": name };
  return web({
    kind: "DaemonSet",
    namespace: "kube-system",
    name,
    pod: template({ labels, hostNetwork: true, containers: [container({ name, image, ports: [] })] }),
  });
}

export function service(changes: Partial<ServiceFacts> = {}): ServiceFacts {
  return {
    namespace: "shop",
    name: "web",
    type: "ClusterIP",
    headless: false,
    selector: { app: "web" },
    ports: [{ name: "http", port: 80, target: "http", protocol: "TCP" }],
    localOnly: false,
    internalLocal: false,
    publishesUnready: false,
    ...changes,
  };
}

export function endpoints(changes: Partial<EndpointFacts> = {}): EndpointFacts {
  return { namespace: "shop", name: "web", ready: 3, notReady: 0, nodes: ["a", "b", "c"], ...changes };
}

export function pod(name: string, on: string, changes: Partial<PodFacts> = {}): PodFacts {
  return {
    namespace: "shop",
    name,
    node: on,
    labels: { app: "web" },
    hostNetwork: false,
    ended: false,
    ready: true,
    waiting: null,
    images: ["shop/web:1"],
    sysctls: [],
    ...changes,
  };
}

export function dnsPod(name: string, on: string): PodFacts {
  return pod(name, on, {
    namespace: "kube-system",
    labels: { "k8s-app": "kube-dns" },
    images: ["registry.k8s.io/coredns/coredns:v1.12.0"],
  });
}

export function budget(changes: Partial<BudgetFacts> = {}): BudgetFacts {
  return {
    namespace: "shop",
    name: "web",
    selector: { app: "web" },
    disruptionsAllowed: 1,
    expectedPods: 3,
    healthyPods: 3,
    wantedHealthy: 2,
    ...changes,
  };
}

export function ingress(changes: Partial<IngressFacts> = {}): IngressFacts {
  const backends = [{ namespace: "shop", name: "web", port: 80 }];
  return {
    namespace: "shop",
    name: "web",
    className: "traefik",
    byAnnotation: false,
    nextUpstream: null,
    nextUpstreamTries: null,
    backends,
    ...changes,
  };
}

const FINE = { isTrue: true, says: "" } as const;

export function gateway(changes: Partial<GatewayFacts> = {}): GatewayFacts {
  return { namespace: "shop", name: "front", className: "cloud", accepted: FINE, programmed: FINE, ...changes };
}

export function route(changes: Partial<RouteFacts> = {}): RouteFacts {
  return {
    ...{ namespace: "shop", name: "web" },
    parents: [{ namespace: "shop", name: "front", accepted: FINE }],
    retries: [null],
    backends: [{ namespace: "shop", name: "web", port: 80 }],
    ...changes,
  };
}

export const KUBE_PROXY = {
  kind: "kube-proxy",
  readFrom: "ConfigMap kube-system/kube-proxy",
  mode: "nftables",
  conntrack: { maxPerCore: null, min: null },
  establishedS: null,
  closeWaitS: null,
} as const satisfies ProxyFacts;

export const FLANNEL = {
  cni: "flannel",
  paths: [{ by: "Flannel (node annotations)", backend: "vxlan", mtu: null }],
  unread: [],
} as const satisfies NetworkFacts;

const USUAL_SYSCTLS = {
  "net.ipv4.tcp_fin_timeout": "60",
  "net.ipv4.tcp_tw_reuse": "2",
  "net.ipv4.tcp_fastopen": "1",
  "net.ipv4.ip_local_port_range": "32768 60999",
  "net.core.somaxconn": "4096",
};

export const DEVICES: readonly Device[] = [
  { name: "eth0", driver: "virtio_net", mtu: 1500, txChecksum: true },
  { name: "flannel.1", driver: "vxlan", mtu: 1450, txChecksum: true },
  { name: "veth1", driver: "veth", mtu: 1450, txChecksum: true },
];

export function podInside(name: string, changes: Partial<PodInside> = {}): PodInside {
  return {
    namespace: "shop",
    name,
    sysctls: USUAL_SYSCTLS,
    counters: { listenOverflows: 0, timeWaitSockets: 12 },
    growth: {},
    ...changes,
  };
}

/** Sysctls and counters are added to the usual ones. */
export function nodeInside(
  name: string,
  { sysctls, counters, growth, ...changes }: Partial<NodeInside> = {},
): NodeInside {
  const own: NamespaceInside = {
    sysctls: {
      ...USUAL_SYSCTLS,
      "net.netfilter.nf_conntrack_max": "1048576",
      "net.netfilter.nf_conntrack_tcp_timeout_time_wait": "120",
      "net.netfilter.nf_conntrack_tcp_timeout_established": "86400",
      "net.netfilter.nf_conntrack_tcp_timeout_close_wait": "3600",
      "net.ipv4.ip_local_reserved_ports": "",
      ...sysctls,
    },
    counters: {
      ...{ conntrackEntries: 5000, conntrackLimit: 1_048_576, conntrackDrop: 0 },
      ...{ listenOverflows: 0, timeWaitSockets: 40, softnetDropped: 0 },
      ...{ cpuStealTicks: 10, cpuSoftirqTicks: 100, cpuTotalTicks: 100_000, psiCpuSomeUs: 1_000_000 },
      ...counters,
    },
    growth: { cpuTotalTicks: 3200, cpuStealTicks: 0, cpuSoftirqTicks: 30, psiCpuSomeUs: 80_000, ...growth },
  };
  return {
    ...{ name, ...own, overS: 4, newPerSecond: 25 },
    devices: { seen: DEVICES },
    search: { seen: [] },
    roundTrips: { seen: [{ to: name === "a" ? "b" : "a", ms: 0.8 }] },
    dnsThrottling: { seen: [{ pod: `coredns-on-${name}`, periods: 0, throttled: 0, throttledMs: 0 }] },
    queues: { seen: [{ pod: null, port: 10_250, most: 4096, waiting: 0 }] },
    pods: { seen: { looked: [podInside(`web-on-${name}`)], more: 0 } },
    ...changes,
  };
}

export function inside(...nodes: readonly NodeInside[]): Inside {
  return { nodes, failed: [], left: [] };
}

export function wellConfigured(): Parts {
  return {
    server: { version: "v1.33.1" },
    nodes: [node("a"), node("b"), node("c")],
    proxy: KUBE_PROXY,
    network: FLANNEL,
    corefile: corefile(COREFILE),
    services: [
      service(),
      service({
        namespace: "kube-system",
        name: "kube-dns",
        selector: { "k8s-app": "kube-dns" },
        ports: [{ name: "dns", port: 53, target: 53, protocol: "UDP" }],
      }),
    ],
    endpoints: [endpoints(), endpoints({ namespace: "kube-system", name: "kube-dns", ready: 2, nodes: ["a", "b"] })],
    workloads: [
      web(),
      coredns(),
      daemonSet("kube-proxy", "registry.k8s.io/kube-proxy:v1.33.1"),
      daemonSet("node-local-dns", "registry.k8s.io/dns/k8s-dns-node-cache:1.25.0"),
    ],
    pods: [
      ...[pod("web-1", "a"), pod("web-2", "b"), pod("web-3", "c")],
      ...[dnsPod("coredns-1", "a"), dnsPod("coredns-2", "b")],
    ],
    budgets: [
      budget(),
      budget({
        namespace: "kube-system",
        name: "coredns",
        selector: { "k8s-app": "kube-dns" },
        expectedPods: 2,
        healthyPods: 2,
        wantedHealthy: 1,
      }),
    ],
    ingresses: [ingress()],
    ingressClasses: [
      { name: "external", controller: "example.com/of-a-cloud", isDefault: true },
      { name: "traefik", controller: "example.com/of-somebody", isDefault: false },
    ],
    gateways: [gateway()],
    routes: [route()],
    inside: inside(nodeInside("a"), nodeInside("b"), nodeInside("c")),
    dnsMetrics: {
      ...{ pods: 2, cacheHits: 900_000, cacheRequests: 1_000_000 },
      ...{ forwarded: 50_000, forwardRejects: 0, upstreamMs: 4 },
    },
    etcd: { members: [{ pod: "etcd-a", fsyncP99Ms: 3.5, leaderChanges: 1 }] },
  };
}
