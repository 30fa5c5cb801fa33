import type { V1Node, V1NodeSystemInfo } from "@kubernetes/client-node";
import { describe, expect, it, test } from "vitest";
import type { Review } from "../../../runner/preflight/access.ts";
import { type AskedSuite, agentsRefused, outlook, type Seen } from "../../../runner/preflight/conclude.ts";
import { assertIpv4 } from "../../../runner/preflight/first-family.ts";
import type { SuiteNeeds } from "../../../runner/preflight/needs.ts";

const NEEDS: SuiteNeeds = {
  access: [{ verbs: ["create"], group: "rbac.authorization.k8s.io", resource: "clusterroles", where: "cluster" }],
  images: ["web"],
  creates: [],
  asksAboutConntrack: true,
  withoutAgents: { can: true, lacks: ["no table is seen"] },
};
const ARMS = [
  { name: "baseline", tunings: [] },
  { name: "recommended", tunings: [{ nodeChange: "sets x on every node" }, {}] },
  { name: "in-pods", tunings: [{}] },
];
const SUITE: AskedSuite = {
  ...{ name: "flood", needs: NEEDS, reaches: [], reachesAllowed: false },
  architectures: ["amd64", "arm64"],
  arms: [ARMS[0], ARMS[2]].flatMap((arm) => arm ?? []),
  choice: ARMS,
};
const NO_ARM_STOPS = { armStops: [], otherArms: [], reaches: [], awaitsPermission: false };
const REACH = { by: "arm tuning x", does: "sets x on every node" };

function review(verb: string, resource: string, allowed: boolean, says = ""): Review {
  return { verb, resource, where: "namespace", allowed, says };
}

const node = (name: string, architecture: string) =>
  ({ metadata: { name }, status: { nodeInfo: { architecture } } }) as V1Node;
const SEEN: Seen = {
  reviews: [review("create", "pods", true), review("create", "clusterroles.rbac.authorization.k8s.io", true)],
  admissions: { agent: { state: "accepted" }, load: { state: "accepted" } },
  nodes: { fit: [node("a", "amd64"), node("b", "amd64")], unfit: [] },
  proxyMode: "iptables",
  versions: ["v1.34.0", "v1.34.0"],
  namespace: "absent",
};

describe("a suite of IPv4 alone", () => {
  const needs: SuiteNeeds = { ...NEEDS, ipv4Only: "it counts rules of IPv4 Services" };
  const withAddresses = (...nodes: string[][]): Seen => ({
    ...SEEN,
    nodes: {
      fit: nodes.map((addresses, index) => ({
        metadata: { name: `n${index}` },
        status: {
          nodeInfo: { architecture: "amd64" } as V1NodeSystemInfo,
          addresses: [
            { type: "Hostname", address: `n${index}` },
            ...addresses.map((address) => ({ type: "InternalIP", address })),
          ],
        },
      })),
      unfit: [],
    },
  });

  test.each([
    ["dual stack, IPv6 first", withAddresses(["fd00::1", "10.0.0.1"], ["fd00::2", "10.0.0.2"]), "cannot"],
    ["IPv6 alone", withAddresses(["fd00::1"], ["fd00::2"]), "cannot"],
    ["dual stack, IPv4 first", withAddresses(["10.0.0.1", "fd00::1"], ["10.0.0.2", "fd00::2"]), "whole"],
    ["IPv4 alone", withAddresses(["10.0.0.1"], ["10.0.0.2"]), "whole"],
    ["nodes that do not agree", withAddresses(["10.0.0.1"], ["fd00::2"]), "whole"],
    ["nodes that say nothing", SEEN, "whole"],
  ])("%s", (_, seen, state) => {
    const found = outlook({ ...SUITE, needs }, seen);
    expect(found.state).toBe(state);
    expect(found.because).toEqual(
      state === "cannot"
        ? ["it counts rules of IPv4 Services, and pods and Services of this cluster have IPv6 addresses first"]
        : [],
    );
    expect(outlook(SUITE, seen).state).toBe("whole");
  });

  it("says the same once a pod of ours tells, where nodes could not be asked", () => {
    expect(() => assertIpv4({ ip: "fd00:10:244:1::2" }, needs)).toThrow(
      "it counts rules of IPv4 Services, and pods and Services of this cluster have IPv6 addresses first",
    );
    expect(() => assertIpv4({ ip: "10.244.1.2" }, needs)).not.toThrow();
    expect(() => assertIpv4({ ip: "fd00:10:244:1::2" }, NEEDS)).not.toThrow();
  });
});

it("a suite that nothing speaks against can run whole", () => {
  expect(outlook(SUITE, SEEN)).toEqual({ name: "flood", state: "whole", because: [], ...NO_ARM_STOPS });
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
    "the right to a namespace",
    { reviews: [review("create", "namespaces", false)] },
    {},
    "you may not create namespaces",
  ],
  [
    "another run's namespace",
    { namespace: "ours", holder: "process 7 on laptop" },
    {},
    "its namespace is there already: another run is at work (process 7 on laptop), or packetwalk restore has to clear up",
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
    "what is refused to a suite that can't do without agents",
    { admissions: { agent: { state: "refused", says: "policy X" }, load: { state: "accepted" } } },
    { needs: { ...NEEDS, withoutAgents: { can: false, because: "agents tell it all" } } },
    "agents tell it all, and agents are refused: policy X",
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
    "another walk past it",
    { proxyMode: "calico (eBPF)" },
    {},
    "its question does not arise here: Calico's eBPF leads Services to pods, past the kernel's connection tracking",
  ],
])("%s stands in its way, and is named", (_, seen, suite, because) => {
  expect(outlook({ ...SUITE, ...suite }, { ...SEEN, ...seen })).toEqual({
    name: "flood",
    state: "cannot",
    because: [because],
    ...NO_ARM_STOPS,
  });
});

describe("where agents are refused, it goes on without kernel counters", () => {
  const refused: Seen = {
    ...SEEN,
    admissions: { agent: { state: "refused", says: "policy X" }, load: { state: "accepted" } },
  };

  it("and says so", () => {
    expect(agentsRefused(refused)).toBe("policy X");
    expect(outlook(SUITE, refused)).toEqual({
      name: "flood",
      state: "partly",
      because: ["without kernel counters, since agents are refused", "no table is seen"],
      ...NO_ARM_STOPS,
    });
  });

  it("but not with arms that change nodes, and says which others there are", () => {
    const arms = ARMS.slice(0, 2);
    expect(outlook({ ...SUITE, arms }, refused)).toMatchObject({
      state: "partly",
      armStops: ["arm recommended sets x on every node, which only an agent there can do: choose another arm"],
      otherArms: ["in-pods"],
    });
  });
});

describe("what would be done beyond our namespace", () => {
  // Both arms may do the same.
  const reaching = { ...SUITE, reaches: [REACH, REACH] };
  const unallowed = "it sets x on every node: add --allow-node-changes if you own that cluster";

  it("stands in its way until it is allowed, and nothing else does", () => {
    expect(outlook(reaching, SEEN)).toEqual({
      ...{ name: "flood", state: "cannot", because: [unallowed], armStops: [], otherArms: [] },
      ...{ reaches: [REACH, REACH], awaitsPermission: true },
    });
    expect(outlook({ ...reaching, reachesAllowed: true }, SEEN)).toMatchObject({
      ...{ state: "whole", because: [], awaitsPermission: false },
    });
  });

  it("is named beside what no permission helps against", () => {
    expect(outlook(reaching, { ...SEEN, namespace: "foreign" })).toMatchObject({
      state: "cannot",
      because: ["a namespace of that name is there that packetwalk did not create", unallowed],
      awaitsPermission: false,
    });
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
    ...NO_ARM_STOPS,
  });
});

it("where nobody tells how Services are led to pods, a suite that asks about connection tracking says so beforehand", () => {
  const unknown = { ...SEEN, proxyMode: "unknown" };
  expect(outlook(SUITE, unknown)).toMatchObject({
    state: "partly",
    because: [expect.stringContaining("how Services are led to pods is not known here")],
  });
  const other = { ...SUITE, needs: { ...NEEDS, asksAboutConntrack: false } };
  expect(outlook(other, unknown)).toMatchObject({ state: "whole", because: [] });
});

it("a cluster of one node can run it, and is told what that does to the numbers", () => {
  expect(outlook(SUITE, { ...SEEN, nodes: { fit: [node("kind", "amd64")], unfit: [] } })).toMatchObject({
    state: "partly",
    because: ["one node takes part (kind): load and workload share its CPUs, and no packet passes from node to node"],
  });
});

it("a right that it can do without stops nothing: what is left out is named, once, with all that is refused", () => {
  const classes = ["ingressclasses", "gatewayclasses"].map((resource) => ({
    ...{ verbs: ["list"], group: "net", resource, where: "cluster" as const, without: "no classes" },
  }));
  const suite = { ...SUITE, needs: { ...NEEDS, access: [...NEEDS.access, ...classes] } };
  const refused = [review("list", "ingressclasses.net", false), review("list", "gatewayclasses.net", false)];
  expect(outlook(suite, { ...SEEN, reviews: [...SEEN.reviews, ...refused] })).toMatchObject({
    state: "partly",
    because: ["no classes (you may not list ingressclasses.net; you may not list gatewayclasses.net)"],
  });
  expect(outlook(suite, SEEN)).toMatchObject({ state: "whole", because: [] });
});

it("what a suite leaves out on an old Kubernetes is said", () => {
  const needs: SuiteNeeds = { ...NEEDS, lacksOn: (versions) => (versions.includes("v1.28.1") ? ["no sidecar"] : []) };
  const suite = { ...SUITE, needs };
  expect(outlook(suite, SEEN)).toMatchObject({ state: "whole", because: [] });
  expect(outlook(suite, { ...SEEN, versions: ["v1.28.1"] })).toMatchObject({
    state: "partly",
    because: ["no sidecar"],
  });
});

describe("programs that are not there for every architecture", () => {
  const suite: AskedSuite = { ...SUITE, needs: { ...NEEDS, programs: ["lookup-musl"] }, architectures: ["amd64"] };
  const only = "lookup-musl: there for amd64 only, which this packetwalk was packed on";

  it("leave nodes out by their names", () => {
    const nodes = { fit: [node("a", "amd64"), node("b", "arm64")], unfit: [] };
    expect(outlook(suite, { ...SEEN, nodes })).toMatchObject({
      state: "partly",
      because: [`b can't have its programs and takes no part (${only})`],
    });
  });

  it("stop the suite where no node can have them", () => {
    const nodes = { fit: [node("b", "arm64"), node("c", "arm64")], unfit: [] };
    expect(outlook(suite, { ...SEEN, nodes })).toMatchObject({
      state: "cannot",
      because: [`no node can have its programs (${only})`],
    });
  });
});
