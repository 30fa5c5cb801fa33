import { describe, expect, it } from "vitest";
import { runWhy } from "../../../reports/words/run.ts";
import { overall } from "../../../runner/analysis/overall.ts";
import type { Metric, MetricVerdict } from "../../../runner/result/metric.ts";
import type { VoidReason } from "../../../runner/result/reasons.ts";
import { block, voided } from "./blocks.ts";

function metric(name: string, verdict: MetricVerdict, primary = true): Metric {
  const common = {
    name,
    unit: "ms",
    primary,
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
  return verdict === "inconclusive"
    ? { ...common, state: "open", verdict, why: { kind: "undecided" } }
    : { ...common, state: "settled", verdict, why: { kind: "within-floor" } };
}

const STEAL: VoidReason = { kind: "steal", share: 0.05, mostShare: 0.02 };
const rounds = (valid: boolean[]) =>
  valid.map((ok, index) => {
    const made = block({ round: index + 1 });
    return ok ? made : voided(made, STEAL);
  });
const fine = {
  baseline: rounds([true, true, true, true, true]),
  tuned: rounds([true, true, true, true, true]),
  comparability: { comparable: true } as const,
};
const verdictOf = (...metrics: Metric[]) => overall({ ...fine, metrics }).verdict;

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

  it("lets secondaries decide nothing, but names those that regressed", () => {
    const metrics = [metric("a", "equivalent"), metric("b", "regressed", false)];
    const answer = overall({ ...fine, metrics });
    const why = { kind: "no-difference", metrics: ["a"], beside: { improved: [], regressed: ["b"] } };
    expect(answer).toEqual({ verdict: "equivalent", why });
    expect(runWhy({ ...answer, metrics })).toContain("b regressed");
  });

  it("names secondaries that improved where the primaries show nothing, and not where they do", () => {
    const beside = [metric("b", "regressed", false), metric("c", "improved", false)];
    const whyWith = (verdict: MetricVerdict) => {
      const metrics = [metric("a", verdict), ...beside];
      const { why } = overall({ ...fine, metrics });
      return { why, words: runWhy({ why, metrics }) };
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
    expect(runWhy({ ...answer, metrics: [] })).toBe("no primary metric was judged");
  });

  it("is invalid when the arms must not be compared", () => {
    const because = { kind: "rates-differ", share: 0.05 } as const;
    const metrics = [metric("a", "improved")];
    const answer = overall({ ...fine, metrics, comparability: { comparable: false, because } });
    expect(answer).toEqual({ verdict: "invalid", why: { kind: "not-comparable", because } });
    expect(runWhy({ ...answer, metrics })).toBe("the arms cannot be compared: the achieved send rates differ by 5 %");
  });

  it("is invalid when voided blocks leave too few, and says why they were voided", () => {
    const metrics = [metric("a", "inconclusive"), metric("b", "equivalent"), metric("c", "inconclusive")];
    const answer = overall({ ...fine, metrics, tuned: rounds([true, false, false, false, true]) });
    expect(answer).toEqual({
      verdict: "invalid",
      why: { kind: "too-few-blocks", voided: 3, first: STEAL, baseline: 5, tuned: 2 },
    });
    expect(runWhy({ ...answer, metrics })).toBe(
      "3 blocks had to be voided (5 % of a node's CPU was stolen by its host (at most 2 %)); 5 baseline and 2 tuned blocks are too few for a verdict",
    );
    expect(overall({ ...fine, metrics, tuned: rounds([true, false, true, true, true]) }).verdict).toBe("inconclusive");
  });

  it("is inconclusive, not invalid, when too few rounds were asked for and all were valid", () => {
    const metrics = [metric("a", "inconclusive")];
    const short = { ...fine, metrics, baseline: rounds([true, true, true]), tuned: rounds([true, true, true]) };
    expect(overall(short).verdict).toBe("inconclusive");
  });

  it("is invalid without any valid block", () => {
    expect(overall({ ...fine, metrics: [], baseline: [], tuned: [] }).verdict).toBe("invalid");
  });
});
