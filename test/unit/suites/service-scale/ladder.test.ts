import { expect, test } from "vitest";
import { LADDERS, type Ladder, roundsOf, sizeOfRound } from "../../../../suites/service-scale/ladder.ts";

const LADDER: Ladder = [1, 100, 1_000, 2_000];
const sizes = (planned: number, upTo = planned) =>
  Array.from({ length: upTo }, (_, at) => sizeOfRound(LADDER, planned, at + 1));

test("rounds climb to the largest size, stay there, and come down the same way", () => {
  expect(sizes(11)).toEqual([1, 100, 1_000, 2_000, 2_000, 2_000, 2_000, 2_000, 1_000, 100, 1]);
});

test("with few rounds they do not come down, and with fewer they do not climb: the largest is what is judged", () => {
  expect(sizes(5)).toEqual([1, 100, 1_000, 2_000, 2_000]);
  expect(sizes(3)).toEqual([2_000, 2_000, 2_000]);
  expect(sizeOfRound(LADDER, 1, 0)).toBe(2_000);
});

test("the warm-up is at the smallest size where rounds climb, and what replaces spoilt rounds at the largest", () => {
  expect(sizeOfRound(LADDER, 11, 0)).toBe(1);
  expect(sizes(11, 13).slice(-2)).toEqual([2_000, 2_000]);
});

test("one size is in every round", () => {
  expect([0, 1, 2, 3].map((round) => sizeOfRound([50], 2, round))).toEqual([50, 50, 50, 50]);
});

test("either size of the suite has five rounds and more at its largest, and is on all others twice", () => {
  for (const size of ["quick", "full"] as const) {
    const ladder = LADDERS[size];
    const all = Array.from({ length: roundsOf(size) }, (_, at) => sizeOfRound(ladder, roundsOf(size), at + 1));
    for (const each of ladder.slice(0, -1))
      expect(
        all.filter((services) => services === each),
        size,
      ).toHaveLength(2);
    expect(all.filter((services) => services === ladder.at(-1)).length, size).toBeGreaterThanOrEqual(5);
  }
});
