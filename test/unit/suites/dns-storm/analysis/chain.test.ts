import { expect, test } from "vitest";
import { coreDnsCores, dnsEntries, forwardsAtOnce } from "../../../../../runner/analysis/capacity/dns.ts";
import { chainDnsMs, chainOf } from "../../../../../suites/dns-storm/analysis/chain.ts";

const RUN = { resolver: "glibc", depth: 20, scheduled: 100, outcomes: { ok: 100 }, hops: [] } as const;

test("the share of DNS is told of the requests at the quantile, not of all", () => {
  const requests = Array.from({ length: 100 }, (_, index) =>
    index < 99 ? { dnsMs: 10, totalMs: 100 } : { dnsMs: 900, totalMs: 1_000 },
  );
  expect(chainOf({ ...RUN, requests })).toMatchObject({
    latencyMs: { p50: 100, p99: 100, max: 1_000 },
    dnsShare: { p50: 0.1, p99: 0.9 },
  });
});

test("a chain without a single good request has no share", () => {
  expect(chainOf({ ...RUN, outcomes: { ok: 0, timeout: 100 }, requests: [] }).dnsShare).toEqual({ p50: 0, p99: 0 });
});

test("what DNS adds grows with depth, names tried and the upstream's delay", () => {
  const dns = { roundTripMs: 0.5, delayMs: 50, missShare: 1 };
  expect(chainDnsMs(20, { tries: 4, forwarded: 1 }, dns)).toBe(20 * (2 + 50));
  expect(chainDnsMs(20, { tries: 1, forwarded: 1 }, { ...dns, missShare: 0 })).toBe(10);
});

test("the capacity model's examples", () => {
  // 5,000 look-ups/s of an external name: more than a table of 524,288 holds.
  expect(dnsEntries(5_000, 4)).toBe(600_000);
  // max_concurrent 1,000 with an upstream that takes 100 ms is full at 10,000 misses/s.
  expect(forwardsAtOnce(10_000, 0.1)).toBe(1_000);
  expect(coreDnsCores(2_100, 8)).toBeCloseTo(1);
});
