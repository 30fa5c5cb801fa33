/** Each check: a state that triggers it, and one that does not. */
import { describe, expect, test } from "vitest";
import type { Asked } from "../../../runner/doctor/asked.ts";
import { CHECKS } from "../../../runner/doctor/checks/registry.ts";
import { examine } from "../../../runner/doctor/examine.ts";
import { atLeast, type Finding, type Severity } from "../../../runner/doctor/finding.ts";
import type { ClusterState, Parts, ServiceFacts } from "../../../runner/doctor/state.ts";
import { isInCatalogue } from "../../../runner/tunings/catalogue.ts";
import {
  budget,
  COREFILE,
  container,
  coredns,
  corefile,
  daemonSet,
  dnsPod,
  endpoints,
  KUBE_PROXY,
  node,
  pod,
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
const many = (count: number) => Array.from({ length: count }, (_, index) => service({ name: `web-${index}` }));

const CASES: Readonly<Record<string, readonly Case[]>> = {
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
      says: ["262,144", "at 2,600 connections/s this node's table is full after 101 s"],
      isNot: { nodes: [node("a", { virtual: true })] },
    },
    {
      severity: "warning",
      is: {
        nodes: [node("a", { memoryBytes: 2 * 2 ** 30 })],
        proxy: { ...KUBE_PROXY, conntrack: { maxPerCore: 0, min: null } },
      },
      says: ["65,536", "496 new connections/s"],
      isNot: { nodes: [node("a", { virtual: true })] },
    },
    {
      severity: "info",
      is: { proxy: { kind: "replaced", by: "Cilium", readFrom: "cilium-config" } },
      says: ["a table of its own"],
      isNot: { nodes: [node("a", { virtual: true })] },
    },
  ],
  "conntrack-timeouts": [
    { severity: "warning", is: { proxy: { ...KUBE_PROXY, establishedS: 0 } }, says: ["432,000 entries"] },
    { severity: "warning", is: { proxy: { ...KUBE_PROXY, closeWaitS: 7200 } }, says: ["7,200 entries"] },
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
      says: ["6,000 Service ports", "42 to 144 µs"],
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
      is: { ingresses: [{ namespace: "shop", name: "web", className: "ngnix", byAnnotation: false }] },
      says: ["class ngnix, which does not exist"],
      isNot: { ingresses: [{ namespace: "shop", name: "web", className: null, byAnnotation: false }] },
    },
    {
      severity: "warning",
      is: {
        ingresses: [{ namespace: "shop", name: "web", className: null, byAnnotation: false }],
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
      says: ['exec "sleep 10"'],
    },
    {
      severity: "warning",
      is: {
        workloads: withContainer({
          image: "gcr.io/distroless/static",
          preStop: { kind: "exec", command: "sleep 10", sleepS: 10 },
        }),
      },
      says: ["by its name this image has none"],
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

function stateOf(parts: Partial<Parts>): ClusterState {
  const entries = Object.entries({ ...wellConfigured(), ...parts }).map(([part, seen]) => [part, { seen }]);
  return Object.fromEntries(entries) as unknown as ClusterState;
}

function findingsOf(name: string, parts: Partial<Parts>, rate: number | undefined): readonly Finding[] {
  const check = CHECKS.find((each) => each.name === name);
  const judged = check?.judge(stateOf(parts), { ...ASKED, rate: rate ?? null });
  if (judged?.kind !== "judged") throw new Error(`there is no check ${name}, or it saw too little`);
  return judged.findings;
}

const ALL = Object.entries(CASES).flatMap(([name, cases]) =>
  cases.map((each, index) => [`${name} ${index + 1}`, name, each] as const),
);

describe("each check", () => {
  test.each(ALL)(
    "%s finds what it is about, and nothing where it is not",
    (_, name, { severity, is, says, rate, isNot }) => {
      const findings = findingsOf(name, is, rate);
      const meant = findings.find((finding) => finding.severity === severity);
      expect(meant, JSON.stringify(findings, null, 2)).toBeDefined();
      for (const words of says) expect(`${meant?.value}; ${meant?.consequence}`).toContain(words);
      const silent = findingsOf(name, isNot ?? {}, undefined);
      expect(silent).toEqual([]);
    },
  );

  test("is in the table, once in the registry, and says what it looks for", () => {
    const names = CHECKS.map(({ name }) => name);
    expect(Object.keys(CASES).sort()).toEqual([...names].sort());
    expect(new Set(names).size).toBe(names.length);
    for (const { title } of CHECKS) expect(title).not.toBe("");
  });

  test.each(ALL)("%s names a remedy and a proof that there are", (_, name, { is, rate }) => {
    for (const { remedy, proof, headroom } of findingsOf(name, is, rate)) {
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
  const { findings } = examine(stateOf(parts), { ...ASKED, rate: 2600 });
  expect([...new Set(findings.map(({ hop }) => hop))].slice(0, 3)).toEqual(["conntrack", "ports", "dns"]);
});

test("what fails now breaks before what a rate would fill", () => {
  const parts = { nodes: [node("a", { cpus: 2 })], workloads: withDns({ ready: 0 }) };
  const { findings } = examine(stateOf(parts), { ...ASKED, rate: 2600 });
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
