import { expect, test } from "vitest";
import { foundInRecorded, RECORDED_CASES } from "../../../bench/history/measure-recorded.ts";
import { recordedNights } from "../../../bench/history/recorded.ts";

test("a night has five blocks of each arm, a day after the one before, and those that lost their settings fail", () => {
  const [kept, lost] = recordedNights(1, 2, (night) => 5 * night);
  expect([kept, lost].map((result) => result?.startedAt)).toEqual([
    "2026-10-01T01:00:00.000Z",
    "2026-10-02T01:00:00.000Z",
  ]);
  for (const result of [kept, lost])
    for (const { blocks } of result?.arms ?? []) expect(blocks.map(({ round }) => round)).toEqual([1, 2, 3, 4, 5]);
  expect(kept?.verdict).toBe("improved");
  // Both arms without settings: no difference, or none that five blocks would tell.
  expect(lost?.verdict).toMatch(/^(equivalent|inconclusive)$/);
  const wellOf = (result = kept) => result?.metrics.find(({ name }) => name === "success-rate")?.tuned;
  expect(wellOf()).toBe(100);
  expect(wellOf(lost)).toBeLessThan(60);
});

test.each(RECORDED_CASES)("where $what, a history of 30 nights tells just that", async (each) => {
  const { planted, found, falseAlarms, series } = await foundInRecorded(1, each);
  expect({ planted, found, falseAlarms, series }).toEqual({
    ...{ planted: each.shownBy.length, found: each.shownBy.length },
    ...{ falseAlarms: 0, series: 18 },
  });
});
