import { expect, test } from "vitest";
import { planOf, SMALL, withTraffic } from "./plans.ts";

test("the default cap is twice what the search first asks, and no more than 20000 a second", () => {
  expect(planOf(`${SMALL}search: { factors: [1, 5] }\n`).limits.mostPerSecond).toBe(1000);
  expect(planOf(`${SMALL}headroom: 3\n`).limits.mostPerSecond).toBe(600);
  expect(planOf(`${SMALL}search: false\n`).limits.mostPerSecond).toBe(200);
  const large = planOf(withTraffic("perMinute: 480000, for: 2m"));
  expect(large.limits).toEqual({ mostPerSecond: 20_000, mostMinutes: 60, mostInFlight: 20_000 });
  expect(large.search.factors).toEqual([1, 1.5, 2]);
});

test("steps that nobody asked for stay below the user's cap", () => {
  expect(planOf(`${SMALL}limits: { mostPerSecond: 160 }\n`).search.factors).toEqual([1, 1.5]);
});

test("what may be in flight follows from the cap and from how long a request may take", () => {
  expect(planOf(`${SMALL}load: { timeout: 500ms }\n`).limits.mostInFlight).toBe(200);
  expect(planOf(`${SMALL}limits: { mostInFlight: 7 }\n`).limits.mostInFlight).toBe(7);
});

test("the search has what the day leaves of all minutes", () => {
  expect(planOf(`${SMALL}limits: { mostMinutes: 5 }\n`).search.mostMinutes).toBe(3);
  expect(planOf(`${SMALL}limits: { mostMinutes: 5 }\nsearch: { mostMinutes: 2 }\n`).search.mostMinutes).toBe(2);
});

test("a search that is not to run needs no time, and a cap only above the day", () => {
  const { search, limits } = planOf(`${SMALL}search: false\nlimits: { mostMinutes: 2, mostPerSecond: 101 }\n`);
  expect(search.run).toBe(false);
  expect(limits).toMatchObject({ mostMinutes: 2, mostPerSecond: 101 });
});

test("a stage may be as long as it says", () => {
  expect(planOf(`${SMALL}search: { stage: 5m }\n`).search).toMatchObject({ stageS: 300, longestStageS: 300 });
});
