import { describe, expect, it } from "vitest";
import { highestHeld } from "../../../bench/load/measure/search.ts";

const upTo = (limit: number) => async (rate: number) => rate <= limit;

describe("search for the highest rate", () => {
  it.each([
    ["above the guess", 1000, 4321],
    ["below the guess", 10_000, 777],
    ["at the guess", 1000, 1000],
  ])("comes within 3 %% %s", async (_, guess, limit) => {
    const found = await highestHeld(guess, upTo(limit));
    expect(found).toBeLessThanOrEqual(limit);
    expect(found).toBeGreaterThan(limit / 1.04);
  });

  it("asks twice before a rate counts as missed", async () => {
    let disturbed = 0;
    const found = await highestHeld(1000, async (rate) => rate <= 2000 && disturbed++ % 2 === 1);
    expect(found).toBeGreaterThan(2000 / 1.04);
  });

  it("gives up where nothing is held, and where nothing is missed", async () => {
    expect(await highestHeld(1000, upTo(0))).toBeNull();
    expect(await highestHeld(1000, upTo(Number.POSITIVE_INFINITY))).toBeLessThanOrEqual(200_000);
  });
});
