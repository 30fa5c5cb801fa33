import { describe, expect, test } from "vitest";
import { judge } from "../../../../../runner/analysis/verdict/judge.ts";
import type { Arm, ArmsOf, Role } from "../../../../../runner/result/result.ts";
import { attributeDns } from "../../../../../suites/dns-storm/analysis/attribution.ts";
import { predictDns } from "../../../../../suites/dns-storm/analysis/predictions.ts";
import type { DnsEvidence } from "../../../../../suites/dns-storm/evidence.ts";
import { stormJudging } from "../../../../../suites/dns-storm/judging.ts";
import { counted, dnsBlock, report, server } from "./block.ts";
import { raw } from "./raw.ts";

/** The warm-up and six rounds; the tuned arm has ndots 2. */
function arm<R extends Role>(role: R, options: string): Arm<DnsEvidence, R> {
  const seen = (round: number) =>
    dnsBlock(round, {
      resolvers: [report("glibc", { options }), report("musl", { options })],
      counting: [...counted("glibc", options), ...counted("musl", options)],
      servers: [
        server({
          queries: options === "ndots:2" ? { A: 2_900 + round, AAAA: 2_900 } : { A: 4_500 + round, AAAA: 4_500 },
        }),
      ],
      // As fast in both arms, a little apart from round to round.
      raw: raw(options, { perSecond: 12_000 + 30 * round }),
    });
  const rounds = [...(role === "baseline" ? [0] : []), 1, 2, 3, 4, 5, 6];
  return { name: role, role, tunings: [], blocks: rounds.map(seen) };
}

const baseline = arm("baseline", "ndots:5");
const tuned = arm("tuned", "ndots:2");

describe("ndots 5 to 2, all as the model says", () => {
  const judged = judge({
    suite: stormJudging,
    arms: [baseline, tuned],
    tunings: [],
    plan: { scheduledPerBlock: null, workers: null },
    spent: 1,
  });
  const metrics = new Map(judged.metrics.map((metric) => [metric.name, metric]));

  test("external names get fewer queries, counted", () => {
    expect(metrics.get("queries-per-lookup-external")).toMatchObject({ baseline: 8, tuned: 2, verdict: "improved" });
  });

  test("svc.ns.svc: more queries with glibc, and no address at all with musl", () => {
    // With musl 2 and NXDOMAIN: no bargain.
    expect(metrics.get("queries-per-lookup-svc-ns-svc")).toMatchObject({
      baseline: 6,
      tuned: 8,
      verdict: "regressed",
    });
    expect(metrics.get("lookup-failures")).toMatchObject({ baseline: 0, tuned: 100, verdict: "regressed" });
  });

  test("as many answers per second serve more look-ups", () => {
    expect(metrics.get("lookup-capacity")).toMatchObject({
      unit: "look-ups/s",
      verdict: "improved",
      mechanism: "queries counted for each look-up",
    });
  });

  test("what got worse decides, and what got better stands beside it", () => {
    expect(judged).toMatchObject({
      verdict: "regressed",
      why: { kind: "metrics-decide", beside: { improved: expect.arrayContaining(["lookup-capacity"]) } },
    });
  });

  test("a failure that follows from the resolver's rules is attributed", () => {
    const { attribution, hops } = attributeDns([baseline, tuned]);
    expect(attribution).toMatchObject({ failures: 600, attributed: 600, unexplained: 0, byHop: { dns: 600 } });
    expect(attribution.evidence).toContainEqual({
      kind: "failures-of-cause",
      arm: "tuned",
      cause: "not-searched",
      outcomes: ["dns-nxdomain"],
      failures: 600,
      why: {
        kind: "never-asked-for",
        names: [{ resolver: "musl", name: "kubernetes.default.svc", ndots: 2 }],
      },
      sameInAllBlocks: true,
    });
    expect(hops.filter(({ name }) => name === "dns").map(({ arm: of }) => of)).toEqual(["baseline", "tuned"]);
  });
});

describe("queries 8 to 2 a look-up, and 403 of 1,080 look-ups fail", () => {
  /** 135 look-ups of each of eight kinds of names; of three kinds nearly all go unanswered, and no server's counter says why. */
  function judgedWith(failingIn: (round: number) => boolean) {
    const unanswered = (failed: number) => ({ ok: 135 - failed, "dns-timeout": failed });
    const seen = (round: number, options: string, fails: boolean) => {
      const outcomes = { external: unanswered(134), short: unanswered(134), full: unanswered(135) };
      const block = dnsBlock(round, {
        resolvers: [report("glibc", { options, each: 135, ...(fails ? { outcomes } : {}) })],
        counting: counted("glibc", options),
        servers: [server({ queries: { A: 2_900 + round, AAAA: 2_900 } })],
      });
      return fails ? { ...block, outcomes: { ok: 677, "dns-timeout": 403 } } : block;
    };
    const rounds = [1, 2, 3, 4, 5, 6];
    const arms: ArmsOf<DnsEvidence> = [
      { name: "baseline", role: "baseline", tunings: [], blocks: rounds.map((round) => seen(round, "ndots:5", false)) },
      {
        ...{ name: "tuned", role: "tuned", tunings: [] },
        blocks: rounds.map((round) => seen(round, "ndots:2", failingIn(round))),
      },
    ];
    const plan = { scheduledPerBlock: null, workers: null };
    return { arms, judgement: judge({ suite: stormJudging, arms, tunings: [], plan, spent: 1 }) };
  }

  test("regressed, however many queries are saved; what nobody explains is a failure", () => {
    const { arms, judgement } = judgedWith(() => true);
    const byName = new Map(judgement.metrics.map((metric) => [metric.name, metric]));
    expect(byName.get("queries-per-lookup-external")).toMatchObject({ baseline: 8, tuned: 2 });
    expect(byName.get("lookup-failures")).toMatchObject({ baseline: 0, tuned: 403, verdict: "regressed" });
    expect(byName.get("success-rate")?.verdict).toBe("regressed");
    expect(attributeDns(arms).attribution).toMatchObject({ failures: 6 * 403, unexplained: 6 * 403 });
    expect(judgement).toMatchObject({ verdict: "regressed", why: { kind: "metrics-decide" } });
  });

  test("in one block alone: never improved, and never equal", () => {
    const { judgement } = judgedWith((round) => round === 3);
    expect(judgement).toMatchObject({ verdict: "inconclusive", why: { kind: "possible-harm" } });
  });
});

test("every prediction of a count is met, and the storm's as well", () => {
  const rows = predictDns("baseline", baseline.blocks, { servesStale: false });
  const byName = new Map(rows.map((row) => [row.name, row]));
  expect(byName.get("queries-per-lookup-external")).toMatchObject({ predicted: 8, measured: 8, error: 0 });
  expect(byName.get("queries-per-lookup-full")).toMatchObject({ predicted: 8, measured: 8 });
  // 100 look-ups of each kind with each of two resolvers: 2 + 4 + 6 + 8 + 8 + 8 + 2 + 8 queries.
  expect(byName.get("queries-in-storm")?.predicted).toBe(2 * 100 * 46);
});
