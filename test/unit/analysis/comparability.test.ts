import { describe, expect, it } from "vitest";
import { runWhy } from "../../../reports/words/run.ts";
import { comparable, type Plan } from "../../../runner/analysis/comparability.ts";
import type { ComparabilityReason } from "../../../runner/result/reasons.ts";
import { block, voided } from "./blocks.ts";

const placement = { web: { "node-1": 2, "node-2": 2 }, load: { "node-1": 2, "node-2": 2 } };
const plan: Plan = { scheduledPerBlock: 6_000, workers: 4, placements: { baseline: placement, tuned: placement } };
const rounds = (overrides: Parameters<typeof block>[0] = {}) =>
  [1, 2, 3].map((round) => block({ round, ...overrides }));

function reason(arms: Parameters<typeof comparable>[0], of: Plan = plan): ComparabilityReason | "comparable" {
  const answer = comparable(arms, of);
  return answer.comparable ? "comparable" : answer.because;
}

/** As a report says it. */
function words(because: ReturnType<typeof reason>): string {
  return because === "comparable" ? because : runWhy({ why: { kind: "not-comparable", because }, metrics: [] });
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

  it("refuses another number of workers", () => {
    const short = rounds({ overrides: { workers: { wanted: 4, reported: 3, lost: [], startSpreadMs: 0 } } });
    const refused = reason({ baseline: short, tuned: rounds() });
    expect(refused).toEqual({ kind: "workers-missing", reported: 3, wanted: 4 });
    expect(words(refused)).toContain("3 load workers instead of 4");
  });

  it("refuses another placement", () => {
    const moved = { ...placement, web: { "node-1": 4 } };
    const other = { ...plan, placements: { baseline: placement, tuned: moved } };
    const refused = reason({ baseline: rounds(), tuned: rounds() }, other);
    expect(refused).toEqual({ kind: "placed-elsewhere", workload: "web" });
    expect(words(refused)).toContain("the pods of web");
  });

  it("refuses an arm without a valid block, and looks at valid blocks only", () => {
    const refused = reason({ baseline: rounds().map((each) => voided(each)), tuned: rounds() });
    expect(refused).toEqual({ kind: "no-valid-block" });
    expect(words(refused)).toContain("no valid block");
    const oneBad = [...rounds(), voided(block({ round: 4, scheduled: 10 }))];
    expect(reason({ baseline: oneBad, tuned: rounds() })).toBe("comparable");
  });
});
