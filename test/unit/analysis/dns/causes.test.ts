import { describe, expect, test } from "vitest";
import { dnsEvidence } from "../../../../runner/analysis/dns/evidence.ts";
import { input, report, server } from "./block.ts";

const lost = (queries: number, of: number) => ({
  delayMs: 0,
  loss: 0.1,
  queries: [{ name: "api.shop.test", type: "A", queries, lost: of }],
});

test("a missing name that is said to be missing is no failure", () => {
  expect(dnsEvidence(input())).toMatchObject({ failures: 0, causes: [], unexplained: 0 });
});

test("what musl never asks for is its own doing", () => {
  const { failures, causes, unexplained } = dnsEvidence(input({ resolvers: [report("musl", { options: "ndots:2" })] }));
  // kubernetes.default.svc; shop.test and kubernetes.default have fewer dots, and are searched.
  expect([failures, unexplained]).toEqual([100, 0]);
  expect(causes).toMatchObject([{ cause: "not-searched", outcome: "dns-nxdomain", failures: 100 }]);
  expect(causes[0]?.why).toContain("kubernetes.default.svc");
});

describe("max_concurrent", () => {
  const refusing = (queries: number) => server({ maxConcurrentRejects: queries, responses: { REFUSED: queries } });
  const resolvers = [report("glibc", { outcomes: { external: { ok: 60, "dns-servfail": 40 } } })];

  test("accounts for as many failures as its refusals can have caused", () => {
    const servers = [refusing(160)];
    expect(dnsEvidence(input({ resolvers, servers }))).toMatchObject({
      failures: 40,
      causes: [{ cause: "max-concurrent", failures: 40 }],
      unexplained: 0,
    });
  });

  test("leaves what its refusals do not cover unexplained", () => {
    const servers = [refusing(100)];
    const { causes, unexplained } = dnsEvidence(input({ resolvers, servers }));
    expect([causes[0]?.failures, unexplained]).toEqual([25, 15]);
  });

  test("can leave half an answer, which makes an existing name look as if it had no address", () => {
    const half = [report("glibc", { outcomes: { external: { ok: 98, "dns-nodata": 2 } } })];
    const servers = [refusing(2)];
    expect(dnsEvidence(input({ resolvers: half, servers }))).toMatchObject({
      causes: [{ cause: "max-concurrent", outcome: "dns-nodata", failures: 2 }],
      unexplained: 0,
    });
  });

  test("accounts for nothing with what it refused to refreshes of the cache", () => {
    const servers = [server({ maxConcurrentRejects: 160, responses: { NOERROR: 4_000 } })];
    expect(dnsEvidence(input({ resolvers, servers }))).toMatchObject({ causes: [], unexplained: 40 });
  });

  test("has nothing to do with names of the cluster", () => {
    const inCluster = [report("glibc", { outcomes: { short: { ok: 60, "dns-servfail": 40 } } })];
    const servers = [refusing(1_000)];
    expect(dnsEvidence(input({ resolvers: inCluster, servers }))).toMatchObject({ causes: [], unexplained: 40 });
  });
});

test("answers that the upstream left out are counted at the upstream", () => {
  const resolvers = [report("glibc", { outcomes: { external: { ok: 90, "dns-timeout": 10 } } })];
  expect(dnsEvidence(input({ resolvers, upstream: lost(500, 50) }))).toMatchObject({
    causes: [{ cause: "upstream-lost", outcome: "dns-timeout", failures: 10 }],
    unexplained: 0,
  });
});

describe("a killed pod", () => {
  const resolvers = [
    report("glibc", { outcomes: { short: { ok: 70, "dns-servfail": 30 } }, options: "ndots:5 timeout:1" }),
  ];
  /** 1 s each. */
  const series = (failedAt: readonly number[]) =>
    Array.from({ length: 20 }, (_, second) => ({
      atMs: 1_000 * second,
      scheduled: 40,
      ok: failedAt.includes(second) ? 25 : 40,
      failed: failedAt.includes(second) ? 15 : 0,
      p50Ms: 1,
      p99Ms: 5,
    }));
  const faults = [{ kind: "kill-pod", what: "a CoreDNS pod", atMs: 10_000, pod: "dns-1" }] as const;

  test("accounts for what failed around it", () => {
    expect(dnsEvidence(input({ resolvers, faults, series: series([10, 11]) }))).toMatchObject({
      causes: [{ cause: "pod-killed", failures: 30 }],
      unexplained: 0,
    });
  });

  test("and not for what failed at other times", () => {
    expect(dnsEvidence(input({ resolvers, faults, series: series([2, 3]) }))).toMatchObject({
      causes: [],
      unexplained: 30,
    });
  });
});

test("a CPU limit accounts for timeouts only where it held the server back", () => {
  const resolvers = [report("glibc", { outcomes: { "svc-ns": { ok: 90, "dns-timeout": 10 } } })];
  const of = (throttledSeconds: number | null) =>
    dnsEvidence(input({ resolvers, servers: [server({ throttledSeconds })] }));
  expect(of(6).causes).toMatchObject([{ cause: "cpu-throttled", failures: 10 }]);
  expect(of(0.2)).toMatchObject({ causes: [], unexplained: 10 });
  expect(of(null)).toMatchObject({ causes: [], unexplained: 10 });
});
