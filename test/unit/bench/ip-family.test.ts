/** What bench:ip-family calls right, of documents that are written by hand. */
import { expect, test } from "vitest";
import { type Compared, lookProblems, SUITES, verdictProblems } from "../../../bench/ip-family/expected.ts";

const suites = (barred: readonly string[]) => ({
  suites: [...SUITES, "overlay-tax", "service-scale"].map((name) => ({
    name,
    state: barred.includes(name) ? "cannot" : "whole",
    because: barred.includes(name) ? ["IPv4 only"] : [],
  })),
});

test("IPv6 first bars the suites of IPv4 alone, and dual stack bars none", () => {
  expect(lookProblems("ipv6-first", suites(["overlay-tax", "service-scale"]))).toEqual([]);
  expect(lookProblems("dual", suites([]))).toEqual([]);
  expect(lookProblems("dual", suites(["overlay-tax"]))).toEqual(["preflight says of overlay-tax: cannot (IPv4 only)"]);
  expect(lookProblems("ipv6-first", suites(["overlay-tax"]))).toEqual(["preflight says of service-scale: whole"]);
});

type Result = Compared[number];

function results(changes: Partial<Record<(typeof SUITES)[number], Partial<Result>>> = {}): Compared {
  return SUITES.map((name): Result => {
    const counted = name === "dns-storm" ? { counted: [{ agrees: true }, { agrees: true }] } : {};
    const arms = [
      {
        blocks: [
          { valid: true, evidence: counted },
          { valid: false, evidence: {} },
        ],
      },
    ];
    const attribution = { failures: 100, unexplained: 5 };
    return { suite: { name }, verdict: "improved", attribution, arms, ...changes[name] };
  });
}

test("three improvements, explained and as predicted, are right", () => {
  expect(verdictProblems(results())).toEqual([]);
});

const storm = (...agrees: boolean[]): Partial<Result> => ({
  arms: [{ blocks: [{ valid: true, evidence: { counted: agrees.map((each) => ({ agrees: each })) } }] }],
});

test.each<[string, Compared, string]>([
  ["another verdict", results({ "rolling-update": { verdict: "inconclusive" } }), "rolling-update: inconclusive"],
  [
    "unexplained failures",
    results({ "connection-flood": { attribution: { failures: 100, unexplained: 6 } } }),
    "connection-flood: 6 of 100 failures are unexplained",
  ],
  [
    "a count that is off",
    results({ "dns-storm": storm(true, false) }),
    "dns-storm: 1 of 2 counts of A and AAAA are not as predicted",
  ],
  ["nothing counted", results({ "dns-storm": storm() }), "dns-storm: no query was counted"],
  ["a suite that ended without a result", results().slice(1), "connection-flood has no result"],
])("%s is told", (_, found, problem) => {
  expect(verdictProblems(found)).toEqual([problem]);
});
