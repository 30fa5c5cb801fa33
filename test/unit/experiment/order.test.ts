import { expect, test } from "vitest";
import { blockOrder } from "../../../runner/experiment/order.ts";

const letters = (rounds: number, seed: number) =>
  blockOrder(rounds, seed)
    .map((block) => (block.role === "baseline" ? "A" : "B"))
    .join("");

test("an A/A pair comes first, then rounds whose lead alternates", () => {
  expect(["AA" + "ABBAABBAAB", "AA" + "BAABBAABBA"]).toContain(letters(5, 1));
});

test("every round has one block of each arm", () => {
  for (let round = 1; round <= 7; round++) {
    const roles = blockOrder(7, 3).filter((block) => block.round === round);
    expect(new Set(roles.map((block) => block.role)).size).toBe(2);
  }
});

test("the seed decides which arm leads, and the same seed decides alike", () => {
  const leads = new Set(Array.from({ length: 20 }, (_, seed) => letters(5, seed)[2]));
  expect(leads).toEqual(new Set(["A", "B"]));
  expect(letters(5, 7)).toBe(letters(5, 7));
});
