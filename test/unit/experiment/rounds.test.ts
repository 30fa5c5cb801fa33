import { afterEach, describe, expect, it, vi } from "vitest";
import { drops, latency, type MetricSpec, successRate } from "../../../runner/analysis/metrics.ts";
import { RoundPlan, type RoundsSoFar, usableRounds } from "../../../runner/experiment/rounds.ts";
import type { Block } from "../../../runner/result/block.ts";
import type { VoidReason } from "../../../runner/result/reasons.ts";
import { block, voided } from "../analysis/blocks.ts";

const PLANNED = 8;
const SUCCESS = successRate({ primary: true, floor: { absolute: 0.5 } });
const P99 = latency("p99", { primary: true, floor: { absolute: 20 } });
const DROPS = drops({ primary: true, floor: { absolute: 20 } });

/** Spoils what is timed, and no count. */
const LATE: VoidReason = { kind: "generator-lag", p99Ms: 80, mostMs: 50 };
const whole = (round: number): Block => block({ round });
const gone = (round: number): Block => voided(block({ round }));
const late = (round: number): Block => ({ ...block({ round }), spoiltBy: [LATE] });

/** So many rounds, whose tuned blocks are as said, and whose baseline's are all whole. */
function ran(rounds: number, tuned: (round: number) => Block = whole): RoundsSoFar<unknown> {
  const of = (make: (round: number) => Block) => Array.from({ length: rounds }, (_, index) => make(index + 1));
  return { rounds, baseline: [block({ round: 0 }), ...of(whole)], tuned: of(tuned) };
}
const first = (count: number, make: (round: number) => Block) => (round: number) =>
  round <= count ? make(round) : whole(round);
const plan = (deciding: readonly MetricSpec[] = [SUCCESS, P99], until: number | null = null) =>
  new RoundPlan(PLANNED, deciding, until);

/** Rounds that a plan takes when all blocks are as said. */
function taken(of: RoundPlan<unknown>, tuned: (round: number) => Block = whole): number {
  let rounds = 0;
  while (of.wants(ran(rounds, tuned))) rounds += 1;
  return rounds;
}

describe("how many rounds run", () => {
  it("is as many as were planned where every block counts; the warm-up is none of them", () => {
    expect(taken(plan())).toBe(PLANNED);
  });

  it("is one more for each round in which a block of either arm does not count", () => {
    expect(taken(plan(), first(2, gone))).toBe(PLANNED + 2);
    const swapped = ({ rounds, baseline, tuned }: RoundsSoFar<unknown>) => ({
      rounds,
      baseline: tuned,
      tuned: baseline,
    });
    expect(plan().wants(swapped(ran(PLANNED, first(1, gone))))).toBe(true);
    expect(plan().wants(swapped(ran(PLANNED + 1, first(1, gone))))).toBe(false);
  });

  it("replaces a block that a deciding metric can't use, and not one that only others can't", () => {
    expect(taken(plan([SUCCESS, P99]), first(1, late))).toBe(PLANNED + 1);
    expect(taken(plan([SUCCESS, DROPS]), first(1, late))).toBe(PLANNED);
  });

  it("is at most twice the plan", () => {
    // As many as can be without the metric being given up: 7 of 16 rounds are whole.
    const often = (round: number) => (round % 2 === 1 || round === 2 * PLANNED ? late(round) : whole(round));
    expect(plan().wants(ran(2 * PLANNED - 1, often))).toBe(true);
    expect(usableRounds([SUCCESS, P99], ran(2 * PLANNED, often))).toBe(7);
    expect(taken(plan(), often)).toBe(2 * PLANNED);
  });

  it("does not wait for a metric that most of its blocks can't tell", () => {
    expect(taken(plan(), late)).toBe(PLANNED);
    expect(usableRounds([SUCCESS, P99], ran(PLANNED, late))).toBe(PLANNED);
    // Two rounds are too few to give it up.
    expect(usableRounds([SUCCESS, P99], ran(2, late))).toBe(0);
    expect(usableRounds([SUCCESS, P99], ran(10, first(6, late)))).toBe(4);
    expect(usableRounds([SUCCESS, P99], ran(10, first(7, late)))).toBe(10);
  });

  it("ends at the planned rounds where every metric is given up", () => {
    expect(taken(plan(), gone)).toBe(PLANNED);
  });
});

describe("the time limit", () => {
  afterEach(() => vi.useRealTimers());

  it("lets no further round begin, but always one", () => {
    vi.useFakeTimers({ now: 10_000 });
    expect(plan([SUCCESS], 10_001).wants(ran(3))).toBe(true);
    expect(plan([SUCCESS], 10_000).wants(ran(3))).toBe(false);
    expect(plan([SUCCESS], 10_000).wants(ran(0))).toBe(true);
    expect(plan([SUCCESS], null).wants(ran(3))).toBe(true);
  });
});

describe("looks", () => {
  it("come after six usable rounds and pay a quarter of the level; the rest is for the end", () => {
    const eight = plan();
    expect(eight.lookDue(ran(5))).toBeNull();
    expect(eight.left).toBe(1);
    expect(eight.lookDue(ran(6))).toBe(0.25);
    expect(eight.lookDue(ran(6))).toBeNull();
    expect(eight.lookDue(ran(7))).toBeNull();
    // The last look is the end itself.
    expect(eight.lookDue(ran(8))).toBeNull();
    expect(eight.left).toBe(0.75);
  });

  it("count rounds that can be used, not rounds", () => {
    const eight = plan();
    expect(eight.lookDue(ran(6, first(1, gone)))).toBeNull();
    expect(eight.lookDue(ran(7, first(1, gone)))).toBe(0.25);
  });

  it("do not wait for a metric that noise spoils while another one can be told", () => {
    expect(plan([SUCCESS, P99]).lookDue(ran(6, first(2, late)))).toBe(0.25);
    expect(plan([P99]).lookDue(ran(6, first(2, late)))).toBeNull();
    // Where none can be told there is nothing to look at.
    expect(plan([SUCCESS, P99]).lookDue(ran(8, gone))).toBeNull();
  });

  it("of a longer run follow every second round, and never spend more than the level", () => {
    const long = new RoundPlan(14, [SUCCESS], null);
    const spent = Array.from({ length: 14 }, (_, index) => long.lookDue(ran(index + 1)));
    expect(spent.flatMap((share, index) => (share === null ? [] : [index + 1]))).toEqual([6, 8, 10, 12]);
    expect(long.left).toBeCloseTo(0.5, 12);
    expect(long.left + spent.reduce<number>((total, share) => total + (share ?? 0), 0)).toBeCloseTo(1, 12);
  });

  it("are none in a run of six rounds or fewer: it has all of the level at its end", () => {
    for (const rounds of [1, 5, 6]) {
      const short = new RoundPlan(rounds, [SUCCESS], null);
      expect(short.lookDue(ran(rounds))).toBeNull();
      expect(short.left).toBe(1);
    }
  });
});
