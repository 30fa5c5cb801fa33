import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { MOST_LOOKUPS_IN_FLIGHT } from "../../../../runner/rehearsal/plan/together.ts";
import { planOf, SMALL, sentenceOf, withTarget, withTraffic } from "./plans.ts";

test("the default cap is twice what the search first asks, and no more than 20000 a second", () => {
  expect(planOf(`${SMALL}search: { factors: [1, 5] }\n`).limits.mostPerSecond).toBe(1000);
  expect(planOf(`${SMALL}headroom: 3\n`).limits.mostPerSecond).toBe(600);
  expect(planOf(`${SMALL}search: false\n`).limits.mostPerSecond).toBe(200);
  const large = planOf(withTraffic("perMinute: 480000, for: 2m"));
  expect(large.limits).toMatchObject({ mostPerSecond: 20_000, mostMinutes: 60, mostInFlight: 20_000 });
  expect(large.search.factors).toEqual([1, 1.5, 2]);
});

test("steps that nobody asked for stay below the user's cap", () => {
  expect(planOf(`${SMALL}limits: { mostPerSecond: 160 }\n`).search.factors).toEqual([1, 1.5]);
});

test("what may be in flight follows from the cap and from how long a request may take", () => {
  expect(planOf(`${SMALL}load: { timeout: 500ms }\n`).limits.mostInFlight).toBe(200);
  expect(planOf(`${SMALL}limits: { mostInFlight: 7 }\n`).limits.mostInFlight).toBe(7);
});

test("a worker that looks names up has a limit of its own: the default keeps to it, and what is said has to", () => {
  const names = withTarget("  - { name: a, reference: {} }\n  - { name: dns, names: [a], owned: true }");
  const of = (workers: number, limits: string) =>
    `${names}load: { workers: ${workers}, timeout: 20s }\nlimits: { mostPerSecond: 3000${limits} }\n`;
  // Half of 3000/s for 20 s and one more, by one worker.
  expect(planOf(of(1, "")).limits.mostInFlight).toBe(20_000);
  const alone = withTarget("  - { name: dns, names: [a], owned: true }");
  const ofAlone = (workers: number, limits: string) =>
    `${alone}load: { workers: ${workers}, timeout: 20s }\nlimits: { mostPerSecond: 3000${limits} }\n`;
  expect(planOf(ofAlone(1, "")).limits.mostInFlight).toBe(10_000);
  expect(planOf(ofAlone(2, "")).limits.mostInFlight).toBe(20_000);
  expect(planOf(of(1, ", mostInFlight: 20000")).limits.mostInFlight).toBe(20_000);
  expect(planOf(ofAlone(9, ", mostInFlight: 100000")).limits.mostInFlight).toBe(100_000);
  expect(sentenceOf(ofAlone(1, ", mostInFlight: 10001"))).toBe(
    "plan.yaml:8: limits.mostInFlight: is 10001, and a worker has at most 10000 look-ups under way; write at most 10000, or raise load.workers (1)",
  );
  const agent = readFileSync(new URL("../../../../programs/agent/openload/spec.go", import.meta.url), "utf8");
  expect(Number(/mostInFlight +=\s*([\d_]+)/.exec(agent)?.[1]?.replace("_", ""))).toBe(MOST_LOOKUPS_IN_FLIGHT);
});

test("what may fail in all is what the cap sends in a minute, unless the plan says it", () => {
  expect(planOf(SMALL).limits).toMatchObject({ mostFailedRequests: 24_000, mostBrokenStages: 10 });
  expect(planOf(`${SMALL}limits: { mostFailedRequests: 5, mostBrokenStages: 2 }\n`).limits).toMatchObject({
    ...{ mostFailedRequests: 5, mostBrokenStages: 2 },
  });
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
