/** The files in docs/rights grant what their use takes, and nothing more. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { KubeConfig } from "@kubernetes/client-node";
import { describe, expect, test } from "vitest";
import { diagnose } from "../../../runner/cli/run-doctor.ts";
import { preflight } from "../../../runner/cli/run-preflight.ts";
import { openCluster } from "../../../runner/cluster/cluster.ts";
import { ownName } from "../../../runner/cluster/own-namespace.ts";
import { armPair } from "../../../runner/experiment/arms.ts";
import {
  type AccessNeed,
  alsoDeleted,
  COMMON_ACCESS,
  inNamespace,
  NAMESPACE_ACCESS,
  NODES_ACCESS,
} from "../../../runner/preflight/needs.ts";
import { workloadAccess } from "../../../runner/preflight/workload.ts";
import { readPlan } from "../../../runner/rehearsal/plan/read.ts";
import { accessOf } from "../../../runner/rehearsal/run/rights.ts";
import { CONNTRACK_NEEDS, WEB_LOAD_NEEDS } from "../../../runner/web-load/needs.ts";
import { SUITES } from "../../../suites/index.ts";
import { ROLLOUT_NEEDS } from "../../../suites/rolling-update/needs.ts";
import { answering, api } from "../cluster/servers/api.ts";
import { allows, grantsIn, type Right, rightFor, rightsOf, rightWords } from "./rbac.ts";

const NETWORKING = "networking.k8s.io";
const GATEWAY = "gateway.networking.k8s.io";

/** What a run does and preflight does not ask for: without it a run goes on, or only some runs do it. */
const IN_ANY_RUN: readonly AccessNeed[] = [
  inNamespace("", "events", "list"),
  inNamespace(NETWORKING, "networkpolicies", "create", "patch", "list"),
  inNamespace("coordination.k8s.io", "leases", "create", "get", "patch"),
];
const WITH_AGENTS: readonly AccessNeed[] = [
  // Of the DNS on the nodes; and all of them, by whose names a CNI is known.
  inNamespace("apps", "daemonsets", "create", "patch", "get", "delete", "list"),
  inNamespace(NETWORKING, "ingresses", "create", "patch", "get", "list"),
  inNamespace(GATEWAY, "gateways", "create", "patch", "get", "list"),
  inNamespace(GATEWAY, "httproutes", "create", "patch"),
  inNamespace("k6.io", "testruns", "create", "get", "delete"),
  // Whether Calico's eBPF leads Services, by either of its groups.
  ...["crd.projectcalico.org", "projectcalico.org"].map(
    (group): AccessNeed => ({
      ...{ verbs: ["get"], group, resource: "felixconfigurations" },
      ...{ where: "cluster", named: "default" },
    }),
  ),
  // What Calico says of the path between nodes.
  { verbs: ["list"], group: "crd.projectcalico.org", resource: "ippools", where: "cluster" },
  // Where ingress controllers are, and what they gave to others.
  inNamespace("", "services", "list"),
];

function rightsFor(needs: readonly AccessNeed[], namespace = "packetwalk"): Right[] {
  return needs.flatMap(({ verbs, group, resource, named }) =>
    verbs.map((verb) => ({
      ...{ verb, group, resource },
      ...(named === undefined ? {} : { name: ownName(named, namespace) }),
    })),
  );
}

/** Of the accounts that runs make: nobody can give away what he has not. */
function givenAway(): Right[] {
  const root = fileURLToPath(new URL("../../../", import.meta.url));
  const all = ["suites", "manifests"].flatMap((folder) =>
    readdirSync(`${root}${folder}`, { recursive: true, encoding: "utf8" }).map((path) => `${folder}/${path}`),
  );
  const files = all.filter((path) => /(^|\/)manifests\/.*\/((cluster-)?role|keeper\/.*rights)\.yaml$/.test(path));
  return files.flatMap((file) => grantsIn(readFileSync(`${root}${file}`, "utf8")).map((each) => ({ ...each })));
}

function missing(file: string, rights: readonly Right[]): string[] {
  const granted = rightsOf(file);
  return rights.filter((right) => !allows(granted, right)).map(rightWords);
}

/** Granted, and of no use that is known here. */
function unused(file: string, rights: readonly Right[]): string[] {
  const used = new Set(rights.map(rightWords));
  return [...new Set(rightsOf(file).map(rightWords))].filter((granted) => !used.has(granted));
}

describe("tuning.yaml", () => {
  const needs = [
    ...[...COMMON_ACCESS, ...NAMESPACE_ACCESS, ...NODES_ACCESS],
    ...SUITES.flatMap(({ requires }) => requires.access),
    ...[...IN_ANY_RUN, ...WITH_AGENTS],
  ];
  const rights = [...rightsFor(needs), ...givenAway()];

  test("grants all that any suite does, both arms side by side as well", () => {
    expect(givenAway().map(rightWords)).toEqual(
      expect.arrayContaining(["watch endpointslices.discovery.k8s.io", "list namespaces"]),
    );
    expect(missing("tuning.yaml", [...rights, ...rightsFor(needs, "packetwalk-tuned")])).toEqual([]);
  });

  test("grants nothing else, and no deleting of what is not packetwalk's where a name tells", () => {
    expect(unused("tuning.yaml", rights)).toEqual([]);
    const granted = rightsOf("tuning.yaml");
    for (const resource of ["clusterroles", "clusterrolebindings"])
      for (const verb of ["create", "patch", "delete"])
        expect(allows(granted, { verb, group: "rbac.authorization.k8s.io", resource, name: "admin" })).toBe(false);
    expect(allows(granted, { verb: "delete", group: "", resource: "namespaces", name: "default" })).toBe(false);
    expect(granted.filter(({ verb }) => ["*", "escalate", "bind", "impersonate"].includes(verb))).toEqual([]);
    expect(granted.filter(({ resource }) => resource === "secrets")).toEqual([]);
  });
});

describe("load.yaml", () => {
  const needs = [...COMMON_ACCESS, ...WEB_LOAD_NEEDS.access, ...CONNTRACK_NEEDS.access];
  const inLent = [...needs, ...IN_ANY_RUN, inNamespace(NETWORKING, "networkpolicies", "get")].map(alsoDeleted);

  test("grants what a flood does in a namespace that it was lent, and nothing else", () => {
    const rights = rightsFor(inLent);
    expect(missing("load.yaml", rights)).toEqual([]);
    expect(unused("load.yaml", rights)).toEqual([]);
    expect([...new Set(rightsOf("load.yaml").map(({ namespace }) => namespace))]).toEqual(["team"]);
  });
});

test("rollout.yaml grants what rolling-update takes beside load.yaml in a namespace that it was lent, and nothing else", () => {
  const passedOn = givenAway().filter(({ resource }) => resource === "endpointslices");
  const inLent = ROLLOUT_NEEDS.access.filter(({ where }) => where === "namespace").map(alsoDeleted);
  const rights = [...rightsFor(inLent), ...passedOn.map((right) => ({ ...right, namespace: "team" }))];
  expect(missing("rollout.yaml", rights)).toEqual([]);
  expect(unused("rollout.yaml", rights)).toEqual([]);
  expect(rightsOf("rollout.yaml").filter((right) => allows(rightsOf("load.yaml"), right))).toEqual([]);
  expect([...new Set(rightsOf("rollout.yaml").map(({ namespace }) => namespace))]).toEqual(["team"]);
});

describe("read.yaml", () => {
  test("grants all that preflight of every suite and doctor read, and nothing that changes anything", async () => {
    const granted = rightsOf("read.yaml");
    const harmless = ["get", "list", "create selfsubjectaccessreviews.authorization.k8s.io"];
    for (const right of granted) expect(harmless.some((each) => rightWords(right).startsWith(each))).toBe(true);

    const refused: Right[] = [];
    const used = new Set<string>();
    await using server = await api({
      answer: answering(({ method, path, body }) => {
        if (path === "/version") return { status: 200, body: { gitVersion: "v1.34.0" } };
        const right = rightFor(method, path);
        if (right && !allows(granted, right)) {
          refused.push(right);
          const message = `User "reader" cannot ${right.verb} resource "${right.resource}"`;
          return { status: 403, body: { kind: "Status", status: "Failure", code: 403, message } };
        }
        if (right) used.add(rightWords(right));
        if (method === "POST") return { status: 201, body: { ...Object(body), status: { allowed: false } } };
        if (right?.name !== undefined) return { status: 404, body: { kind: "Status", status: "Failure", code: 404 } };
        const cnis = [
          ["calico-node", "calico-system"],
          ["kube-flannel-ds", "kube-flannel"],
          ["rke2-canal", "kube-system"],
          ["cilium", "kube-system"],
        ].map(([name, namespace]) => ({ metadata: { name, namespace } }));
        return { status: 200, body: { items: right?.resource === "daemonsets" ? cnis : [] } };
      }),
    });
    const kubeconfig = new KubeConfig();
    kubeconfig.loadFromClusterAndUser({ name: "simulated", server: server.url, skipTLSVerify: true }, { name: "x" });
    const place = { kind: "kubeconfig", known: {}, images: undefined, busybox: "busybox:1" } as const;
    const cluster = await openCluster(kubeconfig);
    const diagnosis = await diagnose(cluster, { lab: "none" });
    // Of what is read by its name there is nothing here.
    expect(diagnosis.unseen.map(({ because }) => because)).toEqual([
      expect.stringMatching(/^no ConfigMap of kube-proxy/),
      expect.stringMatching(/^no ConfigMap with a Corefile/),
      "cilium says it in no object that doctor reads",
    ]);
    expect(refused).toEqual([]);
    const seen = await preflight(
      { ...place, cluster },
      {
        lab: "none",
        suites: await Promise.all(
          SUITES.map(async (suite) => ({ suite, arms: await armPair(suite, "baseline", "recommended") })),
        ),
      },
    );
    expect(seen.unseen).toEqual([]);
    // Its dry runs: Kubernetes knows no right to those only.
    expect([...new Set(refused.map(rightWords))]).toEqual(["create pods"]);
    expect([...used].sort()).toEqual([...new Set(granted.map(rightWords))].sort());
  });
});

describe("rehearse.yaml", () => {
  const plan = readPlan(
    "plan.yaml",
    `name: all
targets:
  - { name: a, service: shop/web, owned: true, headers: { x: { secret: shop/rehearsal, key: k } } }
  - { name: b, ingress: shop.example, namespace: shop, through: ingress/traefik, owned: true }
  - { name: c, gateway: api.example, namespace: shop, owned: true }
  - { name: d, names: [db.shop], owned: true }
traffic: { perMinute: 60, for: 2m, newConnections: 1 }
during:
  - { rollout: shop/web, at: 1s }
  - { drain: node, at: 1s, for: 1s }
  - { zone-gone: zone, at: 1s, for: 1s }
  - { dns-pod-lost: true, at: 1s }
  - { lookup-storm: { perSecond: 1, names: [a.shop], owned: true }, at: 1s, for: 1s }
slos: [{ drops: 0 }]
`,
  );
  /** What a rehearsal goes on without, or looks for where it may. */
  const beside: readonly [string, readonly AccessNeed[]][] = [
    [
      "shop",
      [inNamespace("discovery.k8s.io", "endpointslices", "list", "watch"), inNamespace(GATEWAY, "gateways", "get")],
    ],
    [
      "kube-system",
      [
        inNamespace("", "services", "list"),
        inNamespace("apps", "deployments", "list"),
        ...["coredns", "rke2-coredns-rke2-coredns"].map((named) => ({
          ...inNamespace("", "configmaps", "get"),
          named,
        })),
      ],
    ],
  ];
  const planned = accessOf(plan, true).map(
    ({ namespace, needs, by }) =>
      // What any run takes is load.yaml's.
      [namespace ?? "team", by === null ? needs.filter(({ resource }) => resource === "secrets") : needs] as const,
  );
  const rights = [...planned, ...beside].flatMap(([namespace, needs]) =>
    rightsFor(needs, namespace).map((right) => ({ ...right, namespace })),
  );

  test("grants what every part of a plan takes beside load.yaml, and nothing else", () => {
    expect(rights.filter((right) => !allows(rightsOf("rehearse.yaml"), right))).toEqual([]);
    const [run] = accessOf(plan, true);
    const granted = [...rightsOf("rehearse.yaml"), ...rightsOf("load.yaml")];
    expect(rightsFor(run?.needs ?? []).filter((right) => !allows(granted, { ...right, namespace: "team" }))).toEqual(
      [],
    );
    const used = new Set(rights.map((right) => `${rightWords(right)} ${right.namespace}`));
    const unused = rightsOf("rehearse.yaml").filter(
      (grant) => ![...used].some((each) => each.startsWith(`${rightWords(grant)} ${grant.namespace ?? ""}`)),
    );
    expect(unused).toEqual([]);
  });

  test("holds Secrets, Services and Deployments to their names", () => {
    const granted = rightsOf("rehearse.yaml");
    for (const [verb, group, resource] of [
      ["get", "", "secrets"],
      ["get", "", "services"],
      ["patch", "apps", "deployments"],
    ] as const)
      expect(allows(granted, { verb, group, resource, namespace: "shop", name: "other" })).toBe(false);
  });
});

test("pull-secret.yaml grants one Secret's reading, and its copy", () => {
  const granted = rightsOf("pull-secret.yaml");
  expect(granted.map(rightWords)).toEqual(["get secrets", "create secrets"]);
  expect(granted[0]).toMatchObject({ namespace: "ci", names: ["mirror"] });
});

test("workload.yaml grants what trying on one Deployment takes, its hooks, its ReplicaSet's end, and nothing else", () => {
  const rights = [
    ...rightsFor(workloadAccess("web")),
    ...rightsFor([inNamespace("apps", "replicasets", "list", "delete"), inNamespace("", "pods/exec", "create", "get")]),
  ];
  expect(missing("workload.yaml", rights)).toEqual([]);
  expect(unused("workload.yaml", rights)).toEqual([]);
  const granted = rightsOf("workload.yaml");
  expect([...new Set(granted.map(({ namespace }) => namespace))]).toEqual(["shop"]);
  expect(allows(granted, { verb: "patch", group: "apps", resource: "deployments", name: "other" })).toBe(false);
});
