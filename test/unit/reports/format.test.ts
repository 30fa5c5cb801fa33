import { describe, expect, test } from "vitest";
import {
  formatCount,
  formatDifference,
  formatDuration,
  formatEffect,
  formatError,
  formatP,
  formatQuantity,
  formatShare,
  formatSize,
  formatWithUnit,
} from "../../../reports/view/format.ts";

describe("a quantity", () => {
  test.each([
    [0.28, "ms", "0.28 ms"],
    [23.14, "ms", "23.1 ms"],
    [3080, "ms", "3.08 s"],
    [240, "s", "240 s"],
    [5400, "s", "90 min"],
    [4776, "packets", "4,776"],
    [25_276_514_304, "bytes", "23.5 GiB"],
    [593.4, "/s", "593 /s"],
    [0, "ms", "0 ms"],
    [null, "ms", "–"],
    [Number.POSITIVE_INFINITY, "ms", "–"],
  ])("%s %s reads %s", (value, unit, text) => {
    expect(formatQuantity(value, unit)).toBe(text);
  });

  test("never rounds failures away", () => {
    expect(formatQuantity(99.9987, "%")).toBe("> 99.99 %");
    expect(formatQuantity(100, "%")).toBe("100 %");
    expect(formatQuantity(0.001, "%")).toBe("< 0.01 %");
    expect(formatQuantity(0, "%")).toBe("0 %");
  });

  test("carries its unit as a symbol or as a word, once", () => {
    expect(formatWithUnit(28_232, "entries")).toBe("28,232 entries");
    expect(formatWithUnit(17.5, "s")).toBe("17.5 s");
    expect(formatWithUnit(null, "entries")).toBe("–");
  });
});

describe("a difference", () => {
  test("has a sign, and none when it is zero", () => {
    expect(formatDifference(-3070, "ms")).toBe("−3.07 s");
    expect(formatDifference(12, "packets")).toBe("+12");
    expect(formatDifference(0, "ms")).toBe("0 ms");
    expect(formatDifference(-0.0, "ms")).toBe("0 ms");
  });

  test("of percentages is in percentage points", () => {
    expect(formatDifference(1.5, "%")).toBe("+1.5 pp");
    expect(formatSize(0.1, "%")).toBe("0.1 pp");
  });

  test("and its interval share a unit and as many decimals as the interval's width deserves", () => {
    expect(formatEffect(-3993.6, [-4001, -3985], "ms")).toEqual({
      effect: "−3.994 s",
      interval: "−4.001 to −3.985 s",
    });
    expect(formatEffect(-8064, [-8320, -7680], "packets")).toEqual({ effect: "−8,064", interval: "−8,320 to −7,680" });
    expect(formatEffect(0, [0, 0], "packets")).toEqual({ effect: "0", interval: "0 to 0" });
    expect(formatEffect(0.5, null, "ms")).toEqual({ effect: "+0.5 ms", interval: "–" });
    expect(formatEffect(null, null, "ms")).toEqual({ effect: "–", interval: "–" });
  });
});

test("counts, shares, errors, p-values and durations", () => {
  expect(formatCount(1_234_567)).toBe("1,234,567");
  expect(formatShare(0.2475)).toBe("24.75 %");
  expect(formatError(-0.0057)).toBe("−0.6 %");
  expect(formatError(0.04)).toBe("+4 %");
  expect(formatError(null)).toBe("–");
  expect(formatP(0.0000002)).toBe("p < 0.001");
  expect(formatP(0.0317)).toBe("p = 0.032");
  expect(formatDuration(30_000)).toBe("30 s");
  expect(formatDuration(260_000)).toBe("4 min 20 s");
  expect(formatDuration(7_500_000)).toBe("2 h 5 min");
});
