import { expect, test } from "vitest";
import { HistogramSum } from "../../../../../runner/analysis/histogram.ts";
import type { CoreDnsReading } from "../../../../../suites/dns-storm/analysis/coredns-counters.ts";
import type { UpstreamCount } from "../../../../../suites/dns-storm/stage/dns/upstream.ts";
import type { ServerPod } from "../../../../../suites/dns-storm/stage/raise.ts";
import {
  type Readings,
  serversOver,
  stretchesBetween,
  upstreamBetween,
} from "../../../../../suites/dns-storm/stage/readings.ts";

const POD: ServerPod = {
  namespace: "packetwalk",
  name: "dns-1",
  uid: "uid-1",
  node: "node1",
  ip: "10.244.1.2",
  containerId: "abc",
  role: "cluster",
};

function server(startedAtUnixMs: number, queries: number): CoreDnsReading {
  return {
    pod: POD.name,
    startedAtUnixMs,
    requests: { A: queries },
    responses: { NOERROR: queries },
    cacheHits: {},
    cacheRequests: queries,
    forwarded: { NOERROR: queries },
    maxConcurrentRejects: queries / 10,
    autopathAnswers: 0,
    cpuSeconds: queries / 100,
    throttling: null,
  };
}

function readings(
  atUnixMs: number,
  servers: readonly CoreDnsReading[],
  upstream: readonly UpstreamCount[] = [],
): Readings {
  return { atUnixMs, servers, upstream, unseen: [] };
}

test("a server that was killed keeps what it had counted until it was read", () => {
  const all = [
    readings(0, [server(1, 100)]),
    readings(4_000, [server(1, 300)]),
    // A new process, which began at 0.
    readings(10_000, [server(5_000, 50)]),
  ];
  expect(serversOver(stretchesBetween([POD], all, 0, () => new HistogramSum()))).toMatchObject([
    { pod: "dns-1", role: "cluster", seconds: 10, restarted: true, queries: { A: 250 }, maxConcurrentRejects: 25 },
  ]);
});

test("one that can't be read at the end is told as restarted, with what is known of it", () => {
  const all = [readings(0, [server(1, 100)]), readings(4_000, [server(1, 300)]), readings(10_000, [])];
  expect(serversOver(stretchesBetween([POD], all, 0, () => new HistogramSum()))).toMatchObject([
    { restarted: true, queries: { A: 200 } },
  ]);
});

test("names that were asked for once are told as one record", () => {
  const count = (name: string, queries: number, lost = 0) => ({ name, type: "A", transport: "udp", queries, lost });
  const before = readings(0, [], [count("api.shop.test", 3)]);
  const after = readings(
    1_000,
    [],
    [count("api.shop.test", 5, 1), count("glibc-0-1.any.test", 1), count("musl-0-1.any.test", 2, 1)],
  );
  expect(upstreamBetween(before, after, { delayMs: 50, loss: 0.1, seed: 1 })).toEqual({
    delayMs: 50,
    loss: 0.1,
    queries: [
      { name: "api.shop.test", type: "A", queries: 2, lost: 1 },
      { name: "*.any.test", type: "A", queries: 3, lost: 1 },
    ],
  });
});
