/** Workers' logs are followed from a server that speaks as the API does. */
import type { ServerResponse } from "node:http";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openCluster } from "../../../runner/cluster/cluster.ts";
import { loadKubeconfig } from "../../../runner/cluster/kubeconfig.ts";
import { followLive, type LiveOptions } from "../../../runner/load/live.ts";
import type { LiveSecond } from "../../../runner/load/live-merge.ts";
import { api } from "../cluster/servers/api.ts";
import { type Folder, folder, kubeconfigText } from "../cluster/servers/files.ts";

let files: Folder;
beforeEach(() => {
  files = folder();
});
afterEach(() => files[Symbol.dispose]());

const REPORT = '{"engine":"flood"}\n';
const live = (atMs: number, scheduled: number) =>
  `live: ${JSON.stringify({ atMs, scheduled, ended: 0, ok: 0, outcomes: {}, okLatency: "", lagMs: 0, inFlight: scheduled })}\n`;

/** Two workers' logs, which go on as told. */
async function followed(over: Partial<LiveOptions> = {}) {
  const logs = new Map<string, ServerResponse>();
  const ended = new Set<string>();
  const server = await api({
    answer: ({ url = "" }, response) => {
      const pod = /\/pods\/(.+)\/log\?/.exec(url)?.[1];
      if (pod === undefined) {
        const name = /\/pods\/([^/?]+)/.exec(url)?.[1] ?? "";
        const status = { phase: ended.has(name) ? "Failed" : "Running" };
        const text = JSON.stringify(name === "" ? { items: [] } : { metadata: { name }, status });
        response.writeHead(200, { "content-type": "application/json" }).end(text);
        return;
      }
      response.writeHead(200).flushHeaders();
      logs.set(pod, response);
    },
  });
  const cluster = await openCluster(
    loadKubeconfig(files.write("kubeconfig", kubeconfigText({ server: server.url })), undefined),
  );
  const seconds: LiveSecond[] = [];
  const watched = followLive(cluster, {
    ...{ container: "load", workers: [{ pod: "a" }, { pod: "b" }], periodMs: 1_000, lastAtMs: 2_000 },
    startsAtMs: performance.now() + 3_600_000, // the clock gives nothing up here
    onSecond: (second) => seconds.push(second),
    ...over,
  });
  await vi.waitUntil(() => logs.size === 2, { timeout: 20_000 });
  return {
    ...{ server, watched, seconds },
    says: (pod: string, text: string) => void logs.get(pod)?.write(text),
    /** Its log ends, and so did its pod. */
    ends(pod: string) {
      ended.add(pod);
      logs.get(pod)?.end();
    },
    /** Its log breaks off; gives the query of the next one. */
    async cut(pod: string) {
      const before = logs.get(pod);
      before?.destroy();
      await vi.waitUntil(() => logs.get(pod) !== before, { timeout: 20_000 });
      return new URLSearchParams(
        server.asked
          .filter(({ url }) => url.includes(`/${pod}/log?`))
          .at(-1)
          ?.url.split("?")[1],
      );
    },
    async [Symbol.asyncDispose]() {
      watched.stop();
      for (const log of logs.values()) log.end();
      await server[Symbol.asyncDispose]();
    },
  };
}

test("one stream a worker tells both of its periods and of its report", async () => {
  await using load = await followed();
  const [a, b] = load.watched.watches;
  load.says("a", `warming up\n${live(1_000, 3)}${live(2_000, 1)}`);
  load.says("b", live(1_000, 4).slice(0, 20));
  load.says("b", live(1_000, 4).slice(20));
  await vi.waitUntil(() => load.seconds.length === 1, { timeout: 20_000 });
  expect([a?.isPrinted(), b?.isPrinted()]).toEqual([false, false]);
  load.says("b", REPORT);
  load.says("a", REPORT);
  await load.watched.end();
  expect([a?.isPrinted(), b?.isPrinted()]).toEqual([true, true]);
  expect(load.seconds.map(({ atS, reported, scheduled }) => [atS, reported, scheduled])).toEqual([
    [0, 2, 7],
    [1, 2, 1],
  ]);
  expect(load.server.asked.filter(({ url }) => url.includes("/log?"))).toHaveLength(2);
});

test("a worker whose log ends without a report is missed", async () => {
  await using load = await followed();
  load.ends("b");
  load.says("a", live(1_000, 3) + REPORT);
  await load.watched.end();
  expect(load.seconds.map(({ atS, reported, workers }) => [atS, reported, workers])).toEqual([[0, 1, 2]]);
  expect(load.watched.watches[1]?.isPrinted()).toBe(false);
});

test("a log that breaks off is followed again from where it was, and what it says twice counts once", async () => {
  await using load = await followed({ lastAtMs: 4_000 });
  load.says("a", live(1_000, 3));
  load.says("b", live(1_000, 4));
  await vi.waitUntil(() => load.seconds.length === 1, { timeout: 20_000 });
  const again = await load.cut("b");
  expect(again.get("follow")).toBe("true");
  // Some seconds before what was heard last, by the node's own clock.
  expect(Number(again.get("sinceSeconds"))).toBeGreaterThanOrEqual(5);
  // Nobody waits for a worker that is not heard.
  load.says("a", live(2_000, 3));
  await vi.waitUntil(() => load.seconds.length === 2, { timeout: 20_000 });
  load.says("b", live(1_000, 4) + live(2_000, 5) + live(3_000, 6));
  load.says("a", live(3_000, 3));
  await vi.waitUntil(() => load.seconds.length === 3, { timeout: 20_000 });
  load.says("a", REPORT);
  load.says("b", REPORT);
  await load.watched.end();
  expect(load.seconds.map(({ atS, reported, scheduled }) => [atS, reported, scheduled])).toEqual([
    [0, 2, 7],
    [1, 1, 3],
    [2, 2, 9],
  ]);
});

test("a period of which nobody tells is given when its time is over", async () => {
  await using load = await followed({ startsAtMs: performance.now() - 10_000 });
  await vi.waitUntil(() => load.seconds.length === 2, { timeout: 20_000 });
  expect(load.seconds.map(({ atS, reported }) => [atS, reported])).toEqual([
    [0, 0],
    [1, 0],
  ]);
});

test("what a listener throws ends the watching and is told", async () => {
  let calls = 0;
  await using load = await followed({
    onSecond() {
      calls++;
      throw new Error("no budget of that name");
    },
  });
  for (const pod of ["a", "b"]) load.says(pod, live(1_000, 1) + live(2_000, 1) + REPORT);
  await load.watched.end();
  expect(() => load.watched.check()).toThrow("no budget of that name");
  expect(calls).toBe(1);
  expect(load.watched.watches.map((watch) => watch.isPrinted())).toEqual([true, true]);
});
