import { describe, expect, it } from "vitest";
import { criticalU, lowerTailOfU, mannWhitneyP, smallestP } from "../../../runner/analysis/mann-whitney.ts";
import references from "./references/references.json" with { type: "json" };

/** The definition itself: every way to deal the pooled values out to the arms. */
function pByEnumeration(a: number[], b: number[]): number {
  const pooled = [...a, ...b];
  const u = (x: number[], y: number[]) =>
    x.flatMap((v) => y.map((w) => (v > w ? 1 : v === w ? 0.5 : 0))).reduce((s: number, v) => s + v, 0);
  const centre = (a.length * b.length) / 2;
  const seen = Math.abs(u(a, b) - centre);
  let splits = 0;
  let extreme = 0;
  for (let mask = 0; mask < 2 ** pooled.length; mask++) {
    const inA = pooled.filter((_, i) => (mask >> i) & 1);
    if (inA.length !== a.length) continue;
    splits += 1;
    const inB = pooled.filter((_, i) => !((mask >> i) & 1));
    if (Math.abs(u(inA, inB) - centre) >= seen - 1e-9) extreme += 1;
  }
  return extreme / splits;
}

describe("mannWhitneyP", () => {
  it.each([
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
    [
      [1, 2, 3, 4, 5],
      [6, 7, 8, 9, 10],
    ],
    [
      [1.1, 7, 3],
      [2, 2.5, 9, 11],
    ],
    [
      [0, 0, 0, 5],
      [0, 1, 5, 5, 5],
    ],
    [
      [0, 0, 0, 0, 0],
      [0, 0, 0, 0, 300],
    ],
    [
      [3, 3, 3],
      [3, 3, 3],
    ],
  ])("equals the enumeration of all splits: %j against %j", (a, b) => {
    expect(mannWhitneyP(a, b)).toBeCloseTo(pByEnumeration(a, b), 12);
  });

  it("knows the published extremes: 3 a side cannot go below 0.10, 5 a side reach 0.0079", () => {
    expect(mannWhitneyP([1, 2, 3], [4, 5, 6])).toBeCloseTo(0.1, 12);
    expect(mannWhitneyP([1, 2, 3, 4, 5], [6, 7, 8, 9, 10])).toBeCloseTo(2 / 252, 12);
    expect(smallestP(5, 4)).toBeCloseTo(2 / 126, 12);
  });

  it("is symmetric in the arms", () => {
    expect(mannWhitneyP([1, 5, 9, 2], [4, 4, 8])).toBeCloseTo(mannWhitneyP([4, 4, 8], [1, 5, 9, 2]), 12);
  });

  it("passes over to the normal approximation without a jump", () => {
    const arm = (n: number, shift: number) => Array.from({ length: n }, (_, i) => ((i * 7919) % 101) + shift);
    const exact = mannWhitneyP(arm(30, 0), arm(30, 17.5));
    const approximate = mannWhitneyP(arm(31, 0), arm(31, 17.5));
    expect(exact).toBeGreaterThan(0.001);
    expect(Math.abs(exact - approximate)).toBeLessThan(0.03);
  });

  it("calls an empty arm no evidence", () => {
    expect(mannWhitneyP([], [1, 2, 3])).toBe(1);
  });
});

describe("criticalU", () => {
  it("is the largest U that still rejects", () => {
    expect(criticalU(5, 5, 0.05)).toBe(2); // tables: reject at U ≤ 2
    expect(criticalU(8, 8, 0.05)).toBe(13);
    expect(criticalU(5, 5, 0.05 / 6)).toBe(0);
    expect(criticalU(3, 3, 0.05)).toBe(-1);
  });
});

/** Relative, so that a p of 1e-6 is held to as many digits as one of 0.5. */
function expectSame(ours: number, reference: number): void {
  expect(Math.abs(ours / reference - 1)).toBeLessThan(1e-9);
}

describe("against SciPy and R", () => {
  const { untied, tied, large, tails, critical, criticalLarge } = references.mannWhitney;
  const sizes = ({ a, b }: { a: readonly number[]; b: readonly number[] }) => `${a.length} against ${b.length}`;

  it.each(untied.map((each) => [sizes(each), each] as const))("exact, untied: %s", (_, { a, b, p }) => {
    expectSame(mannWhitneyP(a, b), p);
  });

  // With ties the reference lists every split: SciPy's permutation test doubles the smaller tail, we add up both.
  it.each(tied.map((each) => [sizes(each), each] as const))("exact, tied: %s", (_, { a, b, p }) => {
    expectSame(mannWhitneyP(a, b), p);
  });

  it.each(large.map((each) => [sizes(each), each] as const))("approximate: %s", (_, { a, b, p }) => {
    expectSame(mannWhitneyP(a, b), p);
  });

  it.each(tails)("P(U ≤ $u) of $n against $m", ({ n, m, u, p }) => {
    expectSame(lowerTailOfU(n, m, u), p);
  });

  it.each(critical)("the critical U of $n against $m at $alpha", ({ n, m, alpha, u }) => {
    expect(criticalU(n, m, alpha)).toBe(u);
  });

  it.each(criticalLarge)("many values: near the exact critical U of $n against $m at $alpha", ({ n, m, alpha, u }) => {
    const ours = criticalU(n, m, alpha);
    // It must fit the approximate test, which at such levels is a little stricter than the exact one.
    expect(2 * lowerTailOfU(n, m, ours)).toBeLessThan(alpha);
    expect(2 * lowerTailOfU(n, m, ours + 1)).toBeGreaterThanOrEqual(alpha);
    expect(u - ours).toBeGreaterThanOrEqual(0);
    expect(u - ours).toBeLessThanOrEqual(4);
  });
});
