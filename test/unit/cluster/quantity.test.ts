import { expect, test } from "vitest";
import { quantityValue } from "../../../runner/cluster/quantity.ts";

test.each([
  ["10k", 10_000],
  ["4Ti", 4 * 2 ** 40],
  ["16000M", 16_000_000_000],
  ["3920m", 3.92],
  ["940m", 0.94],
  ["2", 2],
  ["0.5", 0.5],
  [".5", 0.5],
  ["5.", 5],
  ["1500000u", 1.5],
  ["250000000n", 0.25],
  ["65842572Ki", 65_842_572 * 1024],
  ["1.5Gi", 1.5 * 2 ** 30],
  ["129e6", 129_000_000],
  ["1E3", 1_000],
  ["2E", 2e18],
  ["3Pi", 3 * 2 ** 50],
  ["-1", -1],
])("%s is %d", (quantity, value) => {
  expect(quantityValue(quantity)).toBe(value);
});

test.each([undefined, "", "much", "10 k", "4TiB", "1K", "1mi", "0x10", "1e", "--1"])(
  "%s is not a quantity",
  (quantity) => {
    expect(quantityValue(quantity)).toBeUndefined();
  },
);
