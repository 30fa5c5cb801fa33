/** A simulated cluster, as its API shows it. */
import { KubeConfig } from "@kubernetes/client-node";
import { type Cluster, openCluster } from "../../../runner/cluster/cluster.ts";
import { type Api, answering, api, type JsonReply, refusal } from "../cluster/servers/api.ts";

const COREFILE = `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
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
}`;

function node(index: number) {
  return {
    metadata: {
      name: `node-${index}`,
      labels: { "topology.kubernetes.io/zone": `zone-${index % 3}` },
      annotations: { "flannel.alpha.coreos.com/backend-type": "vxlan" },
    },
    spec: { podCIDR: `10.${index}.0.0/24` },
    status: {
      capacity: { cpu: "8", memory: "32Gi", pods: "110" },
      allocatable: { pods: "110" },
      conditions: [{ type: "Ready", status: "True" }],
      nodeInfo: {
        operatingSystem: "linux",
        kubeletVersion: "v1.33.1",
        kernelVersion: "6.1.0",
        containerRuntimeVersion: "containerd://2.0.0",
      },
    },
  };
}

/** Of an application on all nodes, so many on each. */
function pod(index: number, nodes: number) {
  return {
    metadata: { namespace: "shop", name: `web-${index}`, labels: { app: "web" } },
    spec: { nodeName: `node-${index % nodes}`, containers: [{ name: "web", image: "shop/web:1" }] },
    status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] },
  };
}

const LISTS: Readonly<Record<string, (nodes: number) => unknown[]>> = {
  "/api/v1/nodes": (nodes) => Array.from({ length: nodes }, (_, index) => node(index)),
  "/api/v1/pods": (nodes) => Array.from({ length: nodes * 100 }, (_, index) => pod(index, nodes)),
  "/api/v1/services": () => [
    {
      metadata: { namespace: "shop", name: "web" },
      spec: { type: "ClusterIP", clusterIP: "10.96.0.20", selector: { app: "web" }, ports: [{ port: 80 }] },
    },
  ],
  "/apis/apps/v1/deployments": (nodes) => [
    {
      metadata: { namespace: "shop", name: "web" },
      spec: {
        replicas: nodes * 100,
        template: {
          metadata: { labels: { app: "web" } },
          spec: { containers: [{ name: "web", image: "shop/web:1" }] },
        },
      },
    },
    {
      metadata: { namespace: "kube-system", name: "coredns", labels: { "k8s-app": "kube-dns" } },
      spec: {
        replicas: 1,
        template: {
          metadata: { labels: { "k8s-app": "kube-dns" } },
          spec: { containers: [{ name: "coredns", image: "coredns:1.12" }] },
        },
      },
    },
  ],
  "/apis/apps/v1/statefulsets": () => [],
  "/apis/apps/v1/daemonsets": () => [{ metadata: { namespace: "kube-flannel", name: "kube-flannel-ds" } }],
  "/apis/discovery.k8s.io/v1/endpointslices": () => [],
  "/apis/policy/v1/poddisruptionbudgets": () => [],
  "/apis/networking.k8s.io/v1/ingresses": () => [],
  "/apis/networking.k8s.io/v1/ingressclasses": () => [],
};

const CONFIG_MAPS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  coredns: { Corefile: COREFILE },
  "kube-proxy": { "config.conf": "kind: KubeProxyConfiguration\nmode: nftables\nconntrack:\n  maxPerCore: null\n" },
};

/** @param refused of which paths it says 403 */
export function simulated(nodes: number, refused: readonly string[] = []): Promise<Api> {
  return api({
    answer(request, response) {
      const { pathname, searchParams } = new URL(request.url ?? "", "http://simulated");
      answering(() => reply(nodes, pathname, searchParams, refused))(request, response);
    },
  });
}

function reply(nodes: number, path: string, query: URLSearchParams, refused: readonly string[]): JsonReply {
  if (refused.includes(path)) {
    return refusal(403, `User "dev" cannot list resource "${path.split("/").at(-1)}" at the cluster scope`);
  }
  if (path === "/version") return { status: 200, body: { gitVersion: "v1.33.1" } };
  const list = LISTS[path];
  if (list) return { status: 200, body: page(list(nodes), query) };
  const name = /^\/api\/v1\/namespaces\/kube-system\/configmaps\/(.+)$/.exec(path)?.[1];
  const data = name === undefined ? undefined : CONFIG_MAPS[name];
  return data ? { status: 200, body: { metadata: { name }, data } } : refusal(404, `${path} not found`);
}

function page(all: readonly unknown[], query: URLSearchParams) {
  const from = Number(query.get("continue") ?? 0);
  const to = from + Number(query.get("limit") ?? all.length);
  return { metadata: to < all.length ? { continue: String(to) } : {}, items: all.slice(from, to) };
}

export function open(url: string): Promise<Cluster> {
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromClusterAndUser({ name: "simulated", server: url, skipTLSVerify: true }, { name: "nobody" });
  return openCluster(kubeconfig);
}
