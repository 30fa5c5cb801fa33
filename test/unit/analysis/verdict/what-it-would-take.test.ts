import { describe, expect, it } from "vitest";
import { latency, type MetricSpec } from "../../../../runner/analysis/metrics.ts";
import { MOST_ROUNDS } from "../../../../runner/analysis/power.ts";
import { normalFrom, seededUniform } from "../../../../runner/analysis/random.ts";
import { type Compared, compareArms } from "../../../../runner/analysis/verdict/comparison.ts";
import { onesidedLevel } from "../../../../runner/analysis/verdict/levels.ts";
import { furtherRounds, smallestVisible } from "../../../../runner/analysis/verdict/what-it-would-take.ts";
import { block } from "../blocks.ts";

const FLOOR = 10;
const P99 = latency("p99", { primary: true, floor: { absolute: FLOOR } });

/** Arms whose p99 spreads by so much, and differs by so much. */
function compared(rounds: number, spread: number, shift: number, spec: MetricSpec = P99): Compared<unknown> {
  const draw = normalFrom(seededUniform(17));
  // The same noise in each call, centred: so that only what a test changes makes a difference.
  const noise = Array.from({ length: rounds }, draw);
  const centre = noise.reduce((total, value) => total + value, 0) / rounds;
  const arm = (typical: number) =>
    noise.map((value, index) =>
      block({ round: index + 1, latencyMs: { p99: Math.max(0, typical + spread * (value - centre)) } }),
    );
  const found = compareArms(spec, { baseline: arm(500), tuned: arm(500 + shift), usual: 6_000, duet: false });
  if (found.kind !== "compared") throw new Error("nothing to compare");
  return found;
}

function rounds(had: number, spread: number, shift: number, spent = 1): number | null {
  // A family of this one metric.
  return furtherRounds(compared(had, spread, shift), onesidedLevel(1, spent), spent);
}
const number = (value: number | null) => value ?? Number.POSITIVE_INFINITY;

describe("further rounds", () => {
  it("are at least as many as the exact test needs to reach its level", () => {
    // Two-sided 5 % takes 4 against 4.
    expect(rounds(2, 0, 0)).toBe(2);
    expect(rounds(3, 0, 0)).toBe(1);
  });

  it("rise with the noise", () => {
    expect(number(rounds(6, 20, 15))).toBeGreaterThan(number(rounds(6, 10, 15)));
  });

  it("fall with an effect that is to be shown, and are most for one at the edge of the floor", () => {
    expect(number(rounds(6, 15, 40))).toBeLessThan(number(rounds(6, 15, FLOOR)));
  });

  it("rise where less of the level is left", () => {
    expect(number(rounds(6, 15, 15, 0.25))).toBeGreaterThanOrEqual(number(rounds(6, 15, 15)));
  });

  it("are none where no reasonable number would do", () => {
    expect(rounds(6, 400, 0)).toBeNull();
    expect(number(rounds(6, 15, 40))).toBeLessThan(MOST_ROUNDS);
  });
});

describe("the smallest effect that would have got through", () => {
  it("grows with the noise, and is never below the floor", () => {
    expect(smallestVisible(compared(6, 0, 0), 0.025)).toBe(FLOOR);
    expect(number(smallestVisible(compared(6, 20, 0), 0.025))).toBeGreaterThan(
      number(smallestVisible(compared(6, 10, 0), 0.025)),
    );
  });

  it("is unknown where no effect, however large, would", () => {
    expect(smallestVisible(compared(3, 10, 0), 0.025)).toBeNull();
  });
});
