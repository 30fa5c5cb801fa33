import { describe, expect, it } from "vitest";
import { metricWhy } from "../../../reports/words/metric.ts";
import { judge } from "../../../runner/analysis/verdict.ts";
import type { Block, Counted } from "../../../runner/result/block.ts";
import type { Metric } from "../../../runner/result/metric.ts";
import { CONNECTION_FLOOD_METRICS } from "../../../suites/connection-flood/analysis/metrics.ts";
import { type BlockFacts, block, voided } from "./blocks.ts";

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

const arm = (facts: BlockFacts[]): Block[] => facts.map((one, index) => block({ round: index + 1, ...one }));
const pair = (first: BlockFacts, second: BlockFacts): [Counted, Counted] => [
  block({ ...first, round: 0 }),
  block({ ...second, round: 0 }),
];
function metric(metrics: Metric[], name: string): Metric {
  const found = metrics.find((one) => one.name === name);
  if (!found) throw new Error(`no metric ${name}`);
  return found;
}
const quiet = () => arm(Array.from({ length: 5 }, () => lossy(0, 0)));
const quietPair = pair(lossy(0, 0), lossy(0, 0));
const flooded = () =>
  arm([lossy(5_000, 1_600), lossy(5_300, 1_700), lossy(4_800, 1_500), lossy(5_100, 1_650), lossy(4_900, 1_580)]);
const floodedPair = pair(lossy(5_050, 1_600), lossy(5_200, 1_690));

describe("a real effect", () => {
  it("is improved on every primary after 5 rounds, with the counter that explains it", () => {
    const metrics = judge(CONNECTION_FLOOD_METRICS, flooded(), quiet(), floodedPair);
    for (const name of ["drops", "success-rate", "latency-p99"]) {
      expect(metric(metrics, name)).toMatchObject({ verdict: "improved", primary: true, roundsNeeded: null });
    }
    expect(metric(metrics, "success-rate").mechanism).toBe("conntrackDrop");
    expect(metric(metrics, "drops")).toMatchObject({ baseline: 5_000, tuned: 0, effect: -5_000 });
  });

  it("is regressed the other way round", () => {
    const metrics = judge(CONNECTION_FLOOD_METRICS, quiet(), flooded(), quietPair);
    expect(metric(metrics, "drops").verdict).toBe("regressed");
    expect(metric(metrics, "success-rate").verdict).toBe("regressed");
  });

  it("survives one voided block, and does not count it", () => {
    const tuned = quiet();
    tuned[2] = voided(block({ round: 3, ...lossy(9_999, 3_000) }));
    expect(metric(judge(CONNECTION_FLOOD_METRICS, flooded(), tuned, floodedPair), "drops").verdict).toBe("improved");
  });

  it("never counts the A/A pair as evidence for an arm", () => {
    const withPair = [...floodedPair, ...flooded()];
    const metrics = judge(CONNECTION_FLOOD_METRICS, withPair, quiet(), floodedPair);
    expect(metrics).toEqual(judge(CONNECTION_FLOOD_METRICS, flooded(), quiet(), floodedPair));
  });
});

describe("a difference that is not believed", () => {
  const drops = (...args: Parameters<typeof judge>) => metric(judge(...args), "drops");

  it("needs an A/A pair", () => {
    const verdict = drops(CONNECTION_FLOOD_METRICS, flooded(), quiet(), null);
    expect(verdict).toMatchObject({ verdict: "inconclusive", noise: null, roundsNeeded: null });
    expect(verdict.why).toEqual({ kind: "noise-unknown" });
    expect(metricWhy(verdict)).toContain("A/A");
  });

  it("must exceed what the A/A pair differed by", () => {
    const verdict = drops(CONNECTION_FLOOD_METRICS, flooded(), quiet(), pair(lossy(0, 0), lossy(6_000, 1_900)));
    expect(verdict).toMatchObject({ verdict: "inconclusive", noise: 6_000 });
    expect(verdict.why).toEqual({ kind: "within-noise", noise: 6_000 });
  });

  it("must have a kernel counter that moved the same way: the user's metric alone is inconclusive", () => {
    const slow = (p99: number) =>
      arm([0, 1, 2, 3, 4].map((step) => ({ ...lossy(0, 0), latencyMs: { p99: p99 + step } })));
    const metrics = judge(CONNECTION_FLOOD_METRICS, slow(400), slow(50), quietPair);
    expect(metric(metrics, "latency-p99")).toMatchObject({
      verdict: "inconclusive",
      mechanism: null,
      roundsNeeded: null,
    });
    expect(metric(metrics, "latency-p99").why).toEqual({ kind: "no-mechanism" });
    expect(metricWhy(metric(metrics, "latency-p99"))).toContain("no counter moved");
  });

  it("is not made by a counter that moved the other way", () => {
    const noisy = arm([0, 1, 2, 3, 4].map((step) => ({ ...lossy(100 + step, 0), latencyMs: { p99: 50 + step } })));
    const slow = arm([0, 1, 2, 3, 4].map((step) => ({ ...lossy(0, 0), latencyMs: { p99: 400 + step } })));
    const metrics = judge(CONNECTION_FLOOD_METRICS, noisy, slow, quietPair);
    expect(metric(metrics, "latency-p99")).toMatchObject({ verdict: "inconclusive", mechanism: null });
  });

  it("is not made by one burst in one block, though the Poisson test alone would swear to it", () => {
    const burst = quiet();
    burst[3] = block({ round: 4, ...lossy(900, 300) });
    const verdict = drops(CONNECTION_FLOOD_METRICS, quiet(), burst, quietPair);
    expect(verdict.verdict).toBe("inconclusive");
    expect(verdict.roundsNeeded).not.toBe(0);
  });

  it("needs the Poisson test too when counts are rare", () => {
    const spec = CONNECTION_FLOOD_METRICS.filter((one) => one.name === "drops").map((one) => ({
      ...one,
      floor: { absolute: 0.5 },
    }));
    const one = arm(Array.from({ length: 5 }, () => lossy(1, 0)));
    const verdict = drops(spec, quiet(), one, quietPair);
    expect(verdict.p).toBeLessThan(0.05);
    expect(verdict).toMatchObject({
      verdict: "inconclusive",
      why: { kind: "may-be-chance", baselineEvents: 0, tunedEvents: 5 },
    });
    expect(metricWhy(verdict)).toContain("Poisson");
    const six = arm([6, 7, 5, 6, 8].map((count) => lossy(count, 0)));
    expect(drops(spec, quiet(), six, quietPair).verdict).toBe("regressed");
  });
});

describe("no effect", () => {
  it("is equivalent, with the rule of three, when nothing ever happened", () => {
    const drops = metric(judge(CONNECTION_FLOOD_METRICS, quiet(), quiet(), quietPair), "drops");
    expect(drops.verdict).toBe("equivalent");
    expect(drops.why).toEqual({
      kind: "nothing-happened",
      baselineOf: 30_000,
      tunedOf: 30_000,
      mostShare: expect.closeTo(3 / 30_000, 12),
    });
    expect(metricWhy(drops)).toBe("0 of 30,000 and 0 of 30,000 requests, so at most 0.01 % in either arm");
    expect(drops.smallestDetectable).toBeGreaterThan(0);
  });

  it("is equivalent when the whole interval lies within the floor", () => {
    const calm = (p99s: number[]) => arm(p99s.map((p99) => ({ ...lossy(0, 0), latencyMs: { p99 } })));
    const metrics = judge(CONNECTION_FLOOD_METRICS, calm([5, 6, 7, 5, 6]), calm([6, 5, 7, 8, 6]), quietPair);
    expect(metric(metrics, "latency-p99").verdict).toBe("equivalent");
  });

  it("is inconclusive, with the rounds that would do, when the noise hides it", () => {
    const wild = (p99s: number[]) => arm(p99s.map((p99) => ({ ...lossy(0, 0), latencyMs: { p99 } })));
    const p99 = metric(
      judge(CONNECTION_FLOOD_METRICS, wild([5, 26, 7, 35, 16]), wild([6, 25, 17, 38, 9]), quietPair),
      "latency-p99",
    );
    expect(p99.verdict).toBe("inconclusive");
    expect(p99.roundsNeeded).toBeGreaterThan(1);
  });
});

describe("the floor", () => {
  const floorOf = (name: string, blocks: Block[]) =>
    metric(judge(CONNECTION_FLOOD_METRICS, blocks, quiet(), floodedPair), name).floor;

  it("is absolute where the baseline is fine, and a tenth of its losses where it is not", () => {
    expect(floorOf("success-rate", quiet())).toBe(0.5);
    expect(floorOf("success-rate", flooded())).toBeCloseTo(2.667, 3); // 1,600 of 6,000 fail
    expect(floorOf("drops", quiet())).toBe(20);
    expect(floorOf("drops", flooded())).toBe(500);
  });
});

describe("too little data", () => {
  it("is never a pass", () => {
    for (const metrics of [
      judge(CONNECTION_FLOOD_METRICS, [], [], null),
      judge(CONNECTION_FLOOD_METRICS, flooded(), [], floodedPair),
      judge(
        CONNECTION_FLOOD_METRICS,
        flooded().map((one) => voided(one)),
        quiet(),
        floodedPair,
      ),
    ]) {
      expect(metrics.every((one) => one.verdict === "inconclusive" && one.effect === null)).toBe(true);
    }
  });

  it("says that a counter could not be read, instead of taking it for 0", () => {
    const blind = arm(Array.from({ length: 5 }, () => ({})));
    const drops = metric(judge(CONNECTION_FLOOD_METRICS, blind, quiet(), quietPair), "drops");
    expect(drops).toMatchObject({ verdict: "inconclusive", why: { kind: "unmeasured", arms: ["baseline"] } });
    expect(metricWhy(drops)).toBe("no valid block of baseline measured it");
  });

  it("of 3 rounds a side shows no difference, however large, and names the rounds that would", () => {
    const drops = metric(
      judge(CONNECTION_FLOOD_METRICS, flooded().slice(0, 3), quiet().slice(0, 3), floodedPair),
      "drops",
    );
    expect(drops).toMatchObject({ verdict: "inconclusive", smallestDetectable: null, roundsNeeded: 2 });
    expect(drops.why).toEqual({ kind: "too-few-blocks", baseline: 3, tuned: 3 });
  });
});

it("the smallest detectable effect is never 0 nor below the floor, even without any spread", () => {
  for (const one of judge(CONNECTION_FLOOD_METRICS, quiet(), quiet(), quietPair)) {
    expect(one.smallestDetectable).toBeGreaterThan(0);
    expect(one.smallestDetectable).toBeGreaterThanOrEqual(one.floor);
  }
});
