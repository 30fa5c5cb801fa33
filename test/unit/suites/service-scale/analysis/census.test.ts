import { expect, test } from "vitest";
import {
  chosen,
  foundIn,
  rulesWalkedTo,
  type ServiceRules,
} from "../../../../../suites/service-scale/analysis/census.ts";

const NONE: ServiceRules = {
  ...{ mode: "iptables", natServices: [], filterServices: [], mapServices: [], deadServices: [], ipvsServices: [] },
};
const CHAIN = { ...NONE, natServices: ["10.96.0.1", "10.96.0.7", "10.96.0.5", "10.96.0.6", "10.96.0.10", ""] };
const OURS = ["10.96.0.5", "10.96.0.6", "10.96.0.7"];

test("the first and the last of the suite's Services are those of the chain, in whatever order they were made", () => {
  expect(chosen(CHAIN, OURS, "head")).toBe("10.96.0.7");
  expect(chosen(CHAIN, OURS, "tail")).toBe("10.96.0.6");
});

test("rules walked are those before the Service's own, and all that refuse Services without endpoints", () => {
  expect(rulesWalkedTo(CHAIN, "10.96.0.6")).toBe(3);
  expect(rulesWalkedTo({ ...CHAIN, filterServices: ["10.96.1.1", "10.96.1.2"] }, "10.96.0.6")).toBe(5);
  expect(rulesWalkedTo({ ...NONE, mapServices: ["10.96.0.6"] }, "10.96.0.6")).toBeNull();
});

test("a Service is found in whatever table the mode has it, and what is nowhere is not", () => {
  expect(foundIn(CHAIN, OURS)).toBe(3);
  expect(foundIn({ ...NONE, mapServices: ["10.96.0.5"], deadServices: ["10.96.0.6"] }, OURS)).toBe(2);
  expect(foundIn({ ...NONE, filterServices: ["10.96.0.5"] }, OURS)).toBe(1);
  expect(foundIn({ ...NONE, ipvsServices: ["10.96.0.5"] }, OURS)).toBe(1);
  expect(foundIn(NONE, OURS)).toBe(0);
});

test("in a map the last one made is chosen, of those that are there", () => {
  const map = { ...NONE, mapServices: ["10.96.0.6", "10.96.0.5"] };
  expect(chosen(map, OURS, "tail")).toBe("10.96.0.6");
  expect(chosen(NONE, OURS, "tail")).toBeUndefined();
});
