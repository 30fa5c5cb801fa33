import { expect, it } from "vitest";
import { parseBusySeconds } from "../../../bench/load/measure/machine.ts";

it("counts as busy what was worked and stolen, not idle and waiting for disks; guests are part of user", () => {
  expect(parseBusySeconds("cpu  100 10 200 99999 500 30 40 20 7 0\ncpu0 1 1 1 1\n")).toBe(4);
});
