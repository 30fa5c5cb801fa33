import { expect, test } from "vitest";
import { OPTIONS } from "../../../../suites/service-scale/options.ts";

test("--sizes takes numbers in any order, each once", () => {
  expect(OPTIONS.sizes.parse("100, 1,100,2000")).toEqual([1, 100, 2_000]);
});

test.each(["", "0", "1,,2", "-1", "1.5", "many", "50001"])("--sizes %s is refused, with what can be given", (text) => {
  expect(() => OPTIONS.sizes.parse(text)).toThrow(
    /^--sizes: ".*" is not a number of Services; give whole numbers from 1 to 50000$/,
  );
});

test("--services takes one of its names", () => {
  expect(OPTIONS.services.parse("dead")).toBe("dead");
  expect(() => OPTIONS.services.parse("alive")).toThrow(
    '--services: service-scale has no "alive"; choose one of plain, dead, session-affinity',
  );
});
