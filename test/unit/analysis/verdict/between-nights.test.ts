/** One arm of two nights: what blocks show, and what nights allow. */
import { describe, expect, test } from "vitest";
import { normalFrom, seededUniform } from "../../../../runner/analysis/random.ts";
import type { Judgement } from "../../../../runner/analysis/verdict/judge.ts";
import { blocks, judgeDocument, metricOf, wobble } from "./documents.ts";

const ROUNDS = 6;
/** So much of the kernel's doing that the premise of a flood is met, on either night. */
const DROPS = 5;

/** A night of blocks whose p99 lies around a level. */
const night = (p99: number, noise = 0.1) =>
  blocks(ROUNDS, (round) => ({ p99: p99 * (1 + noise * (wobble(round) - 0.5)), drops: DROPS }));

function between(before: object[], tonight: object[], p99s: readonly number[], more: Record<string, number> = {}) {
  const nights = p99s.map((p99, i) => ({
    at: new Date(Date.UTC(2026, 0, 1 + i)).toISOString(),
    values: { "latency-p99": p99, drops: DROPS, "success-rate": 100, ...more },
  }));
  return judgeDocument(before, tonight, { against: { nights } });
}

const p99Of = (judgement: Judgement) => metricOf(judgement, "latency-p99");
const STEADY = [100, 101, 99, 100, 102, 98, 101];

describe("with nights enough to know how they differ", () => {
  test("harm beyond blocks and beyond all nights is a regression", () => {
    const found = between(night(100), night(160), STEADY);
    expect(p99Of(found)).toMatchObject({ verdict: "regressed", effect: expect.closeTo(60, -1) });
    expect(found.verdict).toBe("regressed");
  });

  test("the same harm is none where nights differ as much", () => {
    const wild = [100, 170, 60, 140, 90, 180, 70];
    expect(judgeDocument(night(100), night(160)).verdict).toBe("regressed");
    const found = between(night(100), night(160), wild);
    expect(p99Of(found)).toMatchObject({
      verdict: "inconclusive",
      why: { kind: "nights-differ", nights: 7, most: expect.closeTo(168, -1) },
      roundsNeeded: null,
    });
    expect(found.verdict).toBe("inconclusive");
  });

  test("what was as bad on another good night is no regression, however sure the blocks are", () => {
    const found = between(night(100), night(160), [...STEADY, ...STEADY, 161]);
    expect(p99Of(found)).toMatchObject({ verdict: "inconclusive", why: { kind: "nights-differ" } });
  });

  test("no difference is equivalent only where nights differ by less than matters", () => {
    expect(p99Of(between(night(100), night(100), STEADY)).verdict).toBe("equivalent");
    const found = p99Of(between(night(100), night(100), [100, 130, 80, 115, 90, 125]));
    expect(found).toMatchObject({ verdict: "inconclusive", why: { kind: "nights-differ", nights: 6 } });
    const [low, high] = found.ci ?? [0, 0];
    expect(high - low).toBeGreaterThan(100);
  });

  test("what it could have seen is no smaller than what nights hide", () => {
    const alone = p99Of(judgeDocument(night(100), night(100))).smallestDetectable ?? 0;
    const wild = p99Of(between(night(100), night(100), [100, 130, 80, 115, 90, 125])).smallestDetectable ?? 0;
    expect(wild).toBeGreaterThan(5 * alone);
  });
});

describe("with fewer than five nights", () => {
  test.each([1, 2, 4])("neither better nor equal is believed, nor a harm that is not plain: %i", (count) => {
    for (const level of [50, 100, 170]) {
      const found = between(night(100), night(level), STEADY.slice(0, count));
      expect(p99Of(found), `${level}`).toMatchObject({
        verdict: "inconclusive",
        ci: null,
        smallestDetectable: null,
        why: { kind: "nights-differ", nights: count, most: null },
      });
      expect(found.verdict).toBe("inconclusive");
    }
  });

  test("plain harm is a regression: each block more than twice as bad as any before", () => {
    expect(between(night(100), night(260), [100]).verdict).toBe("regressed");
    expect(p99Of(between(night(100), night(260), [100, 120])).verdict).toBe("regressed");
    expect(p99Of(between(night(100), night(260), [100, 150])).verdict).toBe("inconclusive");
  });

  test("so are failures where there were none", () => {
    const failing = blocks(ROUNDS, () => ({ failures: { "connect-timeout": 1_500 }, drops: DROPS }));
    const found = between(night(5), failing, [5, 5]);
    expect(metricOf(found, "success-rate")).toMatchObject({ verdict: "regressed", effect: expect.closeTo(-25, 3) });
    expect(found.verdict).toBe("regressed");
  });
});

test("pods that are on other nodes than on that night void no block; those that moved within a night do", () => {
  const on = (node: string) => ({ placement: { web: { [node]: 2 } } });
  const placed = (node: string) => blocks(ROUNDS, (round) => ({ p99: 100 + wobble(round), drops: DROPS, ...on(node) }));
  expect(between(placed("node-1"), placed("node-9"), STEADY).verdict).not.toBe("invalid");
  expect(judgeDocument(placed("node-1"), placed("node-9")).verdict).toBe("invalid");
  const moved = ["node-9", "node-8", "node-7"].flatMap((node, i) => placed(node).slice(2 * i, 2 * i + 2));
  expect(between(placed("node-1"), moved, STEADY)).toMatchObject({
    verdict: "invalid",
    why: { kind: "too-few-blocks", voided: 4, first: { kind: "placed-elsewhere", workload: "web" }, tuned: 2 },
  });
});

/** Verdicts on p99 of nights that differ by chance alone, each having peculiarities of its own that all its blocks share. */
function verdictsBy(chance: { readonly nights: number; readonly shift: number; readonly wrong: number }): string[] {
  const { nights, shift, wrong } = chance;
  return Array.from({ length: 100 }, (_, seed) => {
    const uniform = seededUniform(seed + 1);
    const normal = normalFrom(uniform);
    const level = () => 100 * (1 + 0.04 * normal()) * (uniform() < wrong ? 1.3 : 1);
    const earlier = Array.from({ length: nights }, level);
    const blocksAt = (at: number) => blocks(ROUNDS, () => ({ p99: at * (1 + 0.02 * normal()), drops: DROPS }));
    return p99Of(between(blocksAt(earlier.at(-1) ?? 0), blocksAt(level() * shift), earlier)).verdict;
  });
}

describe("by chance", () => {
  test("nights that differ by 4 %, one in fifty by 30 %, are called regressed once in a hundred at most", () => {
    for (const nights of [1, 5, 20]) {
      const found = verdictsBy({ nights, shift: 1, wrong: 0.02 });
      expect(found.filter((verdict) => verdict === "regressed").length, `${nights} nights`).toBeLessThanOrEqual(1);
    }
  });

  test("harm of half as much again is found with ten nights, and never called equal with any", () => {
    const found = verdictsBy({ nights: 10, shift: 1.5, wrong: 0 });
    expect(found.filter((verdict) => verdict === "regressed").length).toBeGreaterThanOrEqual(90);
    for (const nights of [1, 5]) expect(verdictsBy({ nights, shift: 1.5, wrong: 0.02 })).not.toContain("equivalent");
  });
});
