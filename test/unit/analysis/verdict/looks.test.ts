import { describe, expect, it, test } from "vitest";
import { criticalU } from "../../../../runner/analysis/mann-whitney.ts";
import { normalFrom, seededUniform } from "../../../../runner/analysis/random.ts";
import { ALPHA } from "../../../../runner/analysis/verdict/levels.ts";
import { type Look, looksOf } from "../../../../runner/analysis/verdict/looks.ts";

const spentIn = (looks: readonly Look[]) => looks.reduce((total, { spends }) => total + spends, 0);

test("are every second round from the sixth on, with the last at the end and none right before it", () => {
  const at = (rounds: number) => looksOf(rounds).map(({ afterRounds }) => afterRounds);
  expect([5, 6, 7, 8, 9, 10, 11, 14].map(at)).toEqual([
    [5],
    [6],
    [7],
    [6, 8],
    [6, 9],
    [6, 8, 10],
    [6, 8, 11],
    [6, 8, 10, 12, 14],
  ]);
});

test("never spend more than the level, and leave half of it for the end", () => {
  for (let rounds = 1; rounds <= 60; rounds++) {
    const looks = looksOf(rounds);
    expect(spentIn(looks)).toBeCloseTo(1, 12);
    expect(looks.at(-1)?.spends).toBeGreaterThanOrEqual(0.5);
  }
});

test("the first is enough for what is clear in any of five metrics", () => {
  const [first] = looksOf(8);
  expect(criticalU(6, 6, (ALPHA * (first?.spends ?? 0)) / 5)).toBe(0);
});

describe("more planned rounds do not find less", () => {
  const [FEWEST, MOST, RUNS] = [5, 12, 4_000];
  /** Where a discrete test happens to use its whole level, the next size of it may find so much less. */
  const MARGIN = 0.01;
  const normal = normalFrom(seededUniform(7));
  const drawn = Array.from({ length: RUNS }, () => ({
    baseline: Array.from({ length: MOST }, normal),
    tuned: Array.from({ length: MOST }, normal),
  }));

  /** By run, after so many rounds: pairs of blocks whose order is not that of the arms. */
  function outOfOrder(deviations: number, rounds: number): number[] {
    return drawn.map(({ baseline, tuned }) => {
      let pairs = 0;
      for (let i = 0; i < rounds; i++)
        for (let j = 0; j < rounds; j++) if ((baseline[i] ?? 0) > (tuned[j] ?? 0) + deviations) pairs += 1;
      return pairs;
    });
  }

  function foundBy(deviations: number, looks: (rounds: number) => Look[], metrics: number): number[] {
    const pairs = new Map(
      Array.from({ length: MOST - FEWEST + 1 }, (_, index) => [FEWEST + index, outOfOrder(deviations, FEWEST + index)]),
    );
    return [...pairs.keys()].map((planned) => {
      const tests = looks(planned).map(({ afterRounds, spends }) => ({
        pairs: pairs.get(afterRounds) ?? [],
        critical: criticalU(afterRounds, afterRounds, (ALPHA * spends) / metrics),
      }));
      const found = drawn.filter((_, run) => tests.some(({ pairs: of, critical }) => (of[run] ?? 0) <= critical));
      return found.length / RUNS;
    });
  }

  /** By how much most rounds fall behind fewer ones. */
  function worstFall(power: readonly number[]): number {
    return Math.max(...power.map((found, index) => Math.max(0, ...power.slice(0, index)) - found));
  }

  it.each([1, 1.5, 2, 3])("an effect of %f standard deviations of a block", (deviations) => {
    for (const metrics of [1, 2, 3, 5, 8]) {
      const power = foundBy(deviations, looksOf, metrics);
      expect(worstFall(power), `${metrics} metrics: ${power.join(" ")}`).toBeLessThan(MARGIN);
      expect(power.at(-1)).toBeGreaterThan(power[0] ?? 0);
    }
  });

  it("as they would if half of the level went into a look after six of seven rounds", () => {
    const halves = (rounds: number): Look[] =>
      rounds <= 6
        ? [{ afterRounds: rounds, spends: 1 }]
        : [
            { afterRounds: 6, spends: 0.5 },
            { afterRounds: rounds, spends: 0.5 },
          ];
    expect(worstFall(foundBy(1, halves, 1))).toBeGreaterThan(3 * MARGIN);
  });

  it("and arms that do not differ are called different no more often than the level allows", () => {
    const deviation = Math.sqrt(((ALPHA / 2) * (1 - ALPHA / 2)) / RUNS);
    for (const share of foundBy(0, looksOf, 1)) expect(share).toBeLessThan(ALPHA / 2 + 3 * deviation);
  });
});
