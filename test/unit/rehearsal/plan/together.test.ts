import { expect, test } from "vitest";
import { leftForDay, loadOfStorm, mostDuring, stormsOf } from "../../../../runner/rehearsal/plan/together.ts";
import { planOf, SMALL, withEvents, withTraffic } from "./plans.ts";

const storm = (perSecond: number, at: string, length: string) =>
  `lookup-storm: { perSecond: ${perSecond}, names: [a], owned: true }, at: ${at}, for: ${length}`;

/** From 10/s up to 100/s within 90 s, and an hour of that. */
const rising = (...events: string[]) =>
  planOf(
    withTraffic("stages: [{ for: 90s, from: 600, to: 6000 }, { for: 5m, to: 6000 }]").concat(
      events.length === 0 ? "" : withEvents(...events).replace(SMALL, ""),
      "limits: { mostPerSecond: 1000, mostInFlight: 1000 }\n",
    ),
  );

test("a storm stands beside the highest rate within it and within the minute by which it may be late", () => {
  const plan = rising(storm(50, "0s", "10s"), storm(30, "2m", "30s"), storm(20, "150s", "30s"));
  const most = stormsOf(plan).map((each) => mostDuring(each, plan));
  // 70 s after the start.
  expect(most[0]).toEqual({ loadPerSecond: 80, lookupsPerSecond: 50 });
  expect(most[1]).toEqual({ loadPerSecond: 100, lookupsPerSecond: 50 });
  expect(most[2]).toEqual({ loadPerSecond: 100, lookupsPerSecond: 50 });
});

test("together with its storms the day has what the limits say, and no more", () => {
  const plan = rising(storm(300, "2m", "30s"), storm(100, "150s", "30s"));
  const left = leftForDay(plan);
  expect(left).toEqual({ mostPerSecond: 600, mostInFlight: 200 });
  const storms = stormsOf(plan).map((each) => loadOfStorm(each, plan));
  expect(storms.map(({ mostInFlight }) => mostInFlight)).toEqual([600, 200]);
  const calm = rising();
  expect(leftForDay(calm)).toEqual({ mostPerSecond: 1000, mostInFlight: 1000 });
});

test("a storm has as many workers as its look-ups take to be under way", () => {
  const [one] = stormsOf(rising(storm(900, "0s", "10s")));
  const plan = (timeoutMs: number) => ({
    ...rising(storm(900, "0s", "10s")),
    load: { workers: 1, nodes: "one" as const, asClients: false, timeoutMs },
  });
  if (!one) throw new Error("there is one");
  expect(loadOfStorm(one, plan(10_000)).workers).toBe(1);
  expect(loadOfStorm(one, plan(11_000)).workers).toBe(2);
});
