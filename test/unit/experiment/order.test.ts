import { expect, test } from "vitest";
import { type PlannedBlock, roundsInOrder, WARM_UP } from "../../../runner/experiment/order.ts";
import type { Role } from "../../../runner/result/result.ts";

function rounds(count: number, seed: number): (readonly [PlannedBlock, PlannedBlock])[] {
  const order = roundsInOrder(seed);
  return Array.from({ length: count }, () => order.next().value);
}
/** Who leads, a letter a round. */
const leads = (count: number, seed: number) =>
  rounds(count, seed)
    .map(([{ role }]) => (role === "baseline" ? "A" : "B"))
    .join("");

test("the warm-up is one block of the baseline, before the first round", () => {
  expect(WARM_UP).toEqual({ round: 0, role: "baseline" });
  expect(rounds(1, 1)[0]?.map(({ round }) => round)).toEqual([1, 1]);
});

test("every round has one block of each arm, numbered without end", () => {
  for (const [index, round] of rounds(40, 3).entries()) {
    expect(round.map(({ round }) => round)).toEqual([index + 1, index + 1]);
    expect(new Set(round.map(({ role }) => role))).toEqual(new Set<Role>(["baseline", "tuned"]));
  }
});

test("of each six rounds, three are led by either arm", () => {
  for (let seed = 0; seed < 20; seed++)
    for (const six of leads(24, seed).match(/.{6}/g) ?? []) expect(six.replaceAll("B", "")).toBe("AAA");
});

test("within six rounds every order comes, each about as often", () => {
  const seen = new Map<string, number>();
  for (let seed = 0; seed < 200; seed++)
    for (const six of leads(60, seed).match(/.{6}/g) ?? []) seen.set(six, (seen.get(six) ?? 0) + 1);
  expect(seen.size).toBe(20);
  // Of 2000, 100 each; five standard deviations of chance.
  for (const [six, count] of seen) expect(Math.abs(count - 100), six).toBeLessThan(50);
});

test("the seed decides who leads, and the same seed decides alike", () => {
  expect(new Set(Array.from({ length: 20 }, (_, seed) => leads(1, seed)))).toEqual(new Set(["A", "B"]));
  expect(leads(30, 7)).toBe(leads(30, 7));
  expect(leads(30, 7)).not.toBe(leads(30, 8));
});
