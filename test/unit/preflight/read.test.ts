/** A preflight of a simulated cluster: what it asks, how often, and what comes of refusals. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { KubeConfig } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { type Cluster, openCluster } from "../../../runner/cluster/cluster.ts";
import { MOST_NODES } from "../../../runner/cluster/fit-nodes.ts";
import { readPreflight } from "../../../runner/preflight/read.ts";
import { api } from "../cluster/servers/api.ts";

const REQUEST = { kind: "kubeconfig", known: {}, nodeSelector: {}, image: "busybox:1", access: [] } as const;

function nodes(count: number) {
  return Array.from({ length: count }, (_, index) => ({
    metadata: { name: `node-${String(index).padStart(3, "0")}` },
    spec: {},
    status: {
      conditions: [{ type: "Ready", status: "True" }],
      nodeInfo: { operatingSystem: "linux", architecture: "amd64", kernelVersion: "6.1.0" },
    },
  }));
}

type Answer = readonly [status: number, body: unknown];
const failure = (code: number, message: string): Answer => [code, { kind: "Status", status: "Failure", code, message }];

/** @param refuse what is answered otherwise, by "METHOD /path" */
function cluster(size: number, refuse: Readonly<Record<string, Answer>> = {}) {
  const answerOf = (path: string, body: string): Answer => {
    if (path === "/api/v1/nodes") return [200, { kind: "NodeList", items: nodes(size) }];
    if (path === "/version") return [200, { gitVersion: "v1.33.1" }];
    if (path.endsWith("/selfsubjectaccessreviews")) return [201, { ...JSON.parse(body), status: { allowed: true } }];
    if (path.endsWith("/daemonsets")) return [200, { items: [{ metadata: { name: "calico-node" } }] }];
    if (path.endsWith("/pods")) return [201, { kind: "Pod", metadata: {} }];
    return failure(404, `${path} not found`);
  };
  return api({
    answer(request: IncomingMessage, response: ServerResponse) {
      let body = "";
      request.on("data", (chunk) => {
        body += chunk;
      });
      request.on("end", () => {
        const path = request.url?.split("?")[0] ?? "";
        const [status, document] = refuse[`${request.method} ${path}`] ?? answerOf(path, body);
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(document));
      });
    },
  });
}

function open(url: string): Promise<Cluster> {
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromClusterAndUser({ name: "simulated", server: url, skipTLSVerify: true }, { name: "nobody" });
  return openCluster(kubeconfig);
}

test("500 nodes take no more requests than one, and nothing is created", async () => {
  const counts: number[] = [];
  for (const size of [1, 500]) {
    await using server = await cluster(size);
    const reading = await readPreflight(await open(server.url), REQUEST);
    expect(reading.nodes?.fit).toHaveLength(Math.min(size, MOST_NODES));
    expect(reading.target).toMatchObject({ nodes: size, cni: "calico" });
    expect(reading.unseen).toEqual([]);
    counts.push(server.asked.length);
    const writing = server.asked.filter(({ method }) => method !== "GET");
    const harmless = /\/selfsubjectaccessreviews$|[?&]dryRun=All(&|$)/;
    expect(writing.filter(({ url }) => !harmless.test(url))).toEqual([]);
  }
  expect(counts[1]).toBe(counts[0]);
  expect(counts[1]).toBeLessThan(80);
});

test("what may not be read is named in the cluster's words, and the rest is read all the same", async () => {
  const words = 'nodes is forbidden: User "dev" cannot list resource "nodes" in API group "" at the cluster scope';
  await using server = await cluster(3, { "GET /apis/apps/v1/daemonsets": failure(403, "no") });
  const opened = await open(server.url);
  await using refusing = await cluster(3, { "GET /api/v1/nodes": failure(403, words) });
  expect((await readPreflight(opened, REQUEST)).target?.cni).toBe("unknown");
  const reading = await readPreflight(await open(refusing.url), REQUEST);
  expect(reading.nodes).toBeNull();
  expect(reading.unseen.join("; ")).toContain(words);
  expect(reading.admissions).toEqual({ agent: { state: "accepted" }, load: { state: "accepted" } });
});

test.each([
  [
    "a policy's refusal, all of its lines",
    403,
    'admission webhook "validate.kyverno.svc" denied the request:\n\nno-privileged:\n  check: hostPID is not allowed',
    "refused",
  ],
  [
    "PodSecurity of a namespace that is not ours",
    403,
    'pods "x" is forbidden: violates PodSecurity "restricted:latest": hostNetwork',
    "unknown",
  ],
  [
    "a missing right",
    403,
    'pods is forbidden: User "dev" cannot create resource "pods" in API group "" in the namespace "default"',
    "unknown",
  ],
  ["a webhook that is down", 500, 'failed calling webhook "x": connection refused', "unknown"],
])("%s: what admission says is %s", async (_, code, message, state) => {
  await using server = await cluster(1, { "POST /api/v1/namespaces/default/pods": failure(code, message) });
  const { admissions } = await readPreflight(await open(server.url), REQUEST);
  expect(admissions.agent.state).toBe(state);
  for (const line of message.split("\n"))
    expect(JSON.stringify(admissions.agent)).toContain(JSON.stringify(line.trim()).slice(1, -1));
});
