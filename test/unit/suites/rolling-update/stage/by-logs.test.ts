/** Pods whose own logs tell of their ends, where the cluster refuses agents. */
import { ApiException, type V1Pod } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { type FollowLog, watchByLogs } from "../../../../../suites/rolling-update/stage/pods/by-logs.ts";

const REFUSED = 'violates PodSecurity "baseline:latest"';
const NEVER = new AbortController().signal;

const stamp = (unixMs: number) => new Date(unixMs).toISOString().replace("Z", "000000Z");
const notice = (unixMs: number, words: string) => `${stamp(unixMs)} 2026/11/30 20:00:01 [notice] 1#1: ${words}\n`;
const pod = (name: string, node: string): V1Pod => ({
  metadata: { name, namespace: "team" },
  spec: { nodeName: node, containers: [] },
});
/** A log that says this, and ends. */
const saying =
  (...texts: string[]): FollowLog =>
  async (_from, onText) => {
    for (const text of texts) onText(text);
  };
const watching = (follow: FollowLog) => watchByLogs(follow, "web", REFUSED, NEVER);

test("a stop and an end are told with their node, once; the rules are said to be unseen, and by whose word", async () => {
  const saidAtUnixMs = Date.now() - 40;
  const end = notice(saidAtUnixMs + 10, "exit");
  const asked: string[] = [];
  const said = saying(
    notice(saidAtUnixMs, "signal 15 (SIGTERM) received from 0, exiting"),
    // A line may come in two parts.
    end.slice(0, 40),
    end.slice(40),
  );
  const watch = watching((from, ...others) => {
    asked.push(`${from.namespace}/${from.pod}/${from.container}`);
    return said(from, ...others);
  });
  watch.present(pod("web-1", "a"), undefined);
  watch.present(pod("web-1", "a"), "c1");
  watch.present(pod("web-1", "a"), "c1");
  const [record, ...others] = await watch.end();
  expect(others).toEqual([]);
  expect(asked).toEqual(["team/web-1/web"]);
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
  const watch = watching(saying(notice(Date.now() + 3_600_000, "start worker processes")));
  watch.present(pod("web-1", "a"), "c1");
  const [record] = await watch.end();
  expect(record?.clock?.errorMs).toBeGreaterThan(3_000_000);
});

test("a living pod's log ends with the watch; of one that may not be read the reason is told", async () => {
  const watch = watching(async ({ pod: name }, onText, until) => {
    if (name === "web-2") throw new Error("HTTP 403 pods/log is forbidden");
    onText(notice(Date.now(), "start worker processes"));
    await new Promise((_, reject) => until.addEventListener("abort", () => reject(new Error("ended"))));
  });
  watch.present(pod("web-1", "a"), "c1");
  watch.present(pod("web-2", "b"), "c2");
  await new Promise(setImmediate);
  const [a, b] = await watch.end();
  expect(a).toMatchObject({ node: "a", broken: null });
  expect(b).toMatchObject({ node: "b", clock: null, broken: "the log of pod web-2: HTTP 403 pods/log is forbidden" });
});

test("a log that its node breaks off is read again from the beginning: what it says is told once", async () => {
  const saidAtUnixMs = Date.now();
  const stop = notice(saidAtUnixMs, "signal 15 (SIGTERM) received from 0, exiting");
  const texts = [
    stop,
    "failed to create fsnotify watcher: too many open files\n",
    `${stop}${notice(saidAtUnixMs, "exit")}`,
  ];
  const watch = watching(async (_from, onText) => onText(texts.shift() ?? ""));
  watch.present(pod("web-1", "a"), "c1");
  await new Promise(setImmediate);
  const [record] = await watch.end();
  expect(record?.events.map(({ kind }) => kind)).toEqual(["blind", "signal", "exit"]);
  expect(record?.broken).toBeNull();
});

test("a pod that is gone has no log any more, which is no trouble", async () => {
  let asked = 0;
  const watch = watching(async () => {
    asked += 1;
    throw new ApiException(404, "", "", {});
  });
  watch.present(pod("web-1", "a"), "c1");
  await new Promise(setImmediate);
  const [record] = await watch.end();
  expect([asked, record?.broken]).toEqual([1, null]);
});

test("the last words of a pod that was told to stop are waited for", async () => {
  const saidAtUnixMs = Date.now();
  const watch = watching(async (_from, onText) => {
    onText(notice(saidAtUnixMs, "signal 3 (SIGQUIT) received from 0, shutting down"));
    await new Promise((resolve) => setTimeout(resolve, 20));
    onText(notice(saidAtUnixMs + 20, "exit"));
  });
  watch.present(pod("web-1", "a"), "c1");
  const [record] = await watch.end();
  expect(record?.events.map(({ kind }) => kind)).toEqual(["blind", "signal", "exit"]);
});
