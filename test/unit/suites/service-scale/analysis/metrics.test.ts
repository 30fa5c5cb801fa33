import { expect, test } from "vitest";
import { rulesWalked } from "../../../../../suites/service-scale/analysis/metrics.ts";
import { predictScale } from "../../../../../suites/service-scale/analysis/predictions.ts";
import { evidence, scaleBlock } from "../measured.ts";

const notFound = { target: { address: "10.96.0.20", place: "tail" as const, rulesWalked: null } };

test.each([
  ["iptables", null],
  ["both", null],
  ["none", null],
  ["nftables", 0],
  ["ipvs", 0],
])("a target that is in no chain: in %s mode %s rules are walked", (mode, rules) => {
  expect(rulesWalked(evidence(1_000, { mode, ...notFound }))).toBe(rules);
});

test("nothing is predicted where it is not known how many rules are walked", () => {
  expect(predictScale("iptables", [scaleBlock(evidence(2_000, notFound))])).toEqual([]);
  expect(predictScale("iptables", [scaleBlock(evidence(2_000))])).toHaveLength(1);
});
