/** Pods whose own logs tell of their ends, where the cluster refuses agents: against a server that hands out logs as kubelets do. */
import { setTimeout as sleep } from "node:timers/promises";
import { KubeConfig, type V1Pod } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { watchByLogs } from "../../../../../suites/rolling-update/stage/pods/by-logs.ts";
import { type ApiOptions, api } from "../../../cluster/servers/api.ts";

const REFUSED = 'violates PodSecurity "baseline:latest"';
const NEVER = new AbortController().signal;

const stamp = (unixMs: number) => new Date(unixMs).toISOString().replace("Z", "000000Z");
const notice = (unixMs: number, words: string) => `${stamp(unixMs)} 2026/11/30 20:00:01 [notice] 1#1: ${words}\n`;
const pod = (name: string, node: string): V1Pod => ({
  metadata: { name, namespace: "team" },
  spec: { nodeName: node, containers: [] },
});

async function watching(answer: NonNullable<ApiOptions["answer"]>) {
  const server = await api({ answer });
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromClusterAndUser({ name: "simulated", server: server.url, skipTLSVerify: true }, { name: "x" });
  return { server, watch: watchByLogs({ kubeconfig }, "web", REFUSED, NEVER) };
}

test("a stop and an end are told with their node, once; the rules are said to be unseen, and by whose word", async () => {
  const saidAtUnixMs = Date.now() - 40;
  const { server, watch } = await watching((_request, response) => {
    response.write(notice(saidAtUnixMs, "signal 15 (SIGTERM) received from 0, exiting"));
    // A line may come in two parts.
    const [end, rest] = [notice(saidAtUnixMs + 10, "exit").slice(0, 40), notice(saidAtUnixMs + 10, "exit").slice(40)];
    response.write(end);
    response.end(rest);
  });
  await using _ = server;
  watch.present(pod("web-1", "a"), undefined);
  watch.present(pod("web-1", "a"), "c1");
  watch.present(pod("web-1", "a"), "c1");
  await sleep(50);
  const [record, ...others] = await watch.end();
  expect(others).toEqual([]);
  expect(server.asked.map(({ url }) => url)).toEqual([
    "/api/v1/namespaces/team/pods/web-1/log?container=web&follow=true&timestamps=true",
  ]);
  expect(record).toMatchObject({ node: "a", broken: null, clock: { aheadMs: 0 } });
  expect(record?.events).toEqual([
    { kind: "blind", what: "rules", reason: REFUSED, atUnixMs: 0 },
    { kind: "signal", container: "c1", signal: "SIGTERM", ignored: false, atUnixMs: saidAtUnixMs },
    { kind: "exit", container: "c1", atUnixMs: saidAtUnixMs + 10 },
  ]);
  // Its lines were on the way for as long as that at least, if both clocks are right.
  expect(record?.clock?.errorMs).toBeGreaterThanOrEqual(30);
});

test("a node's clock that is an hour ahead may be off by that much", async () => {
  const { server, watch } = await watching((_request, response) => {
    response.end(notice(Date.now() + 3_600_000, "start worker processes"));
  });
  await using _ = server;
  watch.present(pod("web-1", "a"), "c1");
  await sleep(50);
  const [record] = await watch.end();
  expect(record?.clock?.errorMs).toBeGreaterThan(3_590_000);
});

test("a living pod's log ends with the watch; of one that may not be read the reason is told", async () => {
  const { server, watch } = await watching((request, response) => {
    if (request.url?.includes("/web-2/")) {
      response.writeHead(403, { "content-type": "application/json" });
      response.end(JSON.stringify({ kind: "Status", message: "pods/log is forbidden" }));
    } else response.write(notice(Date.now(), "start worker processes"));
  });
  await using _ = server;
  watch.present(pod("web-1", "a"), "c1");
  watch.present(pod("web-2", "b"), "c2");
  await sleep(50);
  const [a, b] = await watch.end();
  expect(a).toMatchObject({ node: "a", broken: null });
  expect(b).toMatchObject({ node: "b", clock: null, broken: "the log of pod web-2: HTTP 403 pods/log is forbidden" });
});
