import { expect, test } from "vitest";
import { readClock } from "../../../../../suites/rolling-update/stage/pods/pod-timeline-clock.ts";

test("a clock is read by the quickest round trip, wrong by at most half of it and our resolution", () => {
  const ahead = 1_000;
  const trips = [
    { askedAtUnixMs: 0, theirUnixMs: 90 + ahead, answeredAtUnixMs: 100 },
    { askedAtUnixMs: 200, theirUnixMs: 203 + ahead, answeredAtUnixMs: 204 },
    { askedAtUnixMs: 400, theirUnixMs: 400 + ahead, answeredAtUnixMs: 440 },
  ];
  expect(readClock(trips)).toEqual({ aheadMs: ahead + 1, errorMs: 2.5 });
});

test("the true difference lies within the error however lopsided the way there and back", () => {
  for (const wayThereMs of [0, 1, 7, 8]) {
    const reading = readClock([{ askedAtUnixMs: 50, theirUnixMs: 50 + wayThereMs - 30, answeredAtUnixMs: 58 }]);
    expect(Math.abs((reading?.aheadMs ?? Number.NaN) - -30)).toBeLessThanOrEqual(reading?.errorMs ?? 0);
  }
});

test("without a round trip there is no reading", () => {
  expect(readClock([])).toBeNull();
});
