/** What doctor reckons with; expected numbers are the published arithmetic, not the code's own. */
import { describe, expect, test } from "vitest";
import { coreDnsMegabytes, externalQueries, forwardsPerSecond } from "../../../runner/analysis/capacity/dns.ts";
import { lastingEntries, nodeTable } from "../../../runner/analysis/capacity/node-table.ts";
import { queueTakes } from "../../../runner/analysis/capacity/queue.ts";
import { ledForMs, rolloutLoss } from "../../../runner/analysis/capacity/rollouts.ts";
import { iptablesRules, iptablesWalkUs } from "../../../runner/analysis/capacity/services.ts";
import { kernelLimit, tableLimit } from "../../../runner/analysis/capacity/table-size.ts";

const GIB = 2 ** 30;

describe("a node's connection table", () => {
  test.each([
    ["16 cores by kube-proxy's defaults", 16, 64, null, null, 524_288],
    ["2 cores: the kernel's is larger than kube-proxy's least", 2, 8, null, null, 262_144],
    ["2 cores and 4 GiB as sold: kube-proxy raises it to its least", 2, 3.8, null, null, 131_072],
    ["kube-proxy told to leave it alone", 16, 3.8, 0, 0, 65_536],
    ["a least of one's own", 2, 8, 1000, 1_000_000, 1_000_000],
  ])("%s", (_, cpus, gib, maxPerCore, min, limit) => {
    expect(tableLimit({ cpus, memoryBytes: gib * GIB }, { maxPerCore, min })).toBe(limit);
  });

  test("of a machine below 1 GiB nothing is said", () => {
    expect(kernelLimit(0.5 * GIB)).toBe(0);
  });

  test("is full after limit / rate, if the rate is above what leaves again", () => {
    expect(nodeTable(262_144, 2600).fullAfterS).toBeCloseTo(100.8, 1);
    expect(nodeTable(262_144, 1900).fullAfterS).toBeNull();
    expect(nodeTable(262_144, null)).toEqual({ mostPerSecond: 262_144 / 132, fullAfterS: null });
    expect(nodeTable(262_144, null, 30).mostPerSecond).toBeCloseTo(262_144 / 42, 6);
  });
});

test("queries of a name outside: 8 with ndots 5, 2 with ndots 2, 10 with a domain of the node's", () => {
  expect([externalQueries(2, 5), externalQueries(2, 2), externalQueries(2, 5, 4), externalQueries(1, 2)]).toEqual([
    8, 2, 10, 8,
  ]);
});

test("1,000 places with an upstream of 100 ms are full at 10,000 misses a second", () => {
  expect(forwardsPerSecond(1000, 0.1)).toBeCloseTo(10_000, 6);
});

test("a CoreDNS for 150,000 pods and 8,200 Services takes some 185 MB, three times that with autopath", () => {
  expect(coreDnsMegabytes(150_000, 8200, false)).toBeCloseTo(184.8, 1);
  expect(coreDnsMegabytes(150_000, 8200, true)).toBeCloseTo(446, 0);
});

test("rules: two for a Service port, three for each of its endpoints", () => {
  expect(
    iptablesRules([
      { ports: 1, endpoints: 1 },
      { ports: 2, endpoints: 3 },
      { ports: 1, endpoints: 0 },
    ]),
  ).toBe(5 + 22 + 2);
});

test("entries that present short connections explain do not last", () => {
  expect([500, 250, 0, null].map((rate) => lastingEntries(66_000, rate, 120))).toEqual([0, 33_000, 66_000, 66_000]);
  const full = nodeTable(132_000, 600, 120, 66_000, 66_000);
  expect(full.mostPerSecond).toBe(500);
  expect(full.fullAfterS).toBeCloseTo(110, 0);
  expect(nodeTable(132_000, 400, 120, 66_000, 66_000).fullAfterS).toBeNull();
});

test("a queue of 8 lets 9 wait: 90 connections/s for 100 ms without an accept", () => {
  expect(queueTakes(8)).toBeCloseTo(90, 9);
});

test("10,000 rules take a first packet 70 to 240 µs", () => {
  expect(iptablesWalkUs(10_000)).toEqual([70, 240]);
});

test("a path leads to a dead pod for news and rhythm, less what the pod goes on for", () => {
  expect(ledForMs(2000, 0)).toBe(2500);
  expect(ledForMs(2000, 10_000)).toBe(0);
  expect(rolloutLoss(100, 0)).toBeCloseTo(483.3, 1);
  expect(rolloutLoss(100, 10)).toBe(0);
});
