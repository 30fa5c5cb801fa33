import { describe, expect, test } from "vitest";
import { dnsEvidence } from "../../../../../suites/dns-storm/analysis/evidence.ts";
import { input, report, stretch } from "./block.ts";

test("a missing name that is said to be missing is not a failure", () => {
  expect(dnsEvidence(input())).toMatchObject({ failures: 0, causes: [], unexplained: 0 });
});

test("what musl never asks for is its own doing", () => {
  const { failures, causes, unexplained } = dnsEvidence(input({ resolvers: [report("musl", { options: "ndots:2" })] }));
  // kubernetes.default.svc; shop.test and kubernetes.default have fewer dots, and are searched.
  expect([failures, unexplained]).toEqual([100, 0]);
  expect(causes).toMatchObject([{ cause: "not-searched", outcome: "dns-nxdomain", failures: 100 }]);
  expect(causes[0]?.why).toEqual({
    kind: "never-asked-for",
    names: [{ resolver: "musl", name: "kubernetes.default.svc", ndots: 2 }],
  });
});

describe("max_concurrent", () => {
  const refusing = (queries: number) => [stretch({ maxConcurrentRejects: queries, responses: { REFUSED: queries } })];
  const resolvers = [report("glibc", { outcomes: { external: { ok: 60, "dns-servfail": 40 } } })];

  test("accounts for as many failures as its refusals can have caused", () => {
    expect(dnsEvidence(input({ resolvers, stretches: refusing(160) }))).toMatchObject({
      failures: 40,
      causes: [{ cause: "max-concurrent", failures: 40 }],
      unexplained: 0,
    });
  });

  test("takes half as many to fail a look-up that asks for A first, and for AAAA only then", () => {
    const inTurn = [
      report("glibc", {
        options: "ndots:5 single-request-reopen",
        outcomes: { external: { ok: 60, "dns-servfail": 40 } },
      }),
    ];
    const of = (refusals: number) => dnsEvidence(input({ resolvers: inTurn, stretches: refusing(refusals) }));
    expect(of(80)).toMatchObject({ causes: [{ cause: "max-concurrent", failures: 40 }], unexplained: 0 });
    expect(of(78)).toMatchObject({ unexplained: 1 });
  });

  test("leaves what its refusals do not cover unexplained", () => {
    const { causes, unexplained } = dnsEvidence(input({ resolvers, stretches: refusing(100) }));
    expect([causes[0]?.failures, unexplained]).toEqual([25, 15]);
  });

  test("accounts for nothing that was under way at another time", () => {
    const later = [stretch(), ...refusing(1_000).map((each) => ({ ...each, fromMs: 10_000, toMs: 20_000 }))];
    expect(dnsEvidence(input({ resolvers, stretches: later }))).toMatchObject({ causes: [], unexplained: 40 });
  });

  test("can leave half an answer, which makes an existing name look as if it had no address", () => {
    const half = [report("glibc", { outcomes: { external: { ok: 98, "dns-nodata": 2 } } })];
    expect(dnsEvidence(input({ resolvers: half, stretches: refusing(2) }))).toMatchObject({
      causes: [{ cause: "max-concurrent", outcome: "dns-nodata", failures: 2 }],
      unexplained: 0,
    });
  });

  test("accounts for nothing with what it refused to refreshes of the cache", () => {
    const stretches = [stretch({ maxConcurrentRejects: 160, responses: { NOERROR: 4_000 } })];
    expect(dnsEvidence(input({ resolvers, stretches }))).toMatchObject({ causes: [], unexplained: 40 });
  });

  test("has nothing to do with names of the cluster", () => {
    const inCluster = [report("glibc", { outcomes: { short: { ok: 60, "dns-servfail": 40 } } })];
    expect(dnsEvidence(input({ resolvers: inCluster, stretches: refusing(1_000) }))).toMatchObject({
      causes: [],
      unexplained: 40,
    });
  });
});

describe("answers that the upstream left out", () => {
  const lookupsThatTook = (tookMs: number) => [
    report("glibc", { outcomes: { external: { ok: 90, "dns-servfail": 10 } }, tookMs }),
  ];

  test("are counted at the upstream", () => {
    expect(dnsEvidence(input({ resolvers: lookupsThatTook(5_000), stretches: [stretch({}, 50)] }))).toMatchObject({
      causes: [{ cause: "upstream-lost", outcome: "dns-servfail", failures: 10 }],
      unexplained: 0,
    });
  });

  test("are not what a look-up died of that ended before anyone could know", () => {
    expect(dnsEvidence(input({ resolvers: lookupsThatTook(300), stretches: [stretch({}, 50)] }))).toMatchObject({
      causes: [],
      unexplained: 10,
    });
  });

  test("come before refusals where a look-up waited, and after them where it did not", () => {
    const both = [stretch({ maxConcurrentRejects: 400, responses: { REFUSED: 400 } }, 50)];
    expect(dnsEvidence(input({ resolvers: lookupsThatTook(5_000), stretches: both })).causes).toMatchObject([
      { cause: "upstream-lost", failures: 10 },
    ]);
    expect(dnsEvidence(input({ resolvers: lookupsThatTook(20), stretches: both })).causes).toMatchObject([
      { cause: "max-concurrent", failures: 10 },
    ]);
  });
});

test.each(["musl", "node"] as const)(
  "of %s, which waits by itself, what was counted more often is likelier",
  (resolver) => {
    const resolvers = [report(resolver, { outcomes: { external: { ok: 90, "dns-timeout": 10 } }, tookMs: 5_000 })];
    const of = (refused: number, lost: number) =>
      dnsEvidence(
        input({
          resolvers,
          stretches: [stretch({ maxConcurrentRejects: refused, responses: { REFUSED: refused } }, lost)],
        }),
      ).causes;
    expect(of(400, 50)).toMatchObject([{ cause: "max-concurrent", failures: 10 }]);
    expect(of(50, 400)).toMatchObject([{ cause: "upstream-lost", failures: 10 }]);
  },
);

describe("a killed pod", () => {
  const failedAt = (...failedAtMs: readonly number[]) => [
    report("glibc", { outcomes: { short: { ok: 70, "dns-servfail": 30 } }, failedAtMs, tookMs: 1_000 }),
  ];
  const what = { kind: "kill-pod", atMs: 10_000 } as const;
  const faults = [{ what, atMs: 10_000, untilMs: 11_500, pod: "dns-1" }];

  test("accounts for what was under way before its place was taken", () => {
    // 13.4 s: the rules that lead to its successor may be written 2 s after it is ready.
    expect(dnsEvidence(input({ resolvers: failedAt(9_100, 11_000, 13_400), faults }))).toMatchObject({
      causes: [
        { cause: "pod-killed", failures: 30, why: { kind: "under-way-at-kill", failures: 30, pods: ["dns-1"] } },
      ],
      unexplained: 0,
    });
  });

  test("and not for what failed at other times", () => {
    expect(dnsEvidence(input({ resolvers: failedAt(8_900, 13_600), faults }))).toMatchObject({
      causes: [],
      unexplained: 30,
    });
  });
});

test("a CPU limit accounts for timeouts only where it held the server back", () => {
  const resolvers = [report("glibc", { outcomes: { "svc-ns": { ok: 90, "dns-timeout": 10 } } })];
  const of = (throttledSeconds: number | null) =>
    dnsEvidence(input({ resolvers, stretches: [stretch({ throttledSeconds })] }));
  expect(of(6).causes).toMatchObject([{ cause: "cpu-throttled", failures: 10 }]);
  expect(of(0.2)).toMatchObject({ causes: [], unexplained: 10 });
  expect(of(null)).toMatchObject({ causes: [], unexplained: 10 });
});

test("a storm's time is parted where the servers were read", () => {
  const slice = (atMs: number, failed: number) => ({
    atMs,
    scheduled: 40,
    ok: 40 - failed,
    failed,
    p50Ms: 1,
    p99Ms: 5,
  });
  const stretches = [
    { ...stretch(), toMs: 1_000 },
    { ...stretch({ maxConcurrentRejects: 9, responses: { REFUSED: 7 }, throttledSeconds: null }, 3), fromMs: 1_000 },
  ];
  const series = [slice(0, 0), slice(500, 1), slice(1_000, 2), slice(1_500, 4)];
  expect(dnsEvidence(input({ stretches, series })).stretches).toEqual([
    { fromMs: -500, toMs: 1_000, refused: 0, lost: 0, throttledShare: 0, lookups: 80, failures: 1, okLatency: "" },
    { fromMs: 1_000, toMs: 10_000, refused: 7, lost: 3, throttledShare: null, lookups: 80, failures: 6, okLatency: "" },
  ]);
});
