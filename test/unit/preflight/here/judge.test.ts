/** Whether each tuning of the catalogue can be applied, on clusters that are written by hand. */
import { beforeAll, describe, expect, test } from "vitest";
import { askedTunings } from "../../../../runner/cli/asked-tunings.ts";
import { madeKey } from "../../../../runner/preflight/here/facts.ts";
import type { AskedTuning } from "../../../../runner/preflight/here/here.ts";
import { whoseWord } from "../../../../runner/preflight/here/judge.ts";
import { becauseWords } from "../../../../runner/preflight/here/words.ts";
import { catalogueNames } from "../../../../runner/tunings/catalogue.ts";
import { judged, nodes, willing } from "./states.ts";

let catalogue: readonly AskedTuning[];
beforeAll(async () => {
  catalogue = await askedTunings(catalogueNames());
});

const POLICY = 'admission webhook "validate.kyverno.svc" denied the request: no-privileged: privileged is not allowed';

describe("a cluster that takes everything and allows no unsafe sysctls", () => {
  test("all can but what is unsafe in pods", () => {
    const here = judged(catalogue, willing(catalogue));
    const barred = catalogueNames().filter((name) => here(name).state !== "can");
    expect(barred).toEqual(["pod-fastopen-3", "pod-tw-reuse-1"]);
    expect(here("pod-tw-reuse-1")).toMatchObject({
      state: "cannot",
      nodes: { can: [], cannot: ["node-1", "node-2", "node-3"], unknown: [] },
      nearest: [{ name: "node-tw-reuse-1", by: "same-key", scope: "node" }],
      needs: null,
    });
    expect(here("pod-tw-reuse-1").because.map(becauseWords)).toEqual([
      "kubelet of nodes node-1, node-2, node-3: allows no unsafe sysctls, and net.ipv4.tcp_tw_reuse is unsafe",
    ]);
    expect(here("fin-timeout-15").needs).toEqual({
      flag: "--allow-node-changes",
      because: "sets net.ipv4.tcp_fin_timeout on every node",
    });
  });

  test("what a kubelet allows on one node of three can be applied there", () => {
    const kubelets = new Map(nodes(3).map(({ name }) => [name, { allowedUnsafeSysctls: [] as string[] }]));
    kubelets.set("node-2", { allowedUnsafeSysctls: ["net.ipv4.tcp_tw_*"] });
    const here = judged(catalogue, willing(catalogue, { kubelets }))("pod-tw-reuse-1");
    expect(here.state).toBe("partly");
    expect(here.nodes).toEqual({ can: ["node-2"], cannot: ["node-1", "node-3"], unknown: [] });
    expect(here.because.map(becauseWords)).toEqual([
      expect.stringMatching(/^kubelet of nodes node-1, node-3: allows no/),
    ]);
    expect(here.nearest.map(({ name }) => name)).toEqual(["node-tw-reuse-1"]);
  });

  test("of a large cluster so many kubelets are asked, and the others are told as not asked", () => {
    const all = nodes(100);
    const kubelets = new Map(all.slice(0, 20).map(({ name }) => [name, { allowedUnsafeSysctls: [] }]));
    const here = judged(catalogue, willing(catalogue, { nodes: all, kubelets }));
    expect(here("pod-tw-reuse-1")).toMatchObject({ state: "cannot", remarks: ["80 of 100 nodes were not asked"] });
    expect(here("pod-port-range")).toMatchObject({ state: "can", remarks: [] });
  });
});

test("where IPv6 comes first, the DNS on the nodes can't, and nothing else hangs on it", () => {
  const here = judged(catalogue, willing(catalogue, { firstFamily: "ipv6" }));
  const barred = catalogueNames().filter((name) => here(name).because.some(({ says }) => says.includes("IPv6")));
  expect(barred).toEqual(["node-local-cache"]);
  expect(here("node-local-cache").because.map(becauseWords)).toEqual([
    "nodes: pods and Services have IPv6 addresses first, and it has an IPv4 one",
  ]);
});

describe("a managed cluster that refuses privileged pods", () => {
  test("node sysctls can't, in the policy's words; the nearest is the same in pods, where there is one", () => {
    const here = judged(catalogue, willing(catalogue, { agents: { state: "refused", says: POLICY } }));
    expect(here("node-port-range")).toMatchObject({
      state: "cannot",
      because: [{ by: "admission webhook validate.kyverno.svc", says: `privileged agents: ${POLICY}`, nodes: null }],
      nearest: [{ name: "pod-port-range", by: "same-key", scope: "pod-spec" }],
    });
    expect(here("fin-timeout-15").nearest.map(({ name }) => name)).toEqual(["pod-fin-timeout-15"]);
    expect(here("conntrack-max-1048576")).toMatchObject({ state: "cannot", nearest: [] });
    for (const name of ["pod-port-range", "ndots-2", "prestop-native-sleep-10", "replicas-2"])
      expect(here(name).state, name).toBe("can");
  });

  test("a remedy of the same claim is the nearest where nothing sets the same", () => {
    const here = judged(catalogue, willing(catalogue, { agents: { state: "refused", says: POLICY } }));
    const near = here("node-local-cache").nearest;
    expect(near.length).toBeGreaterThan(0);
    for (const each of near) expect(each.by).toBe("same-claim");
    expect(near.map(({ name }) => name)).toEqual(expect.arrayContaining(["final-dot"]));
  });
});

describe("versions", () => {
  test("Kubernetes 1.28 has no preStop sleep, and fewer sysctls are safe; the command in the pod can be applied", () => {
    const old = { server: "v1.28.4", nodes: nodes(2, { kubelet: "v1.28.4" }) };
    const here = judged(catalogue, willing(catalogue, old));
    expect(here("prestop-native-sleep-10")).toMatchObject({
      state: "cannot",
      nearest: [{ name: "prestop-exec-sleep-10" }],
    });
    expect(here("prestop-native-sleep-10").because.map(becauseWords)).toEqual([
      "API server v1.28.4: Kubernetes 1.28 has no preStop sleep",
    ]);
    expect(here("pod-fin-timeout-15").because.map(becauseWords)).toEqual([
      expect.stringContaining("net.ipv4.tcp_fin_timeout is safe since Kubernetes 1.29, and this is 1.28"),
    ]);
    expect(here("pod-port-range").state).toBe("can");
  });

  test("an older kubelet beside a newer one has none either", () => {
    const all = [...nodes(1), ...nodes(1, { name: "old", kubelet: "v1.28.9" })];
    const here = judged(catalogue, willing(catalogue, { nodes: all }))("prestop-native-sleep-10");
    expect(here).toMatchObject({ state: "partly", nodes: { can: ["node-1"], cannot: ["old"], unknown: [] } });
  });

  test("1.29 has it behind a gate: not known, unless the API server refuses the field", () => {
    const gated = { server: "v1.29.0", nodes: nodes(2, { kubelet: "v1.29.0" }) };
    expect(judged(catalogue, willing(catalogue, gated))("prestop-native-sleep-10").state).toBe("unknown");
    const made = catalogue.find(({ tuning }) => tuning.name === "prestop-native-sleep-10")?.asks ?? [];
    const says = 'HTTP 400 strict decoding error: unknown field "spec.containers[0].lifecycle.preStop.sleep"';
    const facts = willing(catalogue, gated);
    const admissions = new Map([
      ...facts.admissions,
      ...made.flatMap((ask) =>
        ask.kind === "admission" ? [[madeKey(ask.made), { state: "refused", says } as const] as const] : [],
      ),
    ]);
    const here = judged(catalogue, { ...facts, admissions })("prestop-native-sleep-10");
    expect(here.state).toBe("cannot");
    expect(here.because).toContainEqual({ by: "API server", says, nodes: null });
  });
});

describe("what may not be read", () => {
  test("without nodes/proxy what hangs on the kubelet is not known, by the right that is missing", () => {
    const unasked = { kubelets: new Map(), kubeletsUnasked: "you may not get nodes/proxy: RBAC: nobody" };
    const here = judged(catalogue, willing(catalogue, unasked));
    expect(here("pod-tw-reuse-1").state).toBe("unknown");
    expect(here("pod-tw-reuse-1").because.map(becauseWords).join()).toContain(
      "you may not get nodes/proxy: RBAC: nobody",
    );
    expect(here("pod-port-range").state).toBe("can");
  });

  test("without nodes a sysctl that is safe everywhere can be applied, and others are not known", () => {
    const here = judged(catalogue, { ...willing(catalogue), nodes: null });
    expect(here("pod-port-range")).toMatchObject({ state: "can", nodes: null });
    expect(here("pod-fin-timeout-15").state).toBe("unknown");
    expect(here("prestop-native-sleep-10").state).toBe("unknown");
    expect(here("ndots-2").state).toBe("can");
  });

  test("whose pods may not be tried is not known", () => {
    const says = "you may not create pods: no RBAC policy matched";
    const facts = willing(catalogue);
    const admissions = new Map([...facts.admissions.keys()].map((key) => [key, { state: "unknown", says } as const]));
    const here = judged(catalogue, { ...facts, admissions })("ndots-2");
    expect(here).toMatchObject({ state: "unknown", because: [{ by: "authorization", says, nodes: null }] });
  });
});

test("a cluster of Fargate alone takes nothing, and says so by its nodes", () => {
  const here = judged(catalogue, willing(catalogue, { nodes: [], leftOut: ["ip-10-0-0-1: is virtual (AWS Fargate)"] }));
  expect(here("fin-timeout-15")).toMatchObject({
    state: "cannot",
    because: [{ by: "nodes", says: "no node takes pods of ours (ip-10-0-0-1: is virtual (AWS Fargate))" }],
  });
});

test("where Cilium's eBPF leads Services, settings of connection tracking do nothing", () => {
  const here = judged(catalogue, willing(catalogue, { proxyMode: "cilium" }));
  expect(here("conntrack-time-wait-30")).toMatchObject({ state: "can", remarks: [expect.stringContaining("Cilium")] });
  expect(here("fin-timeout-15").remarks).toEqual([]);
});

test("the address of NodeLocal DNSCache is refused where somebody has it", () => {
  const onNodes = [{ made: "DaemonSet kube-system/node-local-dns", args: ["-localip", "169.254.20.10,10.96.0.10"] }];
  expect(judged(catalogue, willing(catalogue, { onNodes }))("node-local-cache")).toMatchObject({
    state: "cannot",
    because: [{ by: "DaemonSet kube-system/node-local-dns", says: "it has 169.254.20.10 on nodes already" }],
  });
});

test.each([
  [
    'HTTP 403 pods "x" is forbidden: violates PodSecurity "restricted:latest": privileged',
    "PodSecurity restricted:latest",
  ],
  [`HTTP 400 ${POLICY}`, "admission webhook validate.kyverno.svc"],
  [
    "HTTP 422 ValidatingAdmissionPolicy 'no-sysctls' with binding 'all' denied request: no",
    "ValidatingAdmissionPolicy no-sysctls",
  ],
  ['HTTP 403 pods "x" is forbidden: exceeded quota: team, requested: pods=1', "quota"],
  ['HTTP 403 pods is forbidden: User "dev" cannot create resource "pods" in API group ""', "authorization"],
  ['HTTP 400 strict decoding error: unknown field "spec.x"', "API server"],
  ["HTTP 403 no", "admission"],
])("%s: by the word of %s", (says, by) => {
  expect(whoseWord(says)).toBe(by);
});
