import { expect, test } from "vitest";
import { armByName } from "../../../../../runner/experiment/arms.ts";
import { readBackRules } from "../../../../../suites/service-scale/stage/read-back.ts";
import type { RuleCensus } from "../../../../../suites/service-scale/stage/rules.ts";
import { serviceScale } from "../../../../../suites/service-scale/suite.ts";

const HEAD = await armByName(serviceScale, "iptables-head", "--tuned");
const LIVE = ["10.96.0.5", "10.96.0.6", "10.96.0.7"];
const census = (more: Partial<RuleCensus>): RuleCensus => ({
  ...{ mode: "iptables", rules: 20, natServices: [], filterServices: [], mapServices: [], deadServices: [] },
  ...{ ipvsServices: [], ...more },
});

test("mode and place are read back from the rules in force, not from what was asked for", () => {
  const rules = [
    { node: "a", census: census({ natServices: ["10.96.0.1", ...LIVE] }) },
    { node: "b", census: census({ mode: "nftables", mapServices: LIVE }) },
  ];
  const found = { tunings: HEAD.tunings, rules, client: "a", live: LIVE };
  const got = (target: string) =>
    readBackRules({ ...found, target }).map(({ where, got: value }) => `${where}: ${value}`);
  expect(got("10.96.0.5")).toEqual(["node a: iptables", "node b: nftables", "node a: head"]);
  expect(got("10.96.0.6").at(-1)).toBe("node a: between");
  expect(got("10.96.0.7").at(-1)).toBe("node a: tail");
  expect(readBackRules({ ...found, client: "b", target: "10.96.0.5" }).at(-1)?.got).toBeNull();
});
