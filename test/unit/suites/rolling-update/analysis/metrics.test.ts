/** How rolling updates are judged: the counts of failures that they bring, by whole simulated comparisons. */
import { describe, expect, it } from "vitest";
import { normalFrom, seededUniform } from "../../../../../runner/analysis/random.ts";
import { judge } from "../../../../../runner/analysis/verdict/judge.ts";
import type { Metric } from "../../../../../runner/result/metric.ts";
import { ROLLOUT_METRICS } from "../../../../../suites/rolling-update/analysis/metrics.ts";
import { rolloutJudging } from "../../../../../suites/rolling-update/judging.ts";
import { type RolledFacts, rolledBlock } from "./block.ts";

/** As the suite plans. */
const ROUNDS = 6;
const uniform = seededUniform(20_260_202);
const normal = normalFrom(uniform);
/** Failures of a block: about so many, with this relative deviation. */
const about = (typical: number, deviation: number) => () =>
  Math.max(0, Math.round(typical * (1 + deviation * normal())));

type Draw = () => Omit<RolledFacts, "round">;

function compare(before: Draw, after: Draw): { metrics: Metric[]; verdict: string } {
  const arm = (draw: Draw) =>
    Array.from({ length: ROUNDS }, (_, index) => rolledBlock({ round: index + 1, ...draw() }));
  const [baseline, tuned] = [arm(before), arm(after)];
  return judge({
    suite: rolloutJudging,
    arms: [
      { name: "baseline", role: "baseline", tunings: [], blocks: baseline },
      { name: "native-sleep", role: "tuned", tunings: [], blocks: tuned },
    ],
    tunings: [],
    plan: { scheduledPerBlock: 3_000, workers: null },
    spent: 1,
  });
}

function metric({ metrics }: { metrics: Metric[] }, name: string): Metric {
  const found = metrics.find((each) => each.name === name);
  if (!found) throw new Error(`no metric ${name}`);
  return found;
}

/** Shares of the verdicts in so many comparisons. */
function sharesOf(repeats: number, before: Draw, after: Draw): (verdict: string) => number {
  const verdicts = Array.from({ length: repeats }, () => compare(before, after).verdict);
  return (verdict) => verdicts.filter((each) => each === verdict).length / repeats;
}

function shareOf(repeats: number, before: Draw, after: Draw, verdict: string): number {
  return sharesOf(repeats, before, after)(verdict);
}

const draw =
  (failed: () => number): Draw =>
  () => ({ failed: failed() });

describe("a remedy that removes all failures", () => {
  it("is improved, by requests at stopping pods", () => {
    const counts = [38, 44, 41, 36, 47, 40, 42];
    let next = 0;
    const comparison = compare(
      () => ({ failed: counts[next++ % counts.length] ?? 40 }),
      () => ({ failed: 0 }),
    );
    expect(comparison.verdict).toBe("improved");
    expect(metric(comparison, "failed-requests")).toMatchObject({ verdict: "improved", baseline: 41, tuned: 0 });
    expect(metric(comparison, "failed-requests").mechanism).toContain("stopping");
    expect(metric(comparison, "status-502").verdict).toBe("improved");
  });

  it("is found in 99 of 100 comparisons of counts with a deviation of a fifth, in 94 with one of 30 %", () => {
    expect(
      shareOf(
        200,
        draw(about(40, 0.2)),
        draw(() => 0),
        "improved",
      ),
    ).toBeGreaterThanOrEqual(0.99);
    expect(
      shareOf(
        200,
        draw(about(40, 0.3)),
        draw(() => 0),
        "improved",
      ),
    ).toBeGreaterThanOrEqual(0.94);
    expect(
      shareOf(
        200,
        draw(() => 0),
        draw(about(40, 0.2)),
        "regressed",
      ),
    ).toBeGreaterThanOrEqual(0.95);
  });

  it("leaves failures at kills as they were, and does not decide by them", () => {
    const comparison = compare(
      () => ({ failed: about(40, 0.1)(), killed: 20 }),
      () => ({ failed: 0, killed: 20 }),
    );
    expect(comparison.verdict).toBe("improved");
    expect(metric(comparison, "failed-at-kills")).toMatchObject({ verdict: "equivalent", baseline: 20, tuned: 20 });
    expect(metric(comparison, "failed-requests")).toMatchObject({ tuned: 0, verdict: "improved" });
  });

  it("is not believed where nothing says that the failures were at stopping pods", () => {
    const before = about(40, 0.1);
    const lost = (failed: number): RolledFacts => ({ round: 1, failed, unexplained: failed });
    const comparison = compare(
      () => lost(before()),
      () => lost(0),
    );
    // The windows still say that pods were led to for too long.
    expect(metric(comparison, "failed-requests").mechanism).toContain("led to");
  });
});

describe("a placebo", () => {
  it("is equivalent in 98 of 100 comparisons of counts within ±20 %", () => {
    const same = draw(() => Math.round(40 * (0.8 + 0.4 * uniform())));
    expect(shareOf(200, same, same, "equivalent")).toBeGreaterThanOrEqual(0.98);
  });

  it("is equivalent in 9 of 10 where the deviation itself is 20 %, and of the rest hardly ever different", () => {
    const same = draw(about(40, 0.2));
    const share = sharesOf(200, same, same);
    expect(share("equivalent")).toBeGreaterThanOrEqual(0.9);
    expect(share("equivalent") + share("inconclusive")).toBeGreaterThan(0.96);
  });

  // Harm and help are believed at 2.5 % each; what is below half of the floor is neither.
  it("is called different in fewer than 4 of 100", () => {
    for (const deviation of [0.1, 0.2, 0.4]) {
      const same = draw(about(40, deviation));
      const share = sharesOf(200, same, same);
      expect(share("improved") + share("regressed"), `deviation ${deviation}`).toBeLessThan(0.04);
    }
  });

  it("is equivalent where nothing ever fails, and where a failure comes now and then", () => {
    expect(
      compare(
        draw(() => 0),
        draw(() => 0),
      ).verdict,
    ).toBe("equivalent");
    const rare = draw(() => (uniform() < 0.3 ? 1 : 0));
    expect(shareOf(100, rare, rare, "equivalent")).toBe(1);
  });
});

describe("the metrics beside the primary", () => {
  const comparison = compare(
    draw(about(40, 0.1)),
    draw(() => 0),
  );

  it("are few enough for as many rounds as are planned to give a verdict on each count", () => {
    expect(ROLLOUT_METRICS.filter(({ primary }) => primary).map(({ name }) => name)).toEqual(["failed-requests"]);
    const counts = comparison.metrics.filter(
      ({ primary, p, unit }) => !primary && p !== null && p < 0.05 && unit !== "%",
    );
    expect(counts.length).toBeGreaterThan(0);
    for (const { name, verdict } of counts) expect(verdict, name).toBe("improved");
  });

  it("explain the success of all requests as they explain the failures", () => {
    expect(metric(comparison, "success-rate").verdict).toBe("improved");
  });

  it("leave out what was not rolled: no kill, no number", () => {
    expect(comparison.metrics.map(({ name }) => name)).not.toContain("failed-at-kills");
    const killed = () => ({ failed: 0, killed: 20 });
    expect(compare(killed, killed).metrics.map(({ name }) => name)).toContain("failed-at-kills");
  });
});

describe("where the cluster refuses agents", () => {
  const BECAUSE = "violates PodSecurity";
  const unseen = (facts: Omit<RolledFacts, "round">) =>
    Array.from({ length: ROUNDS }, (_, index) => ({
      ...rolledBlock({ round: index + 1, ...facts, failed: facts.failed + index }),
      withoutAgents: BECAUSE,
    }));
  const judged = (before: Omit<RolledFacts, "round">, after: Omit<RolledFacts, "round">) =>
    judge({
      suite: rolloutJudging,
      arms: [
        { name: "baseline", role: "baseline", tunings: [], blocks: unseen(before) },
        { name: "native-sleep", role: "tuned", tunings: [], blocks: unseen(after) },
      ],
      tunings: [],
      plan: { scheduledPerBlock: 3_000, workers: null },
      spent: 1,
    });

  it("a help is believed that proxies' and pods' own logs explain, and the verdict says that it is without kernel counters", () => {
    const { verdict, warnings, metrics } = judged({ failed: 40 }, { failed: 0 });
    expect(verdict).toBe("improved");
    expect(warnings).toContainEqual({ kind: "without-kernel-counters", because: BECAUSE });
    expect(metric({ metrics }, "failed-requests")).toMatchObject({ mechanism: "requests at pods that were stopping" });
  });

  it("one that they don't explain is not; harm needs no explanation", () => {
    const silent = (failed: number) => ({ failed, unexplained: failed, windows: false as const });
    const helped = judged(silent(40), silent(0));
    expect(helped.verdict).toBe("inconclusive");
    expect(metric(helped, "failed-requests")).toMatchObject({ why: { kind: "no-mechanism" } });
    expect(judged(silent(0), silent(40)).verdict).toBe("regressed");
  });
});
