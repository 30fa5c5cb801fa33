import { describe, expect, it } from "vitest";
import { runWhy } from "../../../../reports/words/run.ts";
import { type Answer, type Findings, overall } from "../../../../runner/analysis/verdict/overall.ts";
import type { Metric, MetricVerdict, OpenMetric } from "../../../../runner/result/metric.ts";
import type { VoidReason } from "../../../../runner/result/reasons.ts";
import type { TuningReport } from "../../../../runner/result/tuning.ts";
import { block, voided } from "../blocks.ts";

const COMMON = {
  unit: "ms",
  better: "lower" as const,
  baseline: 1,
  tuned: 1,
  effect: 0,
  ci: [0, 0] as [number, number],
  p: 1,
  pAdjusted: 1,
  smallestDetectable: 1,
  floor: 1,
  noise: 0,
  roundsNeeded: null,
  mechanism: null,
};

function metric(name: string, verdict: MetricVerdict, primary = true, felt = false): Metric {
  const common = { ...COMMON, name, primary, felt };
  return verdict === "inconclusive"
    ? { ...common, state: "open", verdict, why: { kind: "undecided" } }
    : { ...common, state: "settled", verdict, why: { kind: "within-floor" } };
}

/** Users feel it, it is not primary, and it is open. */
function suspect(changes: Partial<OpenMetric>): OpenMetric {
  const open = { state: "open", verdict: "inconclusive", why: { kind: "undecided" } } as const;
  return { ...COMMON, name: "felt", primary: false, felt: true, ...open, ...changes };
}

function tuning(setting: string, arrival: TuningReport["arrival"]): TuningReport {
  const of = { name: setting, arm: "tuned", setting, scope: "node", actsIn: "the server pods", note: "" } as const;
  return { ...of, arrival, failed: null, readBacks: [] };
}

const STEAL: VoidReason = { kind: "steal", share: 0.05, mostShare: 0.02 };
const spoilt = (blocks: number) => Array.from({ length: blocks }, (_, i) => voided(block({ round: i + 1 }), STEAL));
const fine: Omit<Findings, "metrics"> = {
  tunings: [],
  counted: { baseline: 8, tuned: 8 },
  voided: [],
  twoClusters: false,
  invalid: { premise: null, comparability: null },
};
const answerOf = (...metrics: Metric[]) => overall({ ...fine, metrics });
const verdictOf = (...metrics: Metric[]) => answerOf(...metrics).verdict;
/** No suite's own words are needed here. */
const words = ({ why }: Answer, metrics: Metric[]) => runWhy({ why, metrics }, ({ kind }) => kind);

describe("overall", () => {
  it("lets one regressed primary outweigh every improved one", () => {
    expect(verdictOf(metric("a", "improved"), metric("b", "regressed"), metric("c", "improved"))).toBe("regressed");
  });

  it("is improved by one improved primary when none regressed", () => {
    expect(verdictOf(metric("a", "improved"), metric("b", "inconclusive"))).toBe("improved");
  });

  it("is equivalent only if every primary is", () => {
    expect(verdictOf(metric("a", "equivalent"), metric("b", "equivalent"))).toBe("equivalent");
    expect(verdictOf(metric("a", "equivalent"), metric("b", "inconclusive"))).toBe("inconclusive");
  });

  it("lets what stands beside decide nothing, but names those that regressed", () => {
    const metrics = [metric("a", "equivalent"), metric("b", "regressed", false)];
    const answer = overall({ ...fine, metrics });
    const why = { kind: "no-difference", metrics: ["a"], beside: { improved: [], regressed: ["b"] } };
    expect(answer).toEqual({ verdict: "equivalent", why });
    expect(words(answer, metrics)).toContain("b regressed");
  });

  it("names secondaries that improved where the primaries show nothing, and not where they do", () => {
    const beside = [metric("b", "regressed", false), metric("c", "improved", false)];
    const whyWith = (verdict: MetricVerdict) => {
      const metrics = [metric("a", verdict), ...beside];
      const answer = overall({ ...fine, metrics });
      return { why: answer.why, words: words(answer, metrics) };
    };
    const [nothing, unsure, better] = (["equivalent", "inconclusive", "improved"] as const).map(whyWith);
    for (const each of [nothing, unsure]) {
      expect(each?.why).toMatchObject({ metrics: ["a"], beside: { improved: ["c"], regressed: ["b"] } });
      expect(each?.words).toMatch(/\(beside it, b regressed, and c improved\)/);
    }
    expect(better?.why).toEqual({
      kind: "metrics-decide",
      metrics: ["a"],
      beside: { improved: [], regressed: ["b"] },
    });
    expect(better?.words).toMatch(/\(beside it, b regressed\)/);
  });

  it("takes no metric for no evidence, never for a pass", () => {
    expect(verdictOf()).toBe("inconclusive");
    expect(verdictOf(metric("a", "improved", false))).toBe("inconclusive");
    const answer = overall({ ...fine, metrics: [] });
    expect(answer.why).toEqual({ kind: "nothing-judged" });
    expect(words(answer, [])).toBe("no primary metric was judged");
  });

  it("is invalid when the arms must not be compared", () => {
    const because = { kind: "rates-differ", share: 0.05 } as const;
    const metrics = [metric("a", "improved")];
    const answer = overall({ ...fine, metrics, invalid: { premise: null, comparability: because } });
    expect(answer).toEqual({ verdict: "invalid", why: { kind: "not-comparable", because } });
    expect(words(answer, metrics)).toBe("the arms cannot be compared: the achieved send rates differ by 5 %");
  });

  it("is invalid when voided blocks leave too few, and says why they were voided", () => {
    const metrics = [metric("a", "inconclusive"), metric("b", "equivalent"), metric("c", "inconclusive")];
    const answer = overall({ ...fine, metrics, counted: { baseline: 5, tuned: 2 }, voided: spoilt(3) });
    expect(answer).toEqual({
      verdict: "invalid",
      why: { kind: "too-few-blocks", voided: 3, first: STEAL, baseline: 5, tuned: 2 },
    });
    expect(words(answer, metrics)).toBe(
      "3 blocks had to be voided (5 % of a node's CPU was stolen by its host (at most 2 %)); 5 baseline and 2 tuned blocks are too few for a verdict",
    );
    const enough = overall({ ...fine, metrics, counted: { baseline: 5, tuned: 3 }, voided: spoilt(2) });
    expect(enough.verdict).toBe("inconclusive");
  });

  it("is inconclusive, not invalid, when too few rounds were asked for and all were valid", () => {
    const metrics = [metric("a", "inconclusive")];
    expect(overall({ ...fine, metrics, counted: { baseline: 2, tuned: 2 } }).verdict).toBe("inconclusive");
  });

  it("is invalid without any valid block", () => {
    const answer = overall({ ...fine, metrics: [], counted: { baseline: 0, tuned: 8 } });
    expect(answer.verdict).toBe("invalid");
  });

  it("is invalid before anything else where the premise is not met", () => {
    const premise = { kind: "no-way", requests: 6_000 } as const;
    const comparability = { kind: "no-valid-block" } as const;
    const metrics = [metric("a", "regressed")];
    const answer = overall({ ...fine, metrics, invalid: { premise, comparability } });
    expect(answer).toEqual({ verdict: "invalid", why: { kind: "premise-not-met", because: premise } });
    expect(words(answer, metrics)).toContain("there is no way to the target");
  });
});

describe("what users feel", () => {
  it("decides where it got worse, primary or not, against all that improved", () => {
    const metrics = [metric("a", "improved"), metric("b", "regressed", false, true), metric("c", "regressed", false)];
    const answer = answerOf(...metrics);
    expect(answer).toEqual({
      verdict: "regressed",
      why: { kind: "metrics-decide", metrics: ["b"], beside: { improved: ["a"], regressed: ["c"] } },
    });
    expect(words(answer, metrics)).toMatch(/^b: .*\(beside it, c regressed, and a improved\)$/);
  });

  it("decides nothing where it got better", () => {
    expect(verdictOf(metric("a", "equivalent"), metric("b", "improved", false, true))).toBe("equivalent");
  });

  it("keeps an improvement back where it may have got worse", () => {
    const metrics = [metric("a", "improved"), suspect({ effect: 3, p: 0.15 })];
    const answer = answerOf(...metrics);
    expect(answer).toEqual({
      verdict: "inconclusive",
      why: { kind: "possible-harm", improved: ["a"], metrics: ["felt"] },
    });
    expect(words(answer, metrics)).toMatch(/^a improved, but something may have got worse: felt: /);
  });

  it("and equality where there is little doubt of it", () => {
    expect(verdictOf(metric("a", "equivalent"), suspect({ effect: 3, p: 0.15 }))).toBe("equivalent");
    expect(answerOf(metric("a", "equivalent"), suspect({ effect: 3, p: 0.04 }))).toMatchObject({
      verdict: "inconclusive",
      why: { kind: "not-enough-evidence", metrics: ["felt"] },
    });
  });

  it.each<[string, Partial<OpenMetric>]>([
    ["by less than matters", { effect: 0.9, p: 0.15 }],
    ["by what chance does one time in ten", { effect: 3, p: 0.2 }],
    ["in the other direction", { effect: -3, p: 0.15 }],
    ["where more is better", { effect: 3, p: 0.15, better: "higher" }],
    ["where nobody feels it", { effect: 3, p: 0.15, felt: false }],
  ])("is no suspect %s", (_, changes) => {
    expect(verdictOf(metric("a", "improved"), suspect(changes))).toBe("improved");
  });

  it("is one where it falls though more is better", () => {
    expect(verdictOf(metric("a", "improved"), suspect({ effect: -3, p: 0.15, better: "higher" }))).toBe("inconclusive");
  });

  it("is one where only blocks of the tuned arm fail or are slow, however small the whole effect", () => {
    const wild = (arm: "baseline" | "tuned") =>
      suspect({ why: { kind: "slow-in-one-arm", arm, round: 3, value: 3_000, otherMost: 8 } });
    expect(verdictOf(metric("a", "improved"), wild("tuned"))).toBe("inconclusive");
    expect(verdictOf(metric("a", "improved"), wild("baseline"))).toBe("improved");
  });
});

describe("equality of the primaries", () => {
  it.each(["baseline", "tuned"] as const)("is none where %s alone fails in a way, or is spoilt", (arm) => {
    const counts = { round: 3, requests: 20, of: 6_000, otherMost: 0 };
    const fails = suspect({ why: { kind: "fails-in-one-arm", arm, cause: "reset", ...counts } });
    const [baseline, tuned] = arm === "baseline" ? [6, 0] : [0, 6];
    const first = { kind: "steal", share: 0.2, mostShare: 0.02 } as const;
    const spoilt = suspect({ why: { kind: "spoilt-by-arm", baseline, baselineOf: 8, tuned, tunedOf: 8, first } });
    for (const metric_ of [fails, spoilt])
      expect(answerOf(metric("a", "equivalent"), metric_)).toMatchObject({
        verdict: "inconclusive",
        why: { kind: "not-enough-evidence", metrics: ["felt"] },
      });
    expect(verdictOf(metric("a", "equivalent"), { ...fails, felt: false })).toBe("equivalent");
  });

  it("is one beside a slow block of the baseline alone, and none beside one of the tuned arm", () => {
    const slow = (arm: "baseline" | "tuned") =>
      suspect({ why: { kind: "slow-in-one-arm", arm, round: 3, value: 3_000, otherMost: 8 } });
    expect(verdictOf(metric("a", "equivalent"), slow("baseline"))).toBe("equivalent");
    expect(verdictOf(metric("a", "equivalent"), slow("tuned"))).toBe("inconclusive");
  });
});

describe("an improvement without the tuning", () => {
  const metrics = [metric("a", "improved")];

  it("is nobody's, if not one of its settings arrived", () => {
    const tunings = [tuning("x = 1", "never-arrived"), tuning("y = 2", "refused")];
    const answer = overall({ ...fine, metrics, tunings });
    expect(answer).toEqual({
      verdict: "inconclusive",
      why: { kind: "not-by-tuning", improved: ["a"], settings: ["x = 1", "y = 2"] },
    });
    expect(words(answer, metrics)).toBe("a improved, but not by this tuning: x = 1, y = 2 did not arrive");
  });

  it("is the tuning's if one arrived, even in part, and where there is none to arrive", () => {
    for (const arrival of ["arrived", "partly"] as const)
      expect(
        overall({ ...fine, metrics, tunings: [tuning("x = 1", "never-arrived"), tuning("y = 2", arrival)] }).verdict,
      ).toBe("improved");
    expect(overall({ ...fine, metrics, tunings: [] }).verdict).toBe("improved");
  });

  it("is no excuse for harm", () => {
    const tunings = [tuning("x = 1", "never-arrived")];
    expect(overall({ ...fine, metrics: [metric("a", "regressed")], tunings }).verdict).toBe("regressed");
  });
});
