import { describe, expect, it, test } from "vitest";
import type { Review } from "../../../runner/preflight/access.ts";
import { type AskedSuite, outlook, type Seen } from "../../../runner/preflight/conclude.ts";
import type { SuiteNeeds } from "../../../runner/preflight/needs.ts";

const NEEDS: SuiteNeeds = {
  access: [{ verbs: ["create"], group: "rbac.authorization.k8s.io", resource: "clusterroles", where: "cluster" }],
  images: ["web"],
  creates: [],
  asksAboutConntrack: true,
};
const SUITE: AskedSuite = { name: "flood", needs: NEEDS, nodeChanges: [], nodeChangesAllowed: false };

function review(verb: string, resource: string, allowed: boolean, says = ""): Review {
  return { verb, resource, where: "namespace", allowed, says };
}

const SEEN: Seen = {
  reviews: [review("create", "pods", true), review("create", "clusterroles.rbac.authorization.k8s.io", true)],
  admissions: { agent: { state: "accepted" }, load: { state: "accepted" } },
  nodes: { fit: [{ metadata: { name: "a" } }], unfit: [] },
  proxyMode: "iptables",
  namespace: "absent",
};

it("a suite that nothing speaks against can run whole", () => {
  expect(outlook(SUITE, SEEN)).toEqual({ name: "flood", state: "whole", because: [] });
});

test.each<[string, Partial<Seen>, Partial<AskedSuite>, string]>([
  [
    "a right of all suites",
    { reviews: [review("create", "pods", false, "RBAC: nobody"), review("list", "pods", false)] },
    {},
    "you may not create, list pods: RBAC: nobody",
  ],
  [
    "a right of its own",
    { reviews: [review("create", "clusterroles.rbac.authorization.k8s.io", false)] },
    {},
    "you may not create clusterroles.rbac.authorization.k8s.io",
  ],
  [
    "agents' own right",
    { reviews: [review("create", "daemonsets.apps", false)] },
    {},
    "you may not create daemonsets.apps",
  ],
  [
    "the right to a namespace",
    { reviews: [review("create", "namespaces", false)] },
    {},
    "you may not create namespaces",
  ],
  [
    "another run's namespace",
    { namespace: "ours" },
    {},
    "its namespace is there already: another run is at work, or packetwalk restore has to clear up",
  ],
  [
    "somebody else's namespace",
    { namespace: "foreign" },
    {},
    "a namespace of that name is there that packetwalk did not create",
  ],
  [
    "no node",
    { nodes: { fit: [], unfit: [{ name: "w", because: { kind: "operating-system", is: "windows" } }] } },
    {},
    "no node takes ordinary pods: w runs windows",
  ],
  [
    "refused agents",
    { admissions: { agent: { state: "refused", says: "policy X" }, load: { state: "accepted" } } },
    {},
    "privileged agents are refused, and without them no kernel counter is read: policy X",
  ],
  [
    "refused load",
    { admissions: { agent: { state: "accepted" }, load: { state: "refused", says: "policy Y" } } },
    {},
    "load pods are refused: policy Y",
  ],
  [
    "a walk past conntrack",
    { proxyMode: "cilium" },
    {},
    "its question does not arise here: Cilium's eBPF leads Services to pods, past the kernel's connection tracking",
  ],
  [
    "changes to nodes that were not allowed",
    {},
    { nodeChanges: ["sets x on every node"] },
    "it sets x on every node: add --allow-node-changes if you own that cluster",
  ],
])("%s stands in its way, and is named", (_, seen, suite, because) => {
  expect(outlook({ ...SUITE, ...suite }, { ...SEEN, ...seen })).toEqual({
    name: "flood",
    state: "cannot",
    because: [because],
  });
});

describe("what does not concern it", () => {
  it("does not stand in its way", () => {
    const reviews = [...SEEN.reviews, review("create", "ingresses.networking.k8s.io", false)];
    const suite = { ...SUITE, needs: { ...NEEDS, asksAboutConntrack: false } };
    expect(outlook(suite, { ...SEEN, reviews, proxyMode: "cilium" }).state).toBe("whole");
  });
});

it("what is not known of agents is said, and stops nothing", () => {
  const admissions = { ...SEEN.admissions, agent: { state: "unknown" as const, says: "violates PodSecurity" } };
  expect(outlook(SUITE, { ...SEEN, admissions })).toEqual({
    name: "flood",
    state: "partly",
    because: ["whether agents may run is not known: violates PodSecurity"],
  });
});
