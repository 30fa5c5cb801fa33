import { expect, test } from "vitest";
import { planOf, withTraffic } from "./plans.ts";

/** Seconds, and rates per second. */
const dayOf = (fields: string, files?: Record<string, string>) => {
  const { day } = planOf(withTraffic(`newConnections: 1, ${fields}`), files).traffic;
  return day.map(({ durationS, fromPerSecond, toPerSecond }) => [durationS, fromPerSecond, toPerSecond]);
};

const HOUR =
  "Time,n\n2025-11-28T09:00:00Z,60\n2025-11-28T09:01:00Z,60\n2025-11-28T09:02:00Z,240\n2025-11-28T09:03:00Z,120\n";

test("a stage begins where the one before ended, unless it says otherwise", () => {
  expect(
    dayOf("stages: [{ for: 10s, from: 60, to: 600 }, { for: 20s, to: 600 }, { for: 5s, from: 60, to: 0 }]"),
  ).toEqual([
    [10, 1, 10],
    [20, 10, 10],
    [5, 1, 0],
  ]);
});

test("a CSV's minutes hold their rates, and equal neighbours are one stretch", () => {
  expect(dayOf("csv: day.csv", { "day.csv": HOUR })).toEqual([
    [120, 1, 1],
    [60, 4, 4],
    [60, 2, 2],
  ]);
});

test("scaleTo sets the peak, and speed makes the day shorter at the same rates; both are said", () => {
  const { traffic } = planOf(withTraffic("csv: day.csv, scaleTo: 4800, speed: 10"), { "day.csv": HOUR });
  expect(traffic.day).toEqual([
    { durationS: 12, fromPerSecond: 20, toPerSecond: 20 },
    { durationS: 6, fromPerSecond: 80, toPerSecond: 80 },
    { durationS: 6, fromPerSecond: 40, toPerSecond: 40 },
  ]);
  expect(traffic.expectedPeakPerSecond).toBe(80);
  expect(traffic.notes.map((note) => note.replace(/^\S*day\.csv/, "day.csv"))).toEqual([
    'day.csv begins at 2025-11-28T09:00:00.000Z, rows a minute apart; each number of "n" is taken as the requests of that minute.',
    "All rates are multiplied by 20: a peak of 240 a minute becomes 4800.",
    expect.stringMatching(
      /^The day passes 10 times as fast as the clock, in 24s, at the same rates: what builds up over hours/,
    ),
    expect.stringMatching(/^The plan does not say how many requests come on new connections: all of them do/),
  ]);
});

test("scale multiplies", () => {
  expect(dayOf("perMinute: 60, for: 10s, scale: 1.5")).toEqual([[10, 1.5, 1.5]]);
});

test("a spike cuts the day where it begins and ends, also within a rise, and comes on top of scaleTo", () => {
  expect(dayOf("stages: [{ for: 40s, from: 0, to: 2400 }], spikes: [{ at: 10s, for: 20s, factor: 3 }]")).toEqual([
    [10, 0, 10],
    [20, 30, 90],
    [10, 30, 40],
  ]);
  const { expectedPeakPerSecond, notes } = planOf(
    withTraffic("newConnections: 1, csv: day.csv, scaleTo: 2400, spikes: [{ at: peak, for: 30s, factor: 2 }]"),
    { "day.csv": HOUR },
  ).traffic;
  expect(expectedPeakPerSecond).toBe(80);
  expect(notes.at(-1)).toBe(
    "Spikes come on top: without them the peak is 2400 a minute, with them 4800, and that is the expected peak.",
  );
});

test("a spike that ends with the day is within it, whatever sums of fractions say", () => {
  const length = dayOf("csv: day.csv, speed: 7, spikes: [{ at: 10s, for: 24.285714s, factor: 0.5 }]", {
    "day.csv": HOUR,
  });
  expect(length.reduce((sum, [durationS = 0]) => sum + durationS, 0)).toBeCloseTo(240 / 7, 6);
});

test("options of the CSV are handed on", () => {
  const csv = "Zeit;a;b\n2026-07-01 10:00;1,5;1\n2026-07-01 10:02;3,5;1\n";
  expect(
    dayOf(
      "csv: a.csv, column: a, timeColumn: Zeit, timeZone: Europe/Berlin, unit: per-second, decimal: ',', gaps: bridge",
      {
        "a.csv": csv,
      },
    ),
  ).toEqual(
    [
      [240, 1.5, 1.5],
      [240, 3.5, 3.5],
    ].map(([, from, to]) => [120, from, to]),
  );
});
