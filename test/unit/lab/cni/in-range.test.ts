import { expect, it } from "vitest";
import { inRange } from "../../../../runner/lab/cni/check/in-range.ts";

it.each([
  ["10.244.1.0", true],
  ["10.244.1.255", true],
  ["10.244.2.1", false],
  ["10.0.0.87", false],
  ["", false],
])("%s is of 10.244.1.0/24: %s", (address, is) => {
  expect(inRange(address, "10.244.1.0/24")).toBe(is);
});
