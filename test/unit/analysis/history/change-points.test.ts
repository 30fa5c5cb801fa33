import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { foundOver } from "../../../../bench/history/measure.ts";
import { changePoints, eDivisive, OF_NIGHTS } from "../../../../runner/analysis/history/change-points.ts";
import { bestSplit, statistics } from "../../../../runner/analysis/history/energy.ts";

/**
 * What MongoDB's signal-processing-algorithms (Apache 2.0) gives for series of its own tests: tests/test_detection.py at
 * 1c11f3a, and tests/data/robust_series.json with expected_result_robust_series_proper_division.json at e00eaf6 and 35c49e2.
 */
const repeated = (count: number, value: number) => Array.from({ length: count }, () => value);
const THREE_LEVELS = [
  ...[41, 18, 23, 3, 32, 11, 40, 13, 29, 48, 47, 35, 18, 21, 6, 2, 23, 3, 4, 7],
  ...[120, 103, 102, 81, 71, 62, 115, 61, 108, 63, 70, 98, 65, 96, 64, 74, 70, 113, 90, 114],
  ...[208, 196, 153, 150, 225, 179, 206, 165, 177, 151, 218, 217, 244, 245, 229, 195, 225, 229, 176, 250],
];
const AS_THERE = { level: 0.01, permutations: 99, least: 2, seed: 1 };

describe("the energy statistic", () => {
  it("is that of a known implementation at every place of a series of 173", () => {
    const { series, statistic } = JSON.parse(
      readFileSync(new URL("../references/energy-robust-series.json", import.meta.url), "utf8"),
    ) as { series: number[]; statistic: number[] };
    const ours = statistics(series);
    expect(ours).toHaveLength(173);
    for (let index = 2; index <= 171; index++) expect(ours[index]).toBeCloseTo(statistic[index] ?? Number.NaN, 6);
    expect([ours[0], ours[1], ours[172]]).toEqual([null, null, null]);
  });

  it("is that of a known implementation where it divides", () => {
    expect(bestSplit(THREE_LEVELS, 2, "whole")).toEqual({
      index: 40,
      statistic: expect.closeTo(2848.1169590643276, 8),
    });
    expect(bestSplit(THREE_LEVELS.slice(0, 40), 2, "whole")).toEqual({
      index: 20,
      statistic: expect.closeTo(893.578947368421, 8),
    });
    const once = [50, 50, 100, ...repeated(12, 50), ...repeated(15, 100)];
    expect(bestSplit(once, 2, "whole")).toEqual({ index: 15, statistic: expect.closeTo(650, 8) });
    const back = [...once, 50, 50, 100, ...repeated(12, 50)];
    expect(bestSplit(back.slice(0, 33), 2, "whole")).toEqual({
      index: 15,
      statistic: expect.closeTo(544.7415329768271, 8),
    });
    expect(bestSplit(back, 2, "whole")).toEqual({ index: 33, statistic: expect.closeTo(226.66666666666674, 8) });
  });
});

describe("E-divisive", () => {
  it("divides series as a known implementation does", () => {
    const places = (series: readonly number[]) => eDivisive(series, AS_THERE).map(({ index }) => index);
    expect(places(THREE_LEVELS)).toEqual([20, 40]);
    expect(places([...repeated(15, 50), ...repeated(15, 100)])).toEqual([15]);
    expect(places([...repeated(14, 50), 74, ...repeated(15, 100)])).toEqual([15]);
    expect(places([...repeated(14, 50), 76, ...repeated(15, 100)])).toEqual([14]);
    expect(places([50, 50, 100, ...repeated(12, 50), ...repeated(15, 100), ...repeated(15, 150)])).toEqual([15, 30]);
    expect(places(repeated(30, 50))).toEqual([]);
  });
});

describe("change points of nights", () => {
  it("finds 5 shifts in each of 20 series of 60 nights, and next to nothing else", () => {
    const { seeded, found, falseAlarms } = foundOver(20, 5);
    expect({ seeded, found }).toEqual({ seeded: 100, found: 100 });
    expect(falseAlarms).toBeLessThanOrEqual(1);
  });

  it("finds nothing in one value, in few, in equal ones, and in one night that went wrong", () => {
    expect(changePoints([])).toEqual([]);
    expect(changePoints([3])).toEqual([]);
    expect(changePoints([1, 1, 1, 9, 9, 9])).toEqual([]);
    expect(changePoints(repeated(60, 0.1))).toEqual([]);
    expect(changePoints([...repeated(30, 5), 500, ...repeated(29, 5)])).toEqual([]);
  });

  it("tells a change on its third night and not before, with a p no larger than its level, alike each time", () => {
    const quiet = Array.from({ length: 40 }, (_, i) => 100 + ((i * 7) % 5));
    expect(changePoints([...quiet, 151, 153])).toEqual([]);
    const points = changePoints([...quiet, 151, 153, 150]);
    expect(points.map(({ index }) => index)).toEqual([40]);
    expect(points[0]?.p).toBeLessThanOrEqual(OF_NIGHTS.level);
    expect(changePoints([...quiet, 151, 153, 150])).toEqual(points);
  });
});
