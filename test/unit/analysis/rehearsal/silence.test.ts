import { expect, test } from "vitest";
import { MOST_SILENT_S, silenceOf } from "../../../../runner/analysis/rehearsal/silence.ts";
import { second } from "./stages.ts";

/** Seconds with which a load is said to be silent for too long. */
function tooLong(durationS: number, isSilent: (atS: number) => boolean): number[] {
  const silence = silenceOf(durationS);
  const seconds = Array.from({ length: durationS + 20 }, (_, atS) => second(atS, isSilent(atS) ? null : {}));
  return seconds.filter((each) => silence.isTooLong(each)).map(({ atS }) => atS);
}

test("a load of which nothing is heard for five seconds on end is silent for too long, once", () => {
  expect(MOST_SILENT_S).toBe(5);
  expect(tooLong(60, (atS) => atS >= 10)).toEqual([14]);
  expect(tooLong(60, (atS) => atS >= 10 && atS < 14)).toEqual([]);
  expect(tooLong(60, (atS) => atS % 5 !== 0)).toEqual([]);
});

test("one that has ended need not be heard", () => {
  expect(tooLong(60, (atS) => atS >= 56)).toEqual([]);
});

test("one of which some workers tell is heard", () => {
  const silence = silenceOf(60);
  const seconds = Array.from({ length: 60 }, (_, atS) => second(atS, { toldShare: 0.1 }));
  expect(seconds.some((each) => silence.isTooLong(each))).toBe(false);
});
