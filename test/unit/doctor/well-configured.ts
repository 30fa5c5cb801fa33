/** A cluster in which doctor finds nothing to worry about; each test changes in it what it is about. */
import { parseCorefile } from "../../../runner/doctor/corefile.ts";
import type {
  BudgetFacts,
  ContainerFacts,
  CorefileFacts,
  EndpointFacts,
  NodeFacts,
  Parts,
  PodFacts,
  PodTemplateFacts,
  ProxyFacts,
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

export const KUBE_PROXY = {
  kind: "kube-proxy",
  readFrom: "ConfigMap kube-system/kube-proxy",
  mode: "nftables",
  conntrack: { maxPerCore: null, min: null },
  establishedS: null,
  closeWaitS: null,
} as const satisfies ProxyFacts;

export function wellConfigured(): Parts {
  return {
    server: { version: "v1.33.1" },
    nodes: [node("a"), node("b"), node("c")],
    proxy: KUBE_PROXY,
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
    ingresses: [{ namespace: "shop", name: "web", className: "traefik", byAnnotation: false }],
    ingressClasses: [
      { name: "external", controller: "example.com/of-a-cloud", isDefault: true },
      { name: "traefik", controller: "example.com/of-somebody", isDefault: false },
    ],
  };
}
