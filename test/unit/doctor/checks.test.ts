/** Each check: a state that triggers it, and one that does not. */
import { describe, expect, test } from "vitest";
import type { Asked } from "../../../runner/doctor/asked.ts";
import { CHECKS } from "../../../runner/doctor/checks/registry.ts";
import { type Examination, examine } from "../../../runner/doctor/examine.ts";
import { atLeast, type Finding, type Severity } from "../../../runner/doctor/finding.ts";
import type { Device, NodeInside } from "../../../runner/doctor/inside/state.ts";
import { rateOf } from "../../../runner/doctor/rate.ts";
import { type ClusterState, NOT_ON_NODES, type Parts, type ServiceFacts } from "../../../runner/doctor/state.ts";
import { isInCatalogue } from "../../../runner/tunings/catalogue.ts";
import {
  budget,
  COREFILE,
  container,
  coredns,
  corefile,
  DEVICES,
  daemonSet,
  dnsPod,
  endpoints,
  FLANNEL,
  gateway,
  ingress,
  inside,
  KUBE_PROXY,
  node,
  nodeInside,
  pod,
  podInside,
  route,
  service,
  template,
  web,
  wellConfigured,
} from "./well-configured.ts";

const ASKED: Asked = { rate: null, kubectl: ["--context staging"] };

interface Case {
  readonly severity: Severity;
  readonly is: Partial<Parts>;
  /** What a finding's words must have, of its value and its consequence. */
  readonly says: readonly string[];
  readonly rate?: number;
  /** Another state in which it is silent; without, the well-configured one. */
  readonly isNot?: Partial<Parts>;
  /** Nobody looked into nodes. */
  readonly byApi?: true;
}

const base = wellConfigured();
const { nodes, workloads, services, pods } = base;
const without = (line: string) => corefile(COREFILE.replace(line, ""));
const withDns = (changes: Parameters<typeof coredns>[0], own: Parameters<typeof coredns>[1] = {}) => [
  ...workloads.filter(({ name }) => name !== "coredns"),
  coredns(changes, own),
];
const withWeb = (changes: Parameters<typeof web>[0]) => [web(changes), ...workloads.slice(1)];
const withPod = (changes: Parameters<typeof template>[0]) => withWeb({ pod: template(changes) });
const withContainer = (changes: Parameters<typeof container>[0]) => withPod({ containers: [container(changes)] });
const withService = (changes: Partial<ServiceFacts>) => [service(changes), ...services.slice(1)];
const within = (changes: Partial<NodeInside>) => ({ inside: inside(nodeInside("a", changes)) });
const withinPod = (changes: Parameters<typeof podInside>[1]) =>
  within({ pods: { seen: { looked: [podInside("web-1", changes)], more: 0 } } });
const withDevice = (name: string, changes: Partial<Device>) =>
  within({ devices: { seen: DEVICES.map((each) => (each.name === name ? { ...each, ...changes } : each)) } });
const many = (count: number) => Array.from({ length: count }, (_, index) => service({ name: `web-${index}` }));

const withGateway = (changes: Parameters<typeof container>[0], own: Parameters<typeof template>[0] = {}) => [
  ...workloads,
  web({ namespace: "edge", name: "gate", pod: template({ containers: [container(changes)], ...own }) }),
];

const CASES: Readonly<Record<string, readonly Case[]>> = {
  "pod-sysctls": [
    {
      severity: "critical",
      is: {
        pods: [
          pod("job-1", "a", { labels: { job: "x" }, sysctls: ["net.core.somaxconn"], waiting: "SysctlForbidden" }),
        ],
      },
      says: ["net.core.somaxconn", "it never runs"],
      // Of a workload's own unsafe-sysctls tells, and safe ones are for anybody.
      isNot: {
        pods: [
          pod("web-1", "a", { sysctls: ["net.core.somaxconn"] }),
          pod("job-1", "a", { labels: { job: "x" }, sysctls: ["net.ipv4.ip_local_port_range"] }),
        ],
      },
    },
    {
      severity: "warning",
      is: { pods: [pod("job-1", "a", { labels: { job: "x" }, sysctls: ["net/ipv4/tcp_tw_reuse"], ready: false })] },
      says: ["net/ipv4/tcp_tw_reuse", "it ends as SysctlForbidden"],
    },
  ],
  "resolv-conf": [
    {
      severity: "info",
      is: { workloads: withPod({ ndots: null }), ...within({ search: { seen: ["corp.example"] } }) },
      says: [
        "search shop.svc.cluster.local svc.cluster.local cluster.local corp.example; ndots 5",
        "api.example.com 10, svc 2, svc.ns 4, svc.ns.svc 6",
      ],
      isNot: { workloads: withPod({ dnsPolicy: "Default" }) },
    },
    {
      severity: "info",
      is: {},
      says: ["ndots 2", "api.example.com 2, svc 2, svc.ns 4, svc.ns.svc 8"],
      isNot: { workloads: withPod({ hostNetwork: true }) },
    },
    {
      severity: "warning",
      is: { workloads: withPod({ nameservers: ["10.0.0.1", "10.0.0.2", "10.0.0.3"] }) },
      says: ["nameserver 10.0.0.3: left out of its resolv.conf", "3 nameservers"],
      isNot: { workloads: withPod({ dnsPolicy: "None", nameservers: ["10.0.0.1"] }) },
    },
  ],
  "sysctl-placebo": [
    {
      severity: "info",
      is: { workloads: withPod({ sysctls: ["net.ipv4.tcp_fin_timeout"] }) },
      says: ["TIME_WAIT stays 60 s", "28,232", "471"],
      isNot: { workloads: withPod({ sysctls: ["net.ipv4.ip_local_port_range"] }) },
    },
  ],
  "dns-throttled": [
    {
      severity: "warning",
      is: within({
        dnsThrottling: { seen: [{ pod: "coredns-1", periods: 1000, throttled: 400, throttledMs: 24_000 }] },
      }),
      says: ["400 of 1,000 periods, 40 %", "60 ms on average"],
    },
    {
      severity: "info",
      is: within({ dnsThrottling: { seen: [{ pod: "coredns-1", periods: 1000, throttled: 20, throttledMs: 200 }] } }),
      says: ["20 of 1,000 periods, 2 %"],
      // A start-up, and one without a limit.
      isNot: within({
        dnsThrottling: {
          seen: [
            { pod: "coredns-1", periods: 50, throttled: 30, throttledMs: 900 },
            { pod: "coredns-2", periods: 0, throttled: 0, throttledMs: 0 },
          ],
        },
      }),
    },
  ],
  "service-no-selector": [
    {
      severity: "warning",
      is: { services: withService({ selector: {} }), endpoints: [] },
      says: ["no selector, and no endpoint", "refused at once"],
      // Somebody writes its endpoints.
      isNot: { services: withService({ selector: {} }) },
    },
    {
      severity: "warning",
      is: { services: withService({ selector: {} }), endpoints: [endpoints({ ready: 0, notReady: 2, nodes: [] })] },
      says: ["2 endpoints, none ready"],
      isNot: { services: withService({ selector: {}, type: "ExternalName" }), endpoints: [] },
    },
  ],
  "cni-path": [
    {
      severity: "info",
      is: {},
      says: [
        "vxlan; no MTU set",
        "pods have 1,450, the nodes' link 1,500",
        "50 bytes more on each packet between nodes, 3.3 %",
      ],
      isNot: { network: { cni: null, paths: [], unread: [] } },
    },
    {
      severity: "info",
      is: {
        network: {
          ...FLANNEL,
          paths: [
            {
              by: "Calico (IPPool a, 10.0.0.0/8)",
              backend: "ipip between subnets, direct routes within one",
              mtu: null,
            },
          ],
        },
      },
      byApi: true,
      says: ["read by --on-nodes only", "20 bytes more on each packet between nodes of different subnets, 1.3 %"],
      isNot: { network: { cni: null, paths: [], unread: [] } },
    },
    {
      severity: "info",
      is: {
        network: {
          ...FLANNEL,
          paths: [{ by: "AWS VPC CNI", backend: "no encapsulation: addresses of the VPC", mtu: 9001 }],
        },
      },
      byApi: true,
      says: ["MTU 9,001 set", "stay as they are"],
      isNot: { network: { cni: null, paths: [], unread: [] } },
    },
  ],
  "cni-mtu": [
    {
      severity: "critical",
      is: { network: { ...FLANNEL, paths: [{ by: "Cilium (cilium-config)", backend: "vxlan tunnel", mtu: 9000 }] } },
      says: ["MTU 9,000 set for vxlan tunnel", "takes 1,500", "up to 8,950 bytes"],
    },
    {
      severity: "info",
      is: { network: { ...FLANNEL, paths: [{ by: "Cilium (cilium-config)", backend: "vxlan tunnel", mtu: 1400 }] } },
      says: ["100 bytes less", "7.1 % more packets"],
      isNot: { network: { ...FLANNEL, paths: [{ by: "Cilium (cilium-config)", backend: "vxlan tunnel", mtu: 1500 }] } },
    },
  ],
  "node-round-trips": [
    {
      severity: "warning",
      is: within({
        roundTrips: {
          seen: [
            { to: "b", ms: 25 },
            { to: "c", ms: null },
          ],
        },
      }),
      says: ["25 ms from a to b, the longest of zone-of-a to zone-of-b", "50 ms", "with TLS 1.3 after 3, 75 ms"],
      isNot: within({ roundTrips: { seen: [] } }),
    },
    {
      severity: "info",
      is: { nodes: nodes.map((each) => ({ ...each, zone: "x" })) },
      says: ["0.8 ms from a to b, the longest of within x"],
      isNot: within({ roundTrips: { unseen: "no" } }),
    },
  ],
  "service-one-zone": [
    {
      severity: "warning",
      is: {
        nodes: [node("a", { zone: "x" }), node("b", { zone: "x" }), node("c", { zone: "y" })],
        endpoints: [endpoints({ ready: 2, nodes: ["a", "b"] })],
      },
      says: ["2 ready pods on 2 nodes, all in zone x of 2", "50 % of their connections"],
      // One zone is all that there is.
      isNot: { nodes: nodes.map((each) => ({ ...each, zone: "x" })) },
    },
  ],
  "several-regions": [
    {
      severity: "warning",
      is: { nodes: [node("a"), node("b"), node("c", { region: "south" })] },
      says: ["2 nodes in north, 1 node in south", "50 % of new connections cross regions", "20 to 80 ms"],
    },
  ],
  "gateway-kind": [
    {
      severity: "info",
      is: { workloads: withGateway({ image: "docker.io/traefik:v3.5.0@sha256:abc" }) },
      says: ["Traefik v3.5.0, 3 pods", "2.5 s after the pod's deletion"],
      isNot: { workloads: withGateway({ name: "istio-proxy", image: "istio/proxyv2:1.27" }) },
    },
    {
      severity: "info",
      is: { workloads: withGateway({ image: "envoyproxy/gateway:v1.5.0" }) },
      says: ["Envoy Gateway v1.5.0", "is not known to doctor"],
    },
  ],
  "gateway-drain": [
    {
      severity: "warning",
      is: { workloads: withGateway({ image: "traefik:v3.5.0", preStop: { kind: "none" } }) },
      says: ["takes no connection any more 0 s after", "up to 150 in a rollout are refused"],
      isNot: {
        workloads: withGateway({
          image: "traefik:v3.5.0",
          preStop: { kind: "none" },
          args: ["--entryPoints.web.transport.lifeCycle.requestAcceptGraceTimeout=10s"],
        }),
      },
    },
    {
      severity: "info",
      is: { workloads: withGateway({ image: "registry.k8s.io/ingress-nginx/controller:v1.12.0" }) },
      says: ["terminationGracePeriodSeconds 45, where ingress-nginx may need 250 s"],
      isNot: { workloads: withGateway({ image: "registry.k8s.io/ingress-nginx/controller:v1.12.0" }, { graceS: 300 }) },
    },
    {
      severity: "warning",
      is: {
        workloads: withGateway(
          {
            image: "registry.k8s.io/ingress-nginx/controller:v1.12.0",
            args: ["/nginx-ingress-controller", "--shutdown-grace-period=1"],
            preStop: { kind: "exec", command: "/wait-shutdown", sleepS: null },
          },
          { graceS: 300 },
        ),
      },
      says: ["--shutdown-grace-period 1", "up to 50 in a rollout"],
      isNot: { workloads: withGateway({ image: "envoyproxy/gateway:v1.5.0", preStop: { kind: "none" } }) },
    },
  ],
  "gateway-retries": [
    {
      severity: "warning",
      is: { ingresses: [ingress({ nextUpstream: "off" })] },
      says: ["proxy-next-upstream: off", "answered with 502", "up to 483"],
      isNot: { ingresses: [ingress({ nextUpstream: "error timeout" })] },
    },
    {
      severity: "info",
      is: { ingresses: [ingress({ nextUpstream: "error timeout non_idempotent", nextUpstreamTries: 3 })] },
      says: ["tries 3", "may be done twice"],
    },
    {
      severity: "info",
      is: { routes: [route({ retries: [0, null] })] },
      says: ["retry.attempts: 0"],
      isNot: { routes: [route({ retries: [2, null] })] },
    },
  ],
  "default-ndots": [
    {
      severity: "info",
      is: { workloads: withPod({ ndots: null }) },
      says: ["ndots 5", "8 queries"],
    },
  ],
  "dns-policy": [
    { severity: "info", is: { workloads: withPod({ dnsPolicy: "Default" }) }, says: ["dnsPolicy: Default"] },
    { severity: "info", is: { workloads: withPod({ hostNetwork: true }) }, says: ["which is Default then"] },
  ],
  "unsafe-sysctls": [
    {
      severity: "info",
      is: { workloads: withPod({ sysctls: ["net.ipv4.tcp_tw_reuse"] }) },
      says: ["tcp_tw_reuse", "SysctlForbidden"],
      isNot: { workloads: withPod({ sysctls: ["net.ipv4.ip_local_port_range"] }) },
    },
    {
      severity: "critical",
      is: {
        workloads: withPod({ sysctls: ["net.core.somaxconn"] }),
        pods: [pod("web-1", "a", { ended: true, waiting: "SysctlForbidden" })],
      },
      says: ["1 pod of its namespace"],
    },
  ],
  "client-ports": [
    {
      severity: "info",
      is: {},
      rate: 2600,
      says: ["28,232", "471", "after 11 s", "6 pods"],
      isNot: { workloads: withPod({ sysctls: ["net.ipv4.ip_local_port_range"] }) },
    },
  ],
  "conntrack-table": [
    {
      severity: "critical",
      is: { nodes: [node("a", { cpus: 2 })] },
      rate: 2600,
      byApi: true,
      says: ["262,144", "at 2,600 connections/s this node's table is full after 101 s"],
      isNot: { nodes: [node("a", { virtual: true })] },
    },
    {
      severity: "warning",
      is: {
        nodes: [node("a", { memoryBytes: 2 * 2 ** 30 })],
        proxy: { ...KUBE_PROXY, conntrack: { maxPerCore: 0, min: null } },
      },
      byApi: true,
      says: ["65,536", "496 new connections/s"],
      isNot: { nodes: [node("a", { virtual: true })] },
    },
    {
      severity: "info",
      is: { proxy: { kind: "replaced", by: "Cilium", readFrom: "cilium-config" } },
      byApi: true,
      says: ["a table of its own"],
      isNot: { nodes: [node("a", { virtual: true })] },
    },
    {
      severity: "critical",
      is: within({ counters: { conntrackLimit: 65_536, conntrackEntries: 5536 } }),
      rate: 600,
      says: ["65,536 entries, 5,536 in it now", "at 600 connections/s this node's table is full after 100 s"],
      isNot: { nodes: [], inside: inside() },
    },
    {
      severity: "warning",
      is: within({ counters: { conntrackLimit: 65_536 }, newPerSecond: 400 }),
      says: ["400 connections/s come to it now: this node's table never fills: in the long run it takes 496"],
      isNot: { nodes: [], inside: inside() },
    },
    {
      severity: "warning",
      is: within({ counters: { conntrackLimit: 65_536 }, newPerSecond: 520 }),
      says: ["520 connections/s come to it now: this node's table comes to its limit: in the long run it takes 496"],
      isNot: { nodes: [], inside: inside() },
    },
    {
      severity: "info",
      is: within({ sysctls: { "net.netfilter.nf_conntrack_tcp_timeout_time_wait": "30" }, newPerSecond: null }),
      says: ["30 s in TIME_WAIT", "it takes 24,847 new connections/s; above that"],
      isNot: { nodes: [], inside: inside() },
    },
  ],
  "conntrack-timeouts": [
    { severity: "warning", is: { proxy: { ...KUBE_PROXY, establishedS: 0 } }, byApi: true, says: ["432,000 entries"] },
    { severity: "warning", is: { proxy: { ...KUBE_PROXY, closeWaitS: 7200 } }, byApi: true, says: ["7,200 entries"] },
    {
      severity: "warning",
      is: within({ sysctls: { "net.netfilter.nf_conntrack_tcp_timeout_established": "432000" } }),
      says: ["432000, where 86400 is usual", "432,000 entries"],
      // What is in force counts, not what was configured.
      isNot: { proxy: { ...KUBE_PROXY, establishedS: 0 } },
    },
    {
      severity: "warning",
      is: within({ sysctls: { "net.netfilter.nf_conntrack_tcp_timeout_time_wait": "240" } }),
      says: ["both sides closed", "240 entries"],
    },
  ],
  "conntrack-full": [
    {
      severity: "critical",
      is: within({ counters: { conntrackEntries: 250_000, conntrackLimit: 262_144 } }),
      says: ["250,000 of 262,144 entries (95 %)", "room for 12,144 more"],
    },
    {
      severity: "warning",
      is: within({ counters: { conntrackEntries: 200_000, conntrackLimit: 262_144 } }),
      says: ["(76 %)"],
      isNot: within({ counters: { conntrackEntries: 190_000, conntrackLimit: 262_144 } }),
    },
  ],
  "conntrack-drops": [
    {
      severity: "warning",
      is: within({ counters: { conntrackDrop: 7 } }),
      says: ["7 packets dropped", "it has happened"],
    },
    {
      severity: "critical",
      is: within({ counters: { conntrackDrop: 7 }, growth: { conntrackDrop: 2 } }),
      says: ["2 of them in the last 4 s", "it goes on now"],
    },
  ],
  "conntrack-limits-differ": [
    {
      severity: "warning",
      is: { inside: inside(nodeInside("a"), nodeInside("b", { counters: { conntrackLimit: 131_072 } })) },
      says: ["131,072 entries on b, 1,048,576 on a", "b takes 993 new connections/s"],
      isNot: {
        nodes: [node("a"), node("b", { cpus: 2 })],
        inside: inside(nodeInside("a"), nodeInside("b", { counters: { conntrackLimit: 131_072 } })),
      },
    },
  ],
  "port-range-narrow": [
    {
      severity: "warning",
      is: withinPod({ sysctls: { "net.ipv4.ip_local_port_range": "40000 45999" } }),
      says: ["6,000", "28,232", "at most 100 short connections/s"],
      isNot: withinPod({ sysctls: { "net.ipv4.ip_local_port_range": "1024 65535" } }),
    },
    {
      severity: "warning",
      is: within({ sysctls: { "net.ipv4.ip_local_port_range": "50000 60999" } }),
      says: ["11,000", "programs of the node"],
    },
  ],
  "port-range-over-node-ports": [
    {
      severity: "warning",
      is: {
        ...within({ sysctls: { "net.ipv4.ip_local_port_range": "1024 65535" } }),
        services: withService({ type: "NodePort" }),
      },
      says: ["30000 to 32767", "1 Service"],
      isNot: within({
        sysctls: { "net.ipv4.ip_local_port_range": "1024 65535", "net.ipv4.ip_local_reserved_ports": "80,30000-32767" },
      }),
    },
    {
      severity: "info",
      is: within({ sysctls: { "net.ipv4.ip_local_port_range": "1024 65535" } }),
      says: ["0 Services"],
    },
  ],
  "ports-time-wait": [
    {
      severity: "warning",
      is: withinPod({ counters: { timeWaitSockets: 25_000 } }),
      says: ["25,000 sockets in TIME_WAIT, 28,232 ports to connect from (89 %)"],
      isNot: withinPod({
        counters: { timeWaitSockets: 25_000 },
        sysctls: { "net.ipv4.ip_local_port_range": "1024 65535" },
      }),
    },
  ],
  "listen-queue-short": [
    {
      severity: "warning",
      is: withinPod({ sysctls: { "net.core.somaxconn": "128" } }),
      rate: 2560,
      says: ["somaxconn = 128", "4,096", "for 50 ms", "after 1.6 s"],
    },
    { severity: "warning", is: within({ sysctls: { "net.core.somaxconn": "128" } }), says: ["at 1,000 connections/s"] },
  ],
  "listen-backlog-short": [
    {
      severity: "warning",
      is: within({
        queues: { seen: [{ pod: { namespace: "shop", name: "web-1" }, port: 8080, most: 8, waiting: 0 }] },
      }),
      says: ["port 8080 has a listen queue of 8", "at 1,000 connections/s", "for 27 ms"],
      // A port to which no Service leads.
      isNot: within({
        queues: { seen: [{ pod: { namespace: "shop", name: "web-1" }, port: 9100, most: 8, waiting: 0 }] },
      }),
    },
    {
      severity: "critical",
      is: within({
        queues: { seen: [{ pod: { namespace: "shop", name: "web-1" }, port: 8080, most: 8, waiting: 0 }] },
      }),
      rate: 300,
      says: ["at 300 connections/s", "for 90 ms"],
      isNot: within({ queues: { seen: [{ pod: null, port: 8080, most: 8, waiting: 0 }] } }),
    },
  ],
  "listen-overflows": [
    {
      severity: "warning",
      is: withinPod({ counters: { listenOverflows: 12 } }),
      says: ["12 connections found a full listen queue", "did not accept"],
    },
    {
      severity: "critical",
      is: within({ counters: { listenOverflows: 12 }, growth: { listenOverflows: 3 } }),
      says: ["3 of them in the last 4 s"],
    },
  ],
  "sysctl-never-arrives": [
    {
      severity: "info",
      is: within({ sysctls: { "net.ipv4.tcp_fin_timeout": "15" } }),
      says: ["tcp_fin_timeout = 15", "0 of 1 pod", "the kernel's own (60)"],
      isNot: within({
        sysctls: { "net.core.somaxconn": "65535" },
        pods: { seen: { looked: [podInside("web-1", { sysctls: { "net.core.somaxconn": "65535" } })], more: 0 } },
      }),
    },
  ],
  "node-steal": [
    { severity: "warning", is: within({ growth: { cpuStealTicks: 320 } }), says: ["10 % of its CPU time was stolen"] },
  ],
  "node-softirq": [
    { severity: "warning", is: within({ growth: { cpuSoftirqTicks: 1600 } }), says: ["50 % of its CPU time"] },
  ],
  "node-pressure": [
    { severity: "warning", is: within({ growth: { psiCpuSomeUs: 3_000_000 } }), says: ["in 75 % of the time"] },
  ],
  "backlog-drops": [
    {
      severity: "critical",
      is: within({ counters: { softnetDropped: 90 }, growth: { softnetDropped: 5 } }),
      says: ["5 packets dropped at the backlog in the last 4 s, 90 since"],
      isNot: within({ counters: { softnetDropped: 90 }, growth: { softnetDropped: 0 } }),
    },
  ],
  "mtu-mismatch": [
    {
      severity: "critical",
      is: withDevice("flannel.1", { mtu: 1500 }),
      says: ["MTU 1,500 of flannel.1", "leaves 1,450 inside"],
      // Its routes decide, not the device.
      isNot: withDevice("flannel.1", { name: "cilium_vxlan", mtu: 1500 }),
    },
    {
      severity: "critical",
      is: withDevice("veth1", { mtu: 1500 }),
      says: ["MTU 1,500 of pods, where flannel.1 takes 1,450"],
      isNot: withDevice("eth0", { mtu: 9001 }),
    },
  ],
  "mtu-differs": [
    {
      severity: "warning",
      is: {
        inside: inside(
          nodeInside("a"),
          nodeInside("b", { devices: { seen: [{ name: "veth1", driver: "veth", mtu: 8951, txChecksum: null }] } }),
        ),
      },
      says: ["MTU 1,450 on a, 8,951 on b"],
    },
  ],
  "nic-emulated": [
    { severity: "warning", is: withDevice("eth0", { driver: "e1000" }), says: ["eth0 has driver e1000"] },
  ],
  "checksum-offload-off": [
    {
      severity: "info",
      is: withDevice("flannel.1", { txChecksum: false }),
      says: ["offload of flannel.1 is off"],
      isNot: withDevice("flannel.1", { txChecksum: null }),
    },
  ],
  "node-search": [
    {
      severity: "info",
      is: within({ search: { seen: ["eu.example", "example"] } }),
      says: ["search eu.example example", "12 queries at ndots 5, where 8"],
    },
  ],
  "dns-cache-hits": [
    {
      severity: "info",
      is: { dnsMetrics: { ...base.dnsMetrics, cacheHits: 200_000 } },
      says: ["20 % of 1,000,000 queries", "800 are worked out anew"],
      isNot: { dnsMetrics: { ...base.dnsMetrics, cacheHits: 10, cacheRequests: 100 } },
    },
  ],
  "dns-forward-rejects": [
    {
      severity: "warning",
      is: { dnsMetrics: { ...base.dnsMetrics, forwardRejects: 31 } },
      says: ["31 queries refused", "REFUSED"],
    },
  ],
  "dns-upstream-slow": [
    {
      severity: "warning",
      is: { dnsMetrics: { ...base.dnsMetrics, upstreamMs: 250 } },
      says: ["250 ms on average", "4,000 queries/s"],
      isNot: { dnsMetrics: { ...base.dnsMetrics, upstreamMs: 250, forwarded: 10 } },
    },
  ],
  "etcd-fsync": [
    {
      severity: "warning",
      is: { etcd: { members: [{ pod: "etcd-a", fsyncP99Ms: 24, leaderChanges: 3 }] } },
      says: ["fsync is 24 ms; 3 changes of the leader"],
    },
    {
      severity: "critical",
      is: { etcd: { members: [{ pod: "etcd-a", fsyncP99Ms: null, leaderChanges: 9 }] } },
      says: ["more than it measures"],
    },
  ],
  "dns-one-replica": [{ severity: "warning", is: { workloads: withDns({ replicas: 1 }) }, says: ["replicas: 1"] }],
  "dns-one-node": [
    {
      severity: "warning",
      is: { pods: [...pods.slice(0, 3), dnsPod("coredns-1", "a"), dnsPod("coredns-2", "a")] },
      says: ["2 pods, all on node a"],
    },
  ],
  "dns-cpu-limit": [
    {
      severity: "warning",
      is: { workloads: withDns({}, { cpuLimit: 0.1 }) },
      says: ["CPU limit 0.1", "3,360 queries/s", "420 look-ups/s"],
      isNot: { workloads: withDns({}, { cpuLimit: 3 }) },
    },
    { severity: "critical", is: { workloads: withDns({}, { cpuLimit: 1 }) }, rate: 10_000, says: ["80,000 queries/s"] },
  ],
  "dns-memory-limit": [
    {
      severity: "critical",
      is: { workloads: withDns({}, { memoryLimitBytes: 32 * 2 ** 20 }) },
      says: ["memory limit 32 MiB"],
    },
  ],
  "dns-no-budget": [{ severity: "warning", is: { budgets: base.budgets.slice(0, 1) }, says: ["all 2 pods"] }],
  "corefile-cache": [
    { severity: "warning", is: { corefile: without("cache 30") }, says: ["no cache plugin"] },
    { severity: "warning", is: { corefile: corefile(COREFILE.replace("cache 30", "cache 1")) }, says: ["cache 1"] },
    { severity: "critical", is: { corefile: corefile(COREFILE.replace("cache 30", "cache 0")) }, says: ["refuses"] },
    {
      severity: "warning",
      is: { corefile: corefile(COREFILE.replace("cache 30", "cache 30 {\n disable denial\n}")) },
      says: ["disable denial"],
    },
  ],
  "corefile-ttl": [
    {
      severity: "warning",
      is: { corefile: corefile(COREFILE.replace("ttl 30", "ttl 0")) },
      says: ["ttl 0"],
    },
  ],
  "corefile-max-concurrent": [
    {
      severity: "warning",
      is: { corefile: corefile(COREFILE.replace("max_concurrent 1000", "max_concurrent 100")) },
      says: ["max_concurrent 100", "1,000 uncached queries/s"],
      isNot: { corefile: without("max_concurrent 1000") },
    },
    { severity: "warning", is: {}, rate: 6000, says: ["1,200 under way"] },
  ],
  "corefile-autopath": [
    {
      severity: "warning",
      is: { corefile: corefile(COREFILE.replace("loop", "loop\n    autopath @kubernetes")) },
      says: ["without pods verified"],
      isNot: {
        corefile: corefile(
          COREFILE.replace("loop", "loop\n    autopath @kubernetes").replace("pods insecure", "pods verified"),
        ),
      },
    },
  ],
  "corefile-loop": [{ severity: "warning", is: { corefile: without("loop\n") }, says: ["without loop"] }],
  "corefile-ready": [{ severity: "warning", is: { corefile: without("ready\n") }, says: ["no ready plugin"] }],
  "corefile-lameduck": [{ severity: "info", is: { corefile: without("lameduck 5s") }, says: ["without lameduck"] }],
  "node-local-dns": [{ severity: "info", is: { workloads: workloads.slice(0, 3) }, says: ["no NodeLocal"] }],
  "proxy-mode": [
    {
      severity: "warning",
      is: { proxy: { ...KUBE_PROXY, mode: "iptables" }, services: many(6000) },
      says: ["6,000 Service ports", "at least 12,000 rules", "42 to 144 µs"],
      isNot: { proxy: { ...KUBE_PROXY, mode: "iptables" } },
    },
    { severity: "warning", is: { proxy: { ...KUBE_PROXY, mode: "ipvs" } }, says: ["deprecated since Kubernetes 1.35"] },
    { severity: "critical", is: { proxy: { ...KUBE_PROXY, mode: "userspace" } }, says: ["removed in Kubernetes 1.26"] },
  ],
  "service-no-endpoints": [
    {
      severity: "warning",
      is: { services: withService({ selector: { app: "wbe" } }), endpoints: [endpoints({ ready: 0, nodes: [] })] },
      says: ["no pod is app=wbe"],
      isNot: {
        workloads: withWeb({ replicas: 0, ready: 0 }),
        endpoints: [endpoints({ ready: 0, nodes: [] })],
      },
    },
    {
      severity: "critical",
      is: { endpoints: [endpoints({ ready: 0, notReady: 3, nodes: [] })] },
      says: ["3 pods of app=web, none ready"],
    },
  ],
  "service-target-port": [
    {
      severity: "critical",
      is: { services: withService({ ports: [{ name: null, port: 80, target: "htpp", protocol: "TCP" }] }) },
      says: ["targetPort htpp"],
      isNot: { services: withService({ ports: [{ name: null, port: 80, target: 8080, protocol: "TCP" }] }) },
    },
    {
      severity: "info",
      is: { services: withService({ ports: [{ name: null, port: 80, target: 9090, protocol: "TCP" }] }) },
      says: ["targetPort 9090"],
    },
  ],
  "service-internal-local": [
    {
      severity: "warning",
      is: { services: withService({ internalLocal: true }), endpoints: [endpoints({ nodes: ["a"] })] },
      says: ["1 of 3 nodes", "the other 2 nodes"],
      isNot: { services: withService({ internalLocal: true }) },
    },
  ],
  "service-local-nodes": [
    {
      severity: "warning",
      is: { services: withService({ type: "NodePort", localOnly: true }), endpoints: [endpoints({ nodes: ["a"] })] },
      says: ["1 of 3 nodes", "67 %"],
      isNot: { services: withService({ type: "NodePort", localOnly: true }) },
    },
    {
      severity: "info",
      is: {
        services: withService({ type: "LoadBalancer", localOnly: true }),
        endpoints: [endpoints({ nodes: ["a"] })],
      },
      says: ["1 node left"],
    },
  ],
  "service-unready": [
    {
      severity: "warning",
      is: { services: withService({ publishesUnready: true }) },
      says: ["publishNotReadyAddresses"],
      isNot: { services: withService({ publishesUnready: true, headless: true }) },
    },
  ],
  "pods-on-one-node": [
    {
      severity: "warning",
      is: { pods: [...pods.slice(3), pod("web-1", "a"), pod("web-2", "a")] },
      says: ["2 pods, all on node a"],
    },
  ],
  "node-conditions": [
    {
      severity: "critical",
      is: {
        nodes: [...nodes.slice(1), node("a", { conditions: [{ type: "Ready", status: "Unknown", says: "gone" }] })],
      },
      says: ["NotReady: gone"],
    },
    {
      severity: "warning",
      is: { nodes: [node("a", { conditions: [{ type: "DiskPressure", status: "True", says: "" }] })] },
      says: ["DiskPressure"],
    },
  ],
  "pod-room": [
    {
      severity: "warning",
      is: { pods: Array.from({ length: 102 }, (_, index) => pod(`web-${index}`, "a")) },
      says: ["102 of 110 pods that its kubelet takes"],
    },
    {
      severity: "critical",
      is: {
        nodes: [node("a", { podAddresses: 61 })],
        pods: Array.from({ length: 61 }, (_, index) => pod(`web-${index}`, "a")),
      },
      says: ["61 of 61 pod addresses"],
    },
  ],
  "max-pods": [
    {
      severity: "warning",
      is: { nodes: [node("a", { podAddresses: 61 })] },
      says: ["takes 110 pods, has 61 addresses"],
      isNot: {
        nodes: [node("a", { podAddresses: 61 })],
        workloads: [...workloads, daemonSet("calico-node", "calico/node:v3")],
      },
    },
  ],
  "mixed-nodes": [
    {
      severity: "info",
      is: { nodes: [node("a"), node("b", { kernel: "5.15.0" })] },
      says: ["2 kernels: 5.15.0, 6.1.0"],
    },
  ],
  "one-zone": [{ severity: "info", is: { nodes: nodes.map((each) => ({ ...each, zone: "x" })) }, says: ["3 nodes"] }],
  "ingress-nginx": [
    {
      severity: "warning",
      is: {
        workloads: [
          ...workloads,
          web({
            name: "ingress",
            pod: template({ containers: [container({ image: "registry.k8s.io/ingress-nginx/controller:v1.12.0" })] }),
          }),
        ],
      },
      says: ["retired in March 2026"],
    },
  ],
  "dns-not-found": [
    { severity: "info", is: { workloads: workloads.slice(0, 1) }, says: ["no Deployment of CoreDNS or kube-dns"] },
  ],
  "dns-not-ready": [
    { severity: "critical", is: { workloads: withDns({ ready: 0 }) }, says: ["0 of 2 ready", "no name resolves"] },
    { severity: "critical", is: { workloads: withDns({ ready: 0, replicas: 0 }) }, says: ["0 of 0 ready"] },
    { severity: "warning", is: { workloads: withDns({ ready: 1 }) }, says: ["1 of 2 ready", "200 %"] },
  ],
  "ingress-class": [
    {
      severity: "warning",
      is: { ingresses: [ingress({ className: "ngnix" })] },
      says: ["class ngnix, which does not exist"],
      isNot: { ingresses: [ingress({ className: null })] },
    },
    {
      severity: "warning",
      is: {
        ingresses: [ingress({ className: null })],
        ingressClasses: [{ name: "traefik", controller: "example.com/x", isDefault: false }],
      },
      says: ["no class is the default"],
    },
  ],
  "ingress-controller": [
    {
      severity: "critical",
      is: { ingressClasses: [{ name: "traefik", controller: "traefik.io/ingress-controller", isDefault: false }] },
      says: ["no ready pod runs it", "1 Ingress of it"],
      isNot: {
        ingressClasses: [{ name: "traefik", controller: "traefik.io/ingress-controller", isDefault: false }],
        pods: [...pods, pod("traefik-1", "a", { images: ["docker.io/traefik:v3"] })],
      },
    },
  ],
  "ingress-backend": [
    {
      severity: "warning",
      is: { ingresses: [ingress({ backends: [{ namespace: "shop", name: "wbe", port: 80 }] })] },
      says: ["Service shop/wbe, which does not exist"],
    },
    {
      severity: "warning",
      is: { ingresses: [ingress({ backends: [{ namespace: "shop", name: "web", port: "https" }] })] },
      says: ["port https of Service shop/web, which has 80 (http)"],
      isNot: { ingresses: [ingress({ backends: [{ namespace: "shop", name: "web", port: "http" }] })] },
    },
  ],
  "route-backend": [
    {
      severity: "warning",
      is: { routes: [route({ backends: [{ namespace: "shop", name: "wbe", port: 80 }] })] },
      says: ["Service shop/wbe, which does not exist", "500"],
    },
    {
      severity: "warning",
      is: { routes: [route({ backends: [{ namespace: "shop", name: "web", port: 8080 }] })] },
      says: ["port 8080 of Service shop/web, which has 80 (http)"],
    },
  ],
  "gateway-not-programmed": [
    {
      severity: "critical",
      is: { gateways: [gateway({ accepted: null, programmed: null })] },
      says: ["no controller has taken it up", "1 HTTPRoute of it"],
    },
    {
      severity: "critical",
      is: { gateways: [gateway({ programmed: { isTrue: false, says: "AddressNotAssigned: no address" } })] },
      says: ["not programmed: AddressNotAssigned: no address"],
    },
    {
      severity: "info",
      is: { gateways: [gateway({ accepted: { isTrue: false, says: "InvalidParameters: no" } })], routes: [] },
      says: ["not accepted: InvalidParameters: no", "no HTTPRoute leads through it"],
    },
  ],
  "route-not-accepted": [
    {
      severity: "warning",
      is: { routes: [route({ parents: [{ namespace: "shop", name: "front", accepted: null }] })] },
      says: ["gateway shop/front has not taken it up"],
    },
    {
      severity: "warning",
      is: {
        routes: [
          route({
            parents: [
              { namespace: "shop", name: "front", accepted: { isTrue: false, says: "NoMatchingListenerHostname: no" } },
            ],
          }),
        ],
      },
      says: ["gateway shop/front does not accept it: NoMatchingListenerHostname: no"],
    },
  ],
  "no-prestop": [
    {
      severity: "warning",
      is: { workloads: withContainer({ preStop: { kind: "none" } }) },
      says: ["no preStop hook", "loses up to 483"],
    },
  ],
  "short-prestop": [
    {
      severity: "warning",
      is: { workloads: withContainer({ preStop: { kind: "sleep", seconds: 2 } }) },
      says: ["sleeps 2 s", "loses up to 283"],
    },
  ],
  "exec-prestop": [
    {
      severity: "info",
      is: { workloads: withContainer({ preStop: { kind: "exec", command: "sleep 10", sleepS: 10 } }) },
      says: ['exec "sleep 10"', "whether this one has it is not known"],
    },
    {
      severity: "warning",
      is: {
        workloads: withContainer({
          image: "gcr.io/distroless/static",
          preStop: { kind: "exec", command: "sleep 10", sleepS: 10 },
        }),
      },
      says: ["is not known", "by its name it has none"],
    },
  ],
  "short-grace": [
    {
      severity: "warning",
      is: { workloads: withPod({ graceS: 10 }) },
      says: ["terminationGracePeriodSeconds 10, preStop sleeps 10 s"],
    },
  ],
  "no-readiness": [
    {
      severity: "warning",
      is: { workloads: withContainer({ readiness: null }) },
      says: ["no readinessProbe", "1 of 3"],
    },
  ],
  "slow-readiness": [
    {
      severity: "warning",
      is: { workloads: withContainer({ readiness: { periodS: 30, failures: 3 } }) },
      says: ["every 30 s", "up to 90 s"],
    },
  ],
  "rollout-empties": [
    {
      severity: "warning",
      is: { workloads: withWeb({ rollout: { kind: "rolling", maxUnavailable: 3, maxSurge: 1 } }) },
      says: ["maxUnavailable comes to 3 of 3"],
    },
    { severity: "warning", is: { workloads: withWeb({ rollout: { kind: "recreate" } }) }, says: ["Recreate"] },
  ],
  "one-replica": [{ severity: "warning", is: { workloads: withWeb({ replicas: 1 }) }, says: ["replicas: 1"] }],
  "no-budget": [{ severity: "warning", is: { budgets: base.budgets.slice(1) }, says: ["all 3 pods"] }],
  "budget-blocks": [
    {
      severity: "warning",
      is: { budgets: [budget({ disruptionsAllowed: 0, wantedHealthy: 3 }), ...base.budgets.slice(1)] },
      says: ["3 healthy pods wanted of 3"],
    },
  ],
  "kubelet-skew": [
    { severity: "warning", is: { nodes: [node("a", { kubelet: "v1.29.4" })] }, says: ["4 minor versions behind"] },
    { severity: "warning", is: { nodes: [node("a", { kubelet: "v1.34.0" })] }, says: ["1 minor version newer"] },
  ],
  "proxy-skew": [
    {
      severity: "warning",
      is: { server: { version: "v1.37.0-eks-1" }, nodes: [node("a", { kubelet: "v1.37.0" })] },
      says: ["kube-proxy v1.33.1, 4 minor versions behind"],
    },
  ],
};

function stateOf(parts: Partial<Parts>, byApi = false): ClusterState {
  const entries = Object.entries({ ...wellConfigured(), ...parts }).map(([part, seen]) => [part, { seen }]);
  const state = Object.fromEntries(entries) as unknown as ClusterState;
  return byApi ? { ...state, ...NOT_ON_NODES } : state;
}

function findingsOf(name: string, parts: Partial<Parts>, rate: number | undefined, byApi = false): readonly Finding[] {
  const check = CHECKS.find((each) => each.name === name);
  const judged = check?.judge(stateOf(parts, byApi), { ...ASKED, rate: rate ?? null });
  if (judged?.kind !== "judged") throw new Error(`there is no check ${name}, or it saw too little`);
  return judged.findings;
}

const ALL = Object.entries(CASES).flatMap(([name, cases]) =>
  cases.map((each, index) => [`${name} ${index + 1}`, name, each] as const),
);

describe("each check", () => {
  test.each(ALL)(
    "%s finds what it is about, and nothing where it is not",
    (_, name, { severity, is, says, rate, isNot, byApi }) => {
      const findings = findingsOf(name, is, rate, byApi);
      const meant = findings.find((finding) => finding.severity === severity);
      expect(meant, JSON.stringify(findings, null, 2)).toBeDefined();
      for (const words of says) expect(`${meant?.value}; ${meant?.consequence}`).toContain(words);
      const silent = findingsOf(name, isNot ?? {}, undefined, byApi);
      expect(silent).toEqual([]);
    },
  );

  test("is in the table, once in the registry, and says what it looks for", () => {
    const names = CHECKS.map(({ name }) => name);
    expect(Object.keys(CASES).sort()).toEqual([...names].sort());
    expect(new Set(names).size).toBe(names.length);
    for (const { title } of CHECKS) expect(title).not.toBe("");
  });

  test.each(ALL)("%s names a remedy and a proof that there are", (_, name, { is, rate, byApi }) => {
    for (const { remedy, proof, headroom } of findingsOf(name, is, rate, byApi)) {
      if (remedy.tuning !== undefined) expect(isInCatalogue(remedy.tuning), remedy.tuning).toBe(true);
      if (proof.kind === "run") expect(isInCatalogue(proof.tuned), proof.tuned).toBe(true);
      else expect(proof.command).toMatch(/^kubectl --context staging /);
      if (headroom) expect(headroom.left >= 0 && headroom.left <= 1).toBe(true);
    }
  });
});

test("a well-configured cluster has nothing of severity warning or higher", () => {
  const { findings, unseen } = examine(stateOf({}), ASKED);
  expect(findings.filter(({ severity }) => atLeast(severity, "warning"))).toEqual([]);
  expect(unseen).toEqual([]);
});

test("the hop that breaks first comes first, and the others along the walk", () => {
  const parts = { nodes: [node("a", { cpus: 2 })], workloads: withDns({ replicas: 1 }), ingressClasses: [] };
  const { findings } = examine(stateOf(parts, true), { ...ASKED, rate: 2600 });
  expect([...new Set(findings.map(({ hop }) => hop))].slice(0, 4)).toEqual(["conntrack", "client-pod", "ports", "dns"]);
});

test("what fails now breaks before what a rate would fill", () => {
  const parts = { nodes: [node("a", { cpus: 2 })], workloads: withDns({ ready: 0 }) };
  const { findings } = examine(stateOf(parts, true), { ...ASKED, rate: 2600 });
  expect(findings.slice(0, 2).map(({ check }) => check)).toContain("dns-not-ready");
  expect(findings[0]?.hop).toBe("dns");
});

test("a part that was not seen is no empty one: its checks are named, and find nothing", () => {
  const state: ClusterState = { ...stateOf({}), budgets: { unseen: "HTTP 403 no" } };
  const { unseen, walk, findings } = examine(state, ASKED);
  expect(unseen).toEqual([
    { what: "PodDisruptionBudgets", because: "HTTP 403 no", checks: ["dns-no-budget", "budget-blocks", "no-budget"] },
  ]);
  const checks = walk.flatMap((hop) => hop.checks);
  expect(checks.find(({ name }) => name === "no-budget")?.outcome).toBe("unseen");
  expect(findings.map(({ check }) => check)).not.toContain("no-budget");
});

/** Names of the checks that saw all that they judge, and found nothing. */
function cleanOf({ walk }: Pick<Examination, "walk">): string[] {
  return walk.flatMap(({ checks }) => checks.flatMap(({ name, outcome }) => (outcome === "nothing" ? [name] : [])));
}

/** Hops at which all checks that were asked are clean; one at which none was is none of them. */
function quietOf({ walk }: Pick<Examination, "walk">): string[] {
  return walk.flatMap(({ hop, checks }) => {
    const asked = checks.filter(({ outcome }) => outcome !== "unasked");
    return asked.length > 0 && asked.every(({ outcome }) => outcome === "nothing") ? [hop] : [];
  });
}

describe("nodes", () => {
  const ON_NODES = CHECKS.filter(({ reads }) => reads.includes("inside")).map(({ name }) => name);

  test("that nobody asked to look into make no check clean, and none that could not see", () => {
    const seen = examine(stateOf({}, true), ASKED);
    const { unseen, onNodesOnly } = seen;
    expect(unseen).toEqual([]);
    expect(ON_NODES.filter((name) => cleanOf(seen).includes(name))).toEqual([]);
    expect(quietOf(seen)).toContain("dns");
    expect(quietOf(seen)).not.toContain("overlay");
    expect(onNodesOnly.map(({ hop }) => hop)).toEqual(
      expect.arrayContaining(["ports", "conntrack", "dns", "overlay", "node", "listen-queue", "control-plane"]),
    );
  });

  test("that were looked into are no longer named as what only they show", () => {
    // How long the way takes is told wherever it was measured.
    const seen = examine(stateOf(within({ roundTrips: { seen: [] } })), ASKED);
    const { onNodesOnly } = seen;
    expect(cleanOf(seen)).toEqual(expect.arrayContaining(ON_NODES));
    expect(quietOf(seen)).toEqual(expect.arrayContaining(["listen-queue"]));
    expect(onNodesOnly.map(({ what }) => what)).toEqual([
      "resolv.conf as pods have it, where it is not as their settings predict",
      "retries and drain, as far as ConfigMaps and own objects of ingress controllers and Gateways set them",
    ]);
  });

  test("that a cluster refuses agents on are not seen, in its words; what is configured is judged all the same", () => {
    const state: ClusterState = { ...stateOf({}), inside: { unseen: "the cluster refuses privileged pods: no" } };
    const seen = examine(state, ASKED);
    const { unseen, findings, onNodesOnly } = seen;
    expect(unseen.map(({ what, because }) => [what, because])).toEqual([
      ["the inside of nodes", "the cluster refuses privileged pods: no"],
    ]);
    expect(unseen[0]?.checks).toEqual(ON_NODES);
    expect(cleanOf(seen)).toContain("conntrack-timeouts");
    expect(findings.find(({ check }) => check === "conntrack-table")?.value).toBe("at least 262,144 entries");
    expect(onNodesOnly.map(({ hop }) => hop)).toContain("overlay");
  });

  test("that failed, or do not tell something, leave their checks unclean and are named together", () => {
    const silent = (name: string) => {
      const node = nodeInside(name);
      const { psiCpuSomeUs: _, ...counters } = node.counters;
      return { ...node, counters };
    };
    const parts = { inside: { ...inside(silent("a"), silent("b")), failed: [{ name: "c", because: "exit 137" }] } };
    const seen = examine(stateOf(parts), ASKED);
    const { unseen } = seen;
    expect(unseen).toContainEqual({
      what: "counter psiCpuSomeUs (nodes a, b)",
      because: "its kernel does not tell",
      checks: ["node-pressure"],
    });
    const failed = unseen.find(({ because }) => because === "exit 137");
    expect(failed?.what).toBe("the inside of a node (node c)");
    expect(failed?.checks).toContain("node-steal");
    expect(cleanOf(seen)).not.toContain("node-steal");
  });

  test("whose pods were not all read leave the checks of pods unclean", () => {
    const { counters: _, ...silent } = podInside("web-1");
    const pods = { seen: { looked: [{ ...silent, counters: {} }], more: 9 } };
    const seen = examine(stateOf(within({ pods })), ASKED);
    const { unseen } = seen;
    expect(unseen).toContainEqual({
      what: "all pods (node a)",
      because: "more run there than the 1 that were looked into",
      checks: ["port-range-narrow", "ports-time-wait", "listen-overflows", "listen-queue-short"],
    });
    expect(unseen).toContainEqual({
      what: "all of the inside of pods (node a)",
      because: "one of them ended meanwhile",
      checks: ["ports-time-wait", "listen-overflows"],
    });
    expect(cleanOf(seen)).not.toContain("listen-queue-short");
    expect(cleanOf(seen)).toContain("node-steal");
  });

  test("beyond those that were looked into are judged by what is configured", () => {
    const nodes = [node("a"), node("b", { cpus: 2 })];
    const { findings } = examine(stateOf({ nodes, inside: inside(nodeInside("a")) }), ASKED);
    const tables = findings.filter(({ check }) => check === "conntrack-table");
    expect(tables.map(({ subject, value }) => [subject, value])).toEqual([
      ["node a", "1,048,576 entries, 5,000 in it now; 120 s in TIME_WAIT"],
      ["node b", "at least 262,144 entries"],
    ]);
  });

  test("tell the rate, unless it was given", () => {
    const state = stateOf({
      inside: inside(nodeInside("a", { newPerSecond: 7 }), nodeInside("b", { newPerSecond: null })),
    });
    expect(rateOf(state, { rate: null })).toEqual({
      from: "measured",
      overS: 4,
      perNode: [{ node: "a", perSecond: 7 }],
    });
    expect(rateOf(state, { rate: 2600 })).toEqual({ from: "given", perSecond: 2600 });
    expect(rateOf(NOT_ON_NODES, { rate: null })).toBeNull();
  });
});
