import { describe, expect, it } from "vitest";
import { overall } from "../../../runner/analysis/overall.ts";
import type { Metric, MetricVerdict } from "../../../runner/result/metric.ts";
import { block } from "./blocks.ts";

function metric(name: string, verdict: MetricVerdict, primary = true): Metric {
  return {
    name,
    unit: "ms",
    primary,
    better: "lower",
    baseline: 1,
    tuned: 1,
    effect: 0,
    ci: [0, 0],
    p: 1,
    pAdjusted: 1,
    smallestDetectable: 1,
    floor: 1,
    noise: 0,
    roundsNeeded: null,
    mechanism: null,
    verdict,
    why: `because of ${name}`,
  };
}

const rounds = (valid: boolean[]) =>
  valid.map((ok, index) =>
    block({ round: index + 1, valid: ok, overrides: ok ? {} : { invalidBecause: ["steal 5 %"] } }),
  );
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
    const answer = overall({ ...fine, metrics: [metric("a", "equivalent"), metric("b", "regressed", false)] });
    expect(answer).toMatchObject({ verdict: "equivalent", why: expect.stringContaining("b regressed") });
  });

  it("names secondaries that improved where the primaries show nothing, and not where they do", () => {
    const beside = [metric("b", "regressed", false), metric("c", "improved", false)];
    const whyWith = (verdict: MetricVerdict) => overall({ ...fine, metrics: [metric("a", verdict), ...beside] }).why;
    expect(whyWith("equivalent")).toMatch(/\(beside it, b regressed, and c improved\)/);
    expect(whyWith("improved")).toMatch(/\(beside it, b regressed\)/);
  });

  it("takes no metric for no evidence, never for a pass", () => {
    expect(verdictOf()).toBe("inconclusive");
    expect(verdictOf(metric("a", "improved", false))).toBe("inconclusive");
  });

  it("is invalid when the arms must not be compared", () => {
    const answer = overall({
      ...fine,
      metrics: [metric("a", "improved")],
      comparability: { comparable: false, because: "the rates differ" },
    });
    expect(answer).toEqual({ verdict: "invalid", why: "the arms cannot be compared: the rates differ" });
  });

  it("is invalid when voided blocks leave too few, and says why they were voided", () => {
    const metrics = [metric("a", "inconclusive"), metric("b", "equivalent"), metric("c", "inconclusive")];
    const answer = overall({ ...fine, metrics, tuned: rounds([true, false, false, false, true]) });
    expect(answer).toMatchObject({ verdict: "invalid", why: expect.stringContaining("steal 5 %") });
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
