import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { KubeConfig } from "@kubernetes/client-node";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Cluster, openCluster } from "../../../runner/cluster/cluster.ts";
import { k6 } from "../../../runner/load/engines/k6.ts";
import { constant } from "../../../runner/load/schedule/profiles.ts";
import { testRun } from "../../../runner/load/test-run.ts";

/** As an API server answers while no operator takes note of the TestRun. */
const ANSWERS: Readonly<Record<string, unknown>> = {
  "/api/v1/nodes": { items: [] },
  "/apis/k6.io/v1alpha1": { resources: [{ kind: "TestRun", name: "testruns", namespaced: true }] },
  "/apis/k6.io/v1alpha1/namespaces/packetwalk/testruns/load-1": { apiVersion: "k6.io/v1alpha1", kind: "TestRun" },
};

let server: Server;
let cluster: Cluster;

beforeEach(async () => {
  server = createServer((request, response) => {
    const answer = ANSWERS[request.url?.split("?")[0] ?? ""];
    response.writeHead(answer ? 200 : 404, { "content-type": "application/json" }).end(JSON.stringify(answer ?? {}));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromClusterAndUser(
    { name: "fake", server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
    { name: "nobody" },
  );
  cluster = await openCluster(kubeconfig);
  vi.useFakeTimers({ toFake: ["Date"] });
});
afterEach(() => {
  vi.useRealTimers();
  server.closeAllConnections();
  server.close();
});

test.each([
  [undefined, 60],
  [5_000, 5],
])("an operator that may take %s ms is waited for for %d s", async (takenUpWithinMs, seconds) => {
  const run = testRun(cluster, {
    name: "load-1",
    image: "busybox:1",
    programs: k6.programs,
    delivery: { image: "busybox:1", equip: async () => {} },
    cpuRequest: k6.cpuRequest,
    program: () => {
      throw new Error("no worker is started here");
    },
    load: {
      model: "open",
      placement: "all-nodes",
      schedule: constant(1, 1_000),
      timeoutMs: 1_000,
      workers: 1,
    },
    nodes: ["a"],
    gateTimeoutMs: 60_000,
    podSysctls: [],
    ...(takenUpWithinMs === undefined ? {} : { takenUpWithinMs }),
  });
  const sinceMs = Date.now();
  vi.setSystemTime(sinceMs + seconds * 1_000);
  expect(await run.ready()).toBe(false);
  vi.setSystemTime(sinceMs + seconds * 1_000 + 1);
  await expect(run.ready()).rejects.toThrow(`no k6-operator took up TestRun load-1 within ${seconds} s: start`);
});
