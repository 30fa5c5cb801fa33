/** What doctor makes of the API's objects, and of what their owners left out. */
import type { V1Container, V1Deployment, V1EndpointSlice, V1RollingUpdateDeployment } from "@kubernetes/client-node";
import { ApiException } from "@kubernetes/client-node";
import { describe, expect, test } from "vitest";
import { parseCorefile } from "../../../runner/doctor/corefile.ts";
import { secondsOf } from "../../../runner/doctor/read/duration.ts";
import { listAll, type Page } from "../../../runner/doctor/read/list.ts";
import { nodeFacts } from "../../../runner/doctor/read/nodes.ts";
import { budgetFacts, ingressFacts } from "../../../runner/doctor/read/policies.ts";
import { proxyFacts } from "../../../runner/doctor/read/proxy.ts";
import { endpointFacts, serviceFacts } from "../../../runner/doctor/read/services.ts";
import { daemonSetFacts, deploymentFacts, statefulSetFacts } from "../../../runner/doctor/read/workloads.ts";

function deployment(spec: Partial<V1Deployment["spec"] & object>, container: Partial<V1Container> = {}): V1Deployment {
  return {
    metadata: { namespace: "shop", name: "web" },
    spec: { selector: {}, template: { spec: { containers: [{ name: "web", ...container }] } }, ...spec },
  };
}

type RolloutCase = readonly [string, V1RollingUpdateDeployment, number, number, number];

const ROLLOUTS: readonly RolloutCase[] = [
  ["the API's defaults of 10", {}, 10, 2, 3],
  ["the API's defaults of 1: surge comes first", {}, 1, 0, 1],
  ["numbers", { maxUnavailable: 2, maxSurge: 0 }, 10, 2, 0],
  ["half of 3", { maxUnavailable: "50%", maxSurge: "50%" }, 3, 1, 2],
  ["all", { maxUnavailable: "100%" }, 4, 4, 1],
];

describe("rollouts, as the controller rounds them", () => {
  test.each(ROLLOUTS)("%s", (_, rollingUpdate, replicas, maxUnavailable, maxSurge) => {
    const read = deploymentFacts(deployment({ replicas, strategy: { type: "RollingUpdate", rollingUpdate } }));
    expect(read.rollout).toEqual({ kind: "rolling", maxUnavailable, maxSurge });
  });

  test("Recreate, OnDelete, and a DaemonSet", () => {
    expect(deploymentFacts(deployment({ strategy: { type: "Recreate" } })).rollout).toEqual({ kind: "recreate" });
    const spec = { selector: {}, template: {}, serviceName: "db" };
    expect(statefulSetFacts({ spec: { ...spec, updateStrategy: { type: "OnDelete" } } }).rollout).toEqual({
      kind: "on-delete",
    });
    expect(daemonSetFacts({ spec }).rollout).toEqual({ kind: "rolling", maxUnavailable: 1, maxSurge: 0 });
  });
});

describe("preStop hooks", () => {
  const preStopOf = (lifecycle: V1Container["lifecycle"]) =>
    deploymentFacts(deployment({}, lifecycle ? { lifecycle } : {})).pod.containers[0]?.preStop;

  test.each([
    [["sh", "-c", "sleep 10"], 10],
    [["/bin/sh", "-c", "nginx -s quit; sleep 5"], 5],
    [["sleep", "2.5"], 2.5],
    [["/drain"], null],
    [["/bin/sleepy", "3"], null],
  ])("exec %j sleeps %s s", (command, sleepS) => {
    expect(preStopOf({ preStop: { exec: { command } } })).toEqual({ kind: "exec", command: command.join(" "), sleepS });
  });

  test("of the kubelet, by HTTP, and none", () => {
    expect(preStopOf({ preStop: { sleep: { seconds: 7 } } })).toEqual({ kind: "sleep", seconds: 7 });
    expect(preStopOf({ preStop: { httpGet: { port: 80 } } })).toEqual({ kind: "http" });
    expect(preStopOf(undefined)).toEqual({ kind: "none" });
  });
});

test("what a pod's template leaves out has the API's default; sidecars count as containers", () => {
  const read = deploymentFacts({
    spec: {
      selector: {},
      template: {
        spec: {
          containers: [{ name: "web", readinessProbe: {} }],
          initContainers: [{ name: "once" }, { name: "mesh", restartPolicy: "Always" }],
          dnsConfig: { options: [{ name: "ndots", value: "2" }] },
        },
      },
    },
  });
  expect(read).toMatchObject({ replicas: 1, pod: { graceS: 30, dnsPolicy: "ClusterFirst", ndots: 2 } });
  expect(read.pod.containers.map(({ name }) => name)).toEqual(["web", "mesh"]);
  expect(read.pod.containers[0]?.readiness).toEqual({ periodS: 10, failures: 3 });
});

test("Services: ports by number, by name, or not said; EndpointSlices of one Service are one", () => {
  const { ports, headless } = serviceFacts({
    spec: {
      clusterIP: "None",
      ports: [{ port: 80 }, { port: 81, targetPort: "http" }, { port: 82, targetPort: 8082 }],
    },
  });
  expect(ports.map(({ target }) => target)).toEqual([80, "http", 8082]);
  expect(headless).toBe(true);
  const slice = (conditions: { ready?: boolean }, nodeName: string): V1EndpointSlice => ({
    metadata: { namespace: "shop", labels: { "kubernetes.io/service-name": "web" } },
    addressType: "IPv4",
    endpoints: [{ addresses: ["10.0.0.1"], conditions, nodeName }],
  });
  expect(endpointFacts([slice({ ready: true }, "a"), slice({}, "b"), slice({ ready: false }, "c")])).toEqual([
    { namespace: "shop", name: "web", ready: 2, notReady: 1, nodes: ["a", "b"] },
  ]);
});

test("kube-proxy's settings: unset is not zero", () => {
  const read = (text: string) => proxyFacts(text, "ConfigMap x");
  expect(read('mode: ""\nconntrack:\n  maxPerCore: null\n  tcpCloseWaitTimeout: null\n')).toMatchObject({
    mode: "iptables",
    conntrack: { maxPerCore: null, min: null },
    closeWaitS: null,
  });
  expect(
    read(
      "mode: nftables\nconntrack:\n  maxPerCore: 0\n  min: 0\n  tcpEstablishedTimeout: 24h0m0s\n  tcpCloseWaitTimeout: 0s\n",
    ),
  ).toMatchObject({ conntrack: { maxPerCore: 0, min: 0 }, establishedS: 86_400, closeWaitS: 0 });
  expect(() => read("mode: [1]")).toThrow(/^ConfigMap x is not a KubeProxyConfiguration: mode: /);
});

test.each([
  ["24h0m0s", 86_400],
  ["1h", 3600],
  ["1m30s", 90],
  ["500ms", 0.5],
  ["0s", 0],
  [0, 0],
  [undefined, null],
  ["soon", null],
])("a duration of %s is %s s", (written, seconds) => {
  expect(secondsOf(written)).toBe(seconds);
});

test("addresses for pods: of IPv4, and none said where the CNI hands them out", () => {
  const of = (podCIDRs: string[]) => nodeFacts({ spec: { podCIDRs } }).podAddresses;
  expect(of(["10.0.1.0/24", "fd00::/64"])).toBe(253);
  expect(of(["fd00::/64"])).toBeNull();
  expect(of([])).toBeNull();
});

test("a budget by expressions is not worked out; an Ingress may have its class by annotation", () => {
  expect(
    budgetFacts({ spec: { selector: { matchExpressions: [{ key: "a", operator: "Exists" }] } } }).selector,
  ).toBeNull();
  expect(budgetFacts({ spec: { selector: { matchLabels: { app: "web" } } } }).selector).toEqual({ app: "web" });
  expect(ingressFacts({ metadata: { annotations: { "kubernetes.io/ingress.class": "nginx" } } })).toMatchObject({
    className: "nginx",
    byAnnotation: true,
  });
  expect(ingressFacts({ spec: { ingressClassName: "nginx" } })).toMatchObject({
    className: "nginx",
    byAnnotation: false,
  });
});

test("a Corefile: several blocks and zones, comments, blocks within blocks", () => {
  const blocks = parseCorefile(
    "# head\ncluster.local:53, in-addr.arpa {\n  kubernetes cluster.local { # own\n    ttl 5\n  }\n  cache 30\n}\n\n. {\n  forward . 10.0.0.1 10.0.0.2 {\n    max_concurrent 10\n  }\n}\n",
  );
  expect(blocks.map(({ zones }) => zones)).toEqual([["cluster.local:53", "in-addr.arpa"], ["."]]);
  expect(blocks[0]?.plugins).toEqual([
    { name: "kubernetes", args: ["cluster.local"], settings: [["ttl", "5"]] },
    { name: "cache", args: ["30"], settings: [] },
  ]);
  expect(blocks[1]?.plugins[0]).toEqual({
    name: "forward",
    args: [".", "10.0.0.1", "10.0.0.2"],
    settings: [["max_concurrent", "10"]],
  });
});

describe("lists, page by page", () => {
  test("to the last page", async () => {
    const pages: Page<number>[] = [
      { metadata: { _continue: "b" }, items: [1, 2] },
      { metadata: {}, items: [3] },
    ];
    const asked: unknown[] = [];
    const all = await listAll<number>(async (range) => {
      asked.push(range);
      return pages[asked.length - 1] ?? { items: [] };
    });
    expect(all).toEqual([1, 2, 3]);
    expect(asked).toEqual([{ limit: 500 }, { limit: 500, _continue: "b" }]);
  });

  test("a snapshot that is gone is asked for in one; any other failure is one", async () => {
    const all = await listAll<number>(async ({ limit, _continue }) => {
      if (_continue) throw new ApiException(410, "Gone", {}, {});
      return limit === undefined ? { items: [1, 2, 3] } : { metadata: { _continue: "b" }, items: [1] };
    });
    expect(all).toEqual([1, 2, 3]);
    await expect(listAll(() => Promise.reject(new ApiException(403, "no", {}, {})))).rejects.toThrow();
  });
});
