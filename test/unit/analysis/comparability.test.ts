import { describe, expect, it } from "vitest";
import { runWhy } from "../../../reports/words/run.ts";
import { sayOf } from "../../../reports/words/say.ts";
import { comparable, type Plan } from "../../../runner/analysis/comparability.ts";
import type { ComparabilityReason } from "../../../runner/result/reasons.ts";
import { floodReport } from "../../../suites/connection-flood/report/report.ts";
import { block, voided } from "./blocks.ts";

const plan: Plan = { scheduledPerBlock: 6_000, workers: 4 };
const rounds = (overrides: Parameters<typeof block>[0] = {}) =>
  [1, 2, 3].map((round) => block({ round, ...overrides }));
const workers = (wanted: number, reported: number) => ({ wanted, reported, lost: [], startSpreadMs: 0 });

function reason(arms: Parameters<typeof comparable>[0], of: Plan = plan): ComparabilityReason | "comparable" {
  const answer = comparable(arms, of);
  return answer.comparable ? "comparable" : answer.because;
}

/** As a report says it. */
function words(because: ReturnType<typeof reason>): string {
  if (because === "comparable") return because;
  return runWhy({ why: { kind: "not-comparable", because }, metrics: [] }, sayOf(floodReport));
}

describe("comparable", () => {
  it("accepts arms that had the same task", () => {
    expect(reason({ baseline: rounds(), tuned: rounds() })).toBe("comparable");
  });

  it("does not mind failures: those are what is compared", () => {
    const failing = rounds({ failures: { "connect-timeout": 3_000 } });
    expect(reason({ baseline: failing, tuned: rounds() })).toBe("comparable");
  });

  it("refuses another schedule", () => {
    const refused = reason({ baseline: rounds(), tuned: rounds({ scheduled: 5_000 }) });
    expect(refused).toEqual({ kind: "other-schedule", scheduled: 5_000, planned: 6_000 });
    expect(words(refused)).toContain("5,000 requests instead of 6,000");
  });

  it("refuses send rates more than 2 % apart", () => {
    const slower = (sent: number) => rounds({ overrides: { sent } });
    expect(reason({ baseline: rounds(), tuned: slower(5_900) })).toBe("comparable");
    const refused = reason({ baseline: rounds(), tuned: slower(5_800) });
    expect(refused).toEqual({ kind: "rates-differ", share: expect.closeTo(1 / 30, 12) });
    expect(words(refused)).toContain("send rates differ by 3.33 %");
  });

  it("lets a closed loop's target decide the rate", () => {
    const fewer = rounds({ overrides: { scheduled: 4_000, sent: 4_000 } });
    const arms = { baseline: rounds(), tuned: fewer };
    expect(comparable(arms, { ...plan, scheduledPerBlock: null })).toEqual({ comparable: true });
  });

  it("refuses another number of workers, where the plan tells one", () => {
    const short = rounds({ overrides: { workers: workers(3, 3) } });
    const refused = reason({ baseline: short, tuned: rounds() });
    expect(refused).toEqual({ kind: "workers-missing", reported: 3, wanted: 4 });
    expect(words(refused)).toContain("3 load workers instead of 4");
    expect(reason({ baseline: short, tuned: rounds() }, { ...plan, workers: null })).toBe("comparable");
  });

  it("takes a lost worker's share for lost, and not for another load", () => {
    const lost = rounds({ scheduled: 4_500, overrides: { workers: workers(4, 3) } });
    expect(reason({ baseline: rounds(), tuned: lost })).toBe("comparable");
    // Without the loss that would account for it, the same number is another schedule.
    expect(reason({ baseline: rounds(), tuned: rounds({ scheduled: 4_500 }) })).toMatchObject({
      kind: "other-schedule",
    });
  });

  it("refuses an arm without a valid block, and looks at valid blocks only", () => {
    const refused = reason({ baseline: rounds().map((each) => voided(each)), tuned: rounds() });
    expect(refused).toEqual({ kind: "no-valid-block" });
    expect(words(refused)).toContain("no valid block");
    const oneBad = [...rounds(), voided(block({ round: 4, scheduled: 10 }))];
    expect(reason({ baseline: oneBad, tuned: rounds() })).toBe("comparable");
  });

  it("does not look at the warm-up", () => {
    const warmUp = block({ round: 0, scheduled: 10 });
    expect(reason({ baseline: [warmUp, ...rounds()], tuned: rounds() })).toBe("comparable");
    expect(reason({ baseline: [warmUp], tuned: rounds() })).toEqual({ kind: "no-valid-block" });
  });
});
