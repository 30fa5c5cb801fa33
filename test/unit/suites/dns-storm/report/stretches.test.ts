import { expect, test } from "vitest";
import { armViews } from "../../../../../reports/view/arms.ts";
import { stretchGroups } from "../../../../../suites/dns-storm/report/view/stretches.ts";
import { dnsResult, voidedDnsResult } from "./fixture.ts";

test("each stretch says what was broken in it, and not what began as it ended", () => {
  const groups = stretchGroups(armViews(dnsResult()));
  expect(groups.map(({ broken }) => broken)).toEqual([
    ["every answer of the upstream 50 ms late"],
    ["10 % of the upstream's answers lost"],
  ]);
  expect(groups.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
    [0, 5_040],
    [5_040, null],
  ]);
});

test("an arm's blocks are added up, and their quantiles taken together", () => {
  const arms = armViews(dnsResult());
  const [slow, lossy] = stretchGroups(arms);
  const blocks = arms[0]?.measured.map(({ evidence }) => evidence) ?? [];
  const total = (of: (stretch: (typeof blocks)[number]["stretches"][number]) => number, index: number) =>
    blocks.reduce((sum, { stretches }) => sum + (stretches[index] ? of(stretches[index]) : 0), 0);
  expect(slow?.arms[0]).toMatchObject({
    lookups: total(({ lookups }) => lookups, 0),
    failures: total(({ failures }) => failures, 0),
    refused: total(({ refused }) => refused, 0),
    lost: 0,
  });
  expect(slow?.arms[0]?.lookups).toBeGreaterThan(0);
  expect(slow?.arms[0]?.refused).toBeGreaterThan(0);
  expect(slow?.arms[0]?.p99Ms).toBeCloseTo(52, 0);
  expect(lossy?.arms[0]).toMatchObject({ refused: 0, lost: total(({ lost }) => lost, 1), throttledShare: null });
  expect(lossy?.arms[0]?.p99Ms).toBeCloseTo(2_003, -1);
});

test("a storm in which nothing changes has no stretches to tell apart", () => {
  const alike = armViews(dnsResult()).map((arm) => ({
    ...arm,
    measured: arm.measured.map((block) => ({
      ...block,
      evidence: { ...block.evidence, stretches: block.evidence.stretches.slice(0, 1) },
    })),
  }));
  expect(stretchGroups(alike)).toEqual([]);
  expect(stretchGroups(armViews(voidedDnsResult()))).toEqual([]);
});
