import { expect, test } from "vitest";
import { planWords } from "../../../runner/cli/plan-words.ts";
import { UsageError } from "../../../runner/errors.ts";
import { connectionFlood } from "../../../suites/connection-flood/suite.ts";
import { dnsStorm } from "../../../suites/dns-storm/suite.ts";

const flood = (rounds: number) => ({ suite: connectionFlood, plan: { ...connectionFlood.plan("quick"), rounds } });
const storm = (rounds: number) => ({ suite: dnsStorm, plan: { ...dnsStorm.plan("quick"), rounds } });

test("the plan's length is said before it starts", () => {
  expect(planWords([flood(8), storm(6)], {})).toEqual([
    "Plan: connection-flood about 5 min (8 rounds), dns-storm about 6 min (6 rounds); less where the answer is clear, more where blocks are spoilt",
  ]);
});

test.each([1, 3])("%d rounds are said to decide nothing", (rounds) => {
  expect(planWords([flood(rounds)], {})[1]).toMatch(
    /^connection-flood: \d rounds? can't decide anything.* takes 4 or more$/,
  );
});

test("what would take days is refused, unless it is meant or bounded", () => {
  const refused = () => planWords([flood(1_000_000)], {});
  expect(refused).toThrow(UsageError);
  expect(refused).toThrow(
    /^this takes about 301 days; add --yes if that is meant, or bound it by --rounds or --max-minutes$/,
  );
  expect(planWords([flood(1_000_000)], { yes: true })[0]).toContain("about 301 days");
  expect(planWords([flood(1_000_000)], { maxMinutes: 60 })[0]).toContain("about 61 min");
});
