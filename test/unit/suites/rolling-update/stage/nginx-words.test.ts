/** What NGINX's own log says of its end, as the kubelet hands it out with its time stamps. */
import { expect, test } from "vitest";
import { endWords } from "../../../../../suites/rolling-update/stage/pods/nginx-words.ts";

const at = (ms: string) => `2026-11-30T20:00:01.${ms}456789Z`;
const unixMs = (ms: number) => Date.UTC(2026, 10, 30, 20, 0, 1, ms);

function told(...lines: string[]) {
  const words = endWords("c1");
  return lines.flatMap((line) => words(line) ?? []);
}

test("the main process's stop signal and its end; its workers' are not", () => {
  expect(
    told(
      `${at("100")} 2026/11/30 20:00:01 [notice] 1#1: start worker processes`,
      `${at("110")} 10.0.0.1 - - [30/Nov/2026:20:00:01 +0000] "GET / HTTP/1.1" 200 11 "-" "-" "-"`,
      `${at("200")} 2026/11/30 20:00:01 [notice] 1#1: signal 15 (SIGTERM) received from 0, exiting`,
      `${at("201")} 2026/11/30 20:00:01 [notice] 30#30: signal 15 (SIGTERM) received from 1, exiting`,
      `${at("202")} 2026/11/30 20:00:01 [notice] 30#30: exiting`,
      `${at("203")} 2026/11/30 20:00:01 [notice] 30#30: exit`,
      `${at("210")} 2026/11/30 20:00:01 [notice] 1#1: signal 17 (SIGCHLD) received from 30`,
      `${at("211")} 2026/11/30 20:00:01 [notice] 1#1: worker process 30 exited with code 0`,
      `${at("212")} 2026/11/30 20:00:01 [notice] 1#1: exit`,
    ),
  ).toEqual([
    { kind: "signal", container: "c1", signal: "SIGTERM", ignored: false, atUnixMs: unixMs(200) },
    { kind: "exit", container: "c1", atUnixMs: unixMs(212) },
  ]);
});

test("a graceful stop, of a process that is not the first of its namespace", () => {
  expect(
    told(
      `${at("200")} 2026/11/30 20:00:01 [notice] 7#7: signal 3 (SIGQUIT) received from 6, shutting down`,
      `${at("300")} 2026/11/30 20:00:01 [notice] 7#7: exit`,
    ).map((each) => [each.kind, "signal" in each ? each.signal : null]),
  ).toEqual([
    ["signal", "SIGQUIT"],
    ["exit", null],
  ]);
});

test.each([
  ["a worker that ends by itself", `${at("200")} 2026/11/30 20:00:01 [notice] 30#30: exit`],
  ["a reload", `${at("200")} 2026/11/30 20:00:01 [notice] 1#1: signal 1 (SIGHUP) received from 9, reconfiguring`],
  ["a line without its node's time", "2026/11/30 20:00:01 [notice] 1#1: signal 15 (SIGTERM) received, exiting"],
  ["a request that quotes such words", `${at("200")} 10.0.0.1 "GET /[notice] 1#1: signal 15 (SIGTERM) received"`],
  ["nothing", ""],
])("%s tells of no end", (_, line) => {
  expect(told(line)).toEqual([]);
});
