import { describe, expect, it } from "vitest";
import { metricWhy } from "../../../../reports/words/metric.ts";
import type { MetricSpec } from "../../../../runner/analysis/metrics.ts";
import { type Judgement, type JudgeRequest, judge } from "../../../../runner/analysis/verdict/judge.ts";
import type { Block } from "../../../../runner/result/block.ts";
import type { Metric } from "../../../../runner/result/metric.ts";
import type { VoidReason } from "../../../../runner/result/reasons.ts";
import type { TuningReport } from "../../../../runner/result/tuning.ts";
import { CONNECTION_FLOOD_METRICS } from "../../../../suites/connection-flood/analysis/metrics.ts";
import { type BlockFacts, block, voided } from "../blocks.ts";

/** A block in which so many packets were dropped, and so many requests failed of it. */
function lossy(drops: number, failed: number, p99 = failed > 60 ? 3_000 : 5): BlockFacts {
  return {
    failures: failed > 0 ? { "connect-timeout": failed } : {},
    latencyMs: { p99, p999: Math.max(p99, 12) },
    counters: [
      { hop: "client-conntrack", deltas: { conntrackDrop: drops } },
      { hop: "client-ports", deltas: { synRetrans: drops, timeWaitSockets: 5_000 } },
      { hop: "listen-queue", deltas: { listenDrops: 0 } },
    ],
  };
}

const ROUNDS = 6;
const arm = (facts: readonly BlockFacts[]): Block[] => facts.map((one, index) => block({ round: index + 1, ...one }));
const times = (count: number, facts: (index: number) => BlockFacts) =>
  arm(Array.from({ length: count }, (_, i) => facts(i)));

function judged(
  baseline: readonly Block[],
  tuned: readonly Block[],
  changes: Partial<JudgeRequest<unknown>> = {},
  metrics: readonly MetricSpec[] = CONNECTION_FLOOD_METRICS,
): Judgement {
  return judge({
    suite: { metrics },
    arms: [
      { name: "none", role: "baseline", tunings: [], blocks: baseline },
      { name: "recommended", role: "tuned", tunings: [], blocks: tuned },
    ],
    tunings: [],
    plan: { scheduledPerBlock: 6_000, workers: 4 },
    spent: 1,
    ...changes,
  });
}

function metric({ metrics }: Judgement, name: string): Metric {
  const found = metrics.find((one) => one.name === name);
  if (!found) throw new Error(`no metric ${name}`);
  return found;
}

/** What the harness says against blocks, in the rounds given. */
function spoiltIn(blocks: readonly Block[], rounds: readonly number[], reason: VoidReason): Block[] {
  return blocks.map((each) => (each.valid && rounds.includes(each.round) ? { ...each, spoiltBy: [reason] } : each));
}
const LATE: VoidReason = { kind: "generator-lag", p99Ms: 80, mostMs: 50 };

const quiet = (rounds = ROUNDS) => times(rounds, () => lossy(0, 0));
const FLOODED = [
  lossy(5_000, 1_600),
  lossy(5_300, 1_700),
  lossy(4_800, 1_500),
  lossy(5_100, 1_650),
  lossy(4_900, 1_580),
  lossy(5_020, 1_610),
];
const flooded = (rounds = ROUNDS) => arm(FLOODED.slice(0, rounds));
const slow = (p99: number, drops = 0) =>
  times(ROUNDS, (step) => ({ ...lossy(drops + step, 0), latencyMs: { p99: p99 + step, p999: 500 } }));

describe("a real effect", () => {
  it("is improved on every primary after 6 rounds, with the counter that explains it", () => {
    const judgement = judged(flooded(), quiet());
    for (const name of ["drops", "success-rate", "latency-p99"]) {
      expect(metric(judgement, name)).toMatchObject({ verdict: "improved", primary: true, roundsNeeded: null });
    }
    expect(metric(judgement, "success-rate").mechanism).toBe("conntrackDrop");
    expect(metric(judgement, "drops")).toMatchObject({ baseline: 5_020, tuned: 0, effect: -5_020 });
    // A metric is not its own mechanism: what was dropped is told by what clients had to send again.
    expect(metric(judgement, "drops").mechanism).toBe("synRetrans");
    expect(judgement.verdict).toBe("improved");
  });

  it("is regressed the other way round", () => {
    const judgement = judged(quiet(), flooded());
    expect(metric(judgement, "drops").verdict).toBe("regressed");
    expect(metric(judgement, "success-rate").verdict).toBe("regressed");
    expect(judgement.verdict).toBe("regressed");
  });

  it("survives one voided block, and does not count it", () => {
    const tuned = quiet(ROUNDS + 1);
    tuned[2] = voided(block({ round: 3, ...lossy(9_999, 3_000) }));
    const drops = metric(judged(flooded(), tuned), "drops");
    expect(drops).toMatchObject({ verdict: "improved", tuned: 0 });
  });

  it("never counts the warm-up as evidence for an arm", () => {
    const warmUp = block({ round: 0, ...lossy(0, 0) });
    expect(judged([warmUp, ...flooded()], quiet())).toEqual(judged(flooded(), quiet()));
  });

  it("is judged more strictly where the level has been spent on several looks", () => {
    expect(metric(judged(flooded(5), quiet(5)), "drops").verdict).toBe("improved");
    expect(metric(judged(flooded(5), quiet(5), { spent: 0.2 }), "drops").verdict).toBe("inconclusive");
    expect(metric(judged(flooded(), quiet(), { spent: 0.5 }), "drops").verdict).toBe("improved");
  });
});

describe("harm", () => {
  it("needs no mechanism: that users wait longer is enough", () => {
    const judgement = judged(slow(50), slow(400));
    expect(metric(judgement, "latency-p99")).toMatchObject({
      verdict: "regressed",
      mechanism: null,
      why: { kind: "harmed", mechanism: null },
    });
    expect(judgement.verdict).toBe("regressed");
  });

  it("is told with the counter that moved, where one did", () => {
    const p99 = metric(judged(slow(50), slow(400, 300)), "latency-p99");
    expect(p99).toMatchObject({ verdict: "regressed", why: { kind: "harmed", mechanism: "conntrackDrop" } });
    expect(metricWhy(p99)).toContain("conntrackDrop");
  });

  it("to what users feel beside the primaries decides as well", () => {
    const half = (p50: number) => times(ROUNDS, (step) => ({ ...lossy(0, 0), latencyMs: { p50: p50 + step / 10 } }));
    const judgement = judged(half(1), half(4.4));
    expect(metric(judgement, "latency-p50")).toMatchObject({ verdict: "regressed", primary: false, felt: true });
    expect(judgement).toMatchObject({
      verdict: "regressed",
      why: { kind: "metrics-decide", metrics: ["latency-p50"] },
    });
  });
});

describe("a difference that is not believed", () => {
  it("must have a kernel counter that moved the same way: the user's metric alone is no help", () => {
    const p99 = metric(judged(slow(400), slow(50)), "latency-p99");
    expect(p99).toMatchObject({ verdict: "inconclusive", mechanism: null, roundsNeeded: null });
    expect(p99.why).toEqual({ kind: "no-mechanism" });
    expect(metricWhy(p99)).toContain("no counter moved");
  });

  it("is not made by a counter that moved the other way", () => {
    const p99 = metric(judged(slow(400), slow(50, 300)), "latency-p99");
    expect(p99).toMatchObject({ verdict: "inconclusive", mechanism: null, why: { kind: "no-mechanism" } });
  });

  it("is not explained by a counter that moved by too little: one packet in 6 000 moves no p99", () => {
    const p99 = metric(judged(slow(400, 12), slow(50)), "latency-p99");
    // Half of the 60 requests that lie beyond the p99 of 6 000.
    const why = { kind: "mechanism-too-small", mechanism: "conntrackDrop", moved: 12, needed: 30 };
    expect(p99).toMatchObject({ verdict: "inconclusive", why });
    expect(metricWhy(p99)).toContain("conntrackDrop moved by 12 only, and 30 could explain it");
    expect(metric(judged(slow(400, 60), slow(50)), "latency-p99").verdict).toBe("improved");
  });

  it("is not made by one burst in one block", () => {
    const burst = quiet();
    burst[3] = block({ round: 4, ...lossy(900, 0) });
    const drops = metric(judged(quiet(), burst), "drops");
    expect(drops.verdict).toBe("inconclusive");
    expect(drops.roundsNeeded).not.toBe(0);
  });

  it("is not made by a few events either, though it is by many", () => {
    const spec = CONNECTION_FLOOD_METRICS.filter(({ name }) => name === "drops").map((one) => ({
      ...one,
      floor: { absolute: 0.5 },
    }));
    const counts = (...drops: number[]) => arm(drops.map((count) => lossy(count, 0)));
    const few = judged(quiet(), counts(1, 0, 1, 0, 1, 0), {}, spec);
    expect(metric(few, "drops").verdict).toBe("inconclusive");
    expect(metric(judged(quiet(), counts(6, 7, 5, 6, 8, 6), {}, spec), "drops").verdict).toBe("regressed");
  });

  it("is not the target's where the generator itself was as much later", () => {
    const late = (lagMs: number, p99: number) =>
      times(ROUNDS, (step) => ({
        ...lossy(0, 0),
        latencyMs: { p99: p99 + step / 10 },
        overrides: { scheduleLagMs: { p50: 0.1, p99: lagMs, max: 60 } },
      }));
    expect(metric(judged(late(1, 5), late(41, 45)), "latency-p99")).toMatchObject({
      verdict: "inconclusive",
      why: { kind: "generator-late", baselineMs: 1, tunedMs: 41 },
    });
    expect(metric(judged(late(1, 5), late(41, 105)), "latency-p99").verdict).toBe("regressed");
  });

  it("is not told by blocks that are spoilt in one arm only, and is said once for all the metrics", () => {
    const rounds = 8;
    const calm = times(rounds, () => lossy(0, 0));
    const judgement = judged(calm, spoiltIn(calm, [1, 2, 3, 4, 5], LATE));
    expect(metric(judgement, "latency-p99")).toMatchObject({
      verdict: "inconclusive",
      why: { kind: "spoilt-by-arm", baseline: 0, baselineOf: 8, tuned: 5, tunedOf: 8, first: LATE },
    });
    // Counts are as good as ever.
    expect(metric(judgement, "success-rate").verdict).toBe("equivalent");
    expect(judgement.warnings).toMatchObject([{ kind: "spoilt-by-arm", tuned: 5, tunedOf: 8 }]);
  });
});

describe("no effect", () => {
  it("is equivalent, with the rule of three, when nothing ever happened", () => {
    const drops = metric(judged(quiet(), quiet()), "drops");
    expect(drops.verdict).toBe("equivalent");
    expect(drops.why).toEqual({
      kind: "nothing-happened",
      baselineOf: 36_000,
      tunedOf: 36_000,
      mostShare: expect.closeTo(3 / 36_000, 12),
    });
    expect(metricWhy(drops)).toBe("0 of 36,000 and 0 of 36,000 requests, so at most 0.01 % in either arm");
    expect(drops.smallestDetectable).toBeGreaterThan(0);
  });

  it("is equivalent when the whole interval lies within the floor", () => {
    const calm = (p99s: number[]) => arm(p99s.map((p99) => ({ ...lossy(0, 0), latencyMs: { p99 } })));
    const p99 = metric(judged(calm([5, 6, 7, 5, 6, 6]), calm([6, 5, 7, 8, 6, 7])), "latency-p99");
    expect(p99).toMatchObject({ verdict: "equivalent", why: { kind: "within-floor" } });
  });

  it("is not equal where one block of one arm fails as none of the other does", () => {
    const wild = quiet(8);
    wild[4] = block({ round: 5, ...lossy(0, 0), failures: { reset: 60 } });
    expect(metric(judged(quiet(8), wild), "success-rate")).toMatchObject({
      verdict: "inconclusive",
      why: {
        ...{ kind: "fails-in-one-arm", arm: "tuned", round: 5, cause: "reset", requests: 60, of: 6_000, otherMost: 0 },
        ...{ inAll: 60, ofAll: 48_000, otherInAll: 0 },
      },
    });
  });

  it("keeps an improvement back where one tuned block fails as none of the baseline does", () => {
    const wild = quiet(8);
    wild[4] = block({ round: 5, ...lossy(0, 0), failures: { reset: 60 } });
    const dropped = times(8, (step) => lossy(5_000 + step, 0));
    expect(judged(dropped, wild)).toMatchObject({ verdict: "inconclusive", why: { kind: "possible-harm" } });
  });

  it("and all the more where it fails more", () => {
    const wild = quiet(8);
    wild[4] = block({ round: 5, ...lossy(0, 0), failures: { reset: 1_500 } });
    const dropped = times(8, (step) => lossy(5_000 + step, 0));
    expect(judged(dropped, wild).verdict).not.toBe("improved");
  });

  it("is not equal where one block of one arm is ten times slower than any of the other", () => {
    const wild = quiet(8);
    wild[4] = block({ round: 5, ...lossy(0, 0, 3_000) });
    expect(metric(judged(quiet(8), wild), "latency-p99")).toMatchObject({
      verdict: "inconclusive",
      why: { kind: "slow-in-one-arm", arm: "tuned", round: 5, value: 3_000, otherMost: 5 },
    });
  });

  it("is inconclusive, with the rounds that would do, when the noise hides it", () => {
    const wild = (p99s: number[]) => arm(p99s.map((p99) => ({ ...lossy(0, 0), latencyMs: { p99 } })));
    const p99 = metric(judged(wild([5, 56, 7, 75, 36, 20]), wild([6, 45, 37, 78, 9, 50])), "latency-p99");
    expect(p99).toMatchObject({ verdict: "inconclusive", why: { kind: "undecided" } });
    expect(p99.roundsNeeded).toBeGreaterThan(1);
  });

  it("has the typical difference of two blocks of one arm for its noise", () => {
    const calm = (p99s: number[]) => arm(p99s.map((p99) => ({ ...lossy(0, 0), latencyMs: { p99 } })));
    // 1, 1, 2 in one arm and 3, 3, 6 in the other, which differs more.
    expect(metric(judged(calm([5, 6, 7]), calm([5, 8, 11])), "latency-p99").noise).toBe(3);
  });
});

describe("the floor", () => {
  const floorOf = (name: string, blocks: Block[]) => metric(judged(blocks, quiet()), name).floor;

  it("is absolute where the baseline is fine, and a tenth of its losses where it is not", () => {
    expect(floorOf("success-rate", quiet())).toBe(0.5);
    expect(floorOf("success-rate", flooded())).toBeCloseTo(2.678, 3); // 1,607 of 6,000 fail
    expect(floorOf("drops", quiet())).toBe(20);
    expect(floorOf("drops", flooded())).toBe(502);
  });
});

describe("too little data", () => {
  it("is never a pass", () => {
    for (const judgement of [
      judged([], []),
      judged(flooded(), []),
      judged(
        flooded().map((one) => voided(one)),
        quiet(),
      ),
    ]) {
      expect(judgement.verdict).toBe("invalid");
      expect(judgement.metrics.length).toBeGreaterThan(0);
      expect(judgement.metrics.every((one) => one.verdict === "inconclusive" && one.effect === null)).toBe(true);
    }
  });

  it("says that a counter could not be read, instead of taking it for 0", () => {
    const blind = times(ROUNDS, () => ({}));
    const drops = metric(judged(blind, quiet()), "drops");
    // What one arm alone could read is no evidence for it either.
    expect(drops).toMatchObject({ verdict: "inconclusive", state: "unmeasured", why: { kind: "unmeasured" } });
    expect(metricWhy(drops)).toContain("no valid block of baseline");
  });

  it("says what spoilt a metric in every block, and whether that was one arm's", () => {
    const spoilt = () => spoiltIn(quiet(), [1, 2, 3, 4, 5, 6], LATE);
    expect(metric(judged(spoilt(), spoilt()), "latency-p99")).toMatchObject({
      state: "unmeasured",
      why: { kind: "spoilt", arms: ["baseline", "tuned"], blocks: 12, first: LATE },
    });
    expect(metric(judged(spoilt(), quiet()), "latency-p99")).toMatchObject({
      state: "unmeasured",
      why: { kind: "spoilt-by-arm", baseline: 6, baselineOf: 6, tuned: 0, tunedOf: 6, first: LATE },
    });
  });

  it("of 3 rounds a side shows no difference, however large, and names the rounds that would", () => {
    const drops = metric(judged(flooded(3), quiet(3)), "drops");
    expect(drops).toMatchObject({ verdict: "inconclusive", smallestDetectable: null });
    expect(drops.roundsNeeded).toBeGreaterThanOrEqual(2);
    expect(drops.why).toEqual({ kind: "too-few-blocks", baseline: 3, tuned: 3 });
  });

  it("of 2 rounds a side is not equal, however alike", () => {
    expect(metric(judged(quiet(2), quiet(2)), "success-rate").verdict).toBe("inconclusive");
    expect(metric(judged(quiet(3), quiet(3)), "success-rate").verdict).toBe("equivalent");
  });
});

describe("the reason of what is open", () => {
  const secondary = () => judged(arm(FLOODED.slice(0, 4)), quiet(4));

  it("is that there are too few blocks, where complete separation is not enough for its side", () => {
    expect(metric(secondary(), "latency-p999")).toMatchObject({
      verdict: "inconclusive",
      why: { kind: "too-few-blocks", baseline: 4, tuned: 4 },
    });
  });
});

it("counters that one arm alone could read are left out, and named", () => {
  const more = times(ROUNDS, () => {
    const facts = lossy(0, 0);
    const counters = [
      ...(facts.counters ?? []),
      { where: "node-9", hop: "client-conntrack" as const, deltas: { conntrackDrop: 900 } },
    ];
    return { ...facts, counters };
  });
  const judgement = judged(quiet(), more);
  expect(metric(judgement, "drops")).toMatchObject({ verdict: "equivalent", tuned: 0 });
  expect(judgement.warnings).toEqual([{ kind: "read-in-one-arm", arm: "tuned", where: ["node-9"] }]);
});

it("the smallest detectable effect is never 0 nor below the floor, even without any spread", () => {
  for (const one of judged(quiet(), quiet()).metrics) {
    expect(one.smallestDetectable).toBeGreaterThan(0);
    expect(one.smallestDetectable).toBeGreaterThanOrEqual(one.floor);
  }
});

describe("two clusters", () => {
  /** As they would be on a cluster whose nodes have other names. */
  const renamed = (blocks: readonly Block[]): Block[] =>
    blocks.map((each) => ({
      ...each,
      counters: each.counters.map((entry) => ({ ...entry, where: entry.where.replace(/[\w-]+$/, "other-1") })),
    }));
  const never: TuningReport = {
    ...{ name: "t", arm: "recommended", setting: "x = 1", scope: "node", actsIn: "pods", note: "" },
    ...{ arrival: "never-arrived", failed: null, readBacks: [] },
  };

  it("are compared by their counters, and the first thing to know is that no difference has one cause", () => {
    const judgement = judged(flooded(), renamed(quiet()), { twoClusters: true });
    expect(metric(judgement, "success-rate")).toMatchObject({ verdict: "improved", mechanism: "conntrackDrop" });
    expect(judgement).toMatchObject({ verdict: "improved", warnings: [{ kind: "two-clusters" }] });
    expect(judged(flooded(), renamed(quiet())).warnings).toMatchObject([{ kind: "read-in-one-arm" }, {}]);
  });

  it("may differ whatever became of a tuning: nothing is said to be the tuning's", () => {
    const on = (twoClusters: boolean) => judged(flooded(), quiet(), { twoClusters, tunings: [never] });
    expect(on(true).verdict).toBe("improved");
    expect(on(false)).toMatchObject({ verdict: "inconclusive", why: { kind: "not-by-tuning" } });
  });

  it("are not called better where no counter moved: one cluster's neighbours can do that", () => {
    const judgement = judged(slow(400), slow(50), { twoClusters: true });
    expect(metric(judgement, "latency-p99").why.kind).toBe("no-mechanism");
    expect(judgement.verdict).toBe("inconclusive");
  });

  it("must have been given the same load", () => {
    const less = times(ROUNDS, () => ({ scheduled: 4_000 }));
    expect(judged(quiet(), less, { twoClusters: true })).toMatchObject({
      verdict: "invalid",
      why: { kind: "not-comparable", because: { kind: "other-schedule" } },
    });
  });
});
