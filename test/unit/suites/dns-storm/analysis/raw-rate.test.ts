import { describe, expect, test } from "vitest";
import { answerCost, rawRateOf } from "../../../../../suites/dns-storm/analysis/raw-rate.ts";
import { words } from "../../../../../suites/dns-storm/report/words.ts";
import { server } from "./block.ts";
import { mixOf, OUTSTANDING, rateOf, raw } from "./raw.ts";

describe("the queries that are asked", () => {
  test("are those of one look-up of each name, without the ones that no cache can have", () => {
    const five = mixOf("ndots:5");
    // 2 + 4 + 6 + 8 + 8 + 8 + 2 + 8 by kind of name; with ndots 2, 2 + 4 + 8 + 2 + 2 + 8 + 2 + 8.
    expect([five.lookups, five.queries.length]).toEqual([8, 46]);
    expect(five.queries.filter(({ fqdn }) => fqdn.includes("any.test"))).toEqual([]);
    expect(five.queries.filter(({ fqdn }) => fqdn.endsWith("."))).toEqual([]);
    expect(mixOf("ndots:2").queries).toHaveLength(36);
  });

  test("their share of NXDOMAIN follows from what exists", () => {
    // Only one name of each look-up exists, with an answer for A and AAAA; of the missing one none does.
    expect(mixOf("ndots:5").nxdomainShare).toBeCloseTo((46 - 7 * 2) / 46);
  });
});

describe("what dnsperf and the servers say together", () => {
  const mix = mixOf("ndots:5");
  const asked = [server({ queries: { A: 10, AAAA: 10 }, cpuSeconds: 1.2 }), server({ pod: "dns-2", cpuSeconds: 0.6 })];

  test("look-ups per second: as fast a DNS serves more of those that ask less often", () => {
    const [five, two] = [raw("ndots:5"), raw("ndots:2")];
    expect([five.answersPerSecond, two.answersPerSecond]).toEqual([12_000, 12_000]);
    expect(five.lookupsPerSecond).toBeCloseTo(12_000 / (46 / 8));
    expect(two.lookupsPerSecond).toBeCloseTo(12_000 / (36 / 8));
    expect([five.doubt, two.doubt]).toEqual([null, null]);
  });

  test("a refusal, however fast, serves no look-up", () => {
    const half = rateOf(mix, 12_000, { responses: { NOERROR: 6_000, NXDOMAIN: 12_000, REFUSED: 18_000 } });
    expect(rawRateOf(mix, OUTSTANDING, { rate: half, servers: asked }, null).lookupsPerSecond).toBeCloseTo(
      6_000 / (46 / 8),
    );
  });

  test("servers' counters are added up; throttling that none could read is not 0", () => {
    const found = rawRateOf(mix, OUTSTANDING, { rate: rateOf(mix, 9_000), servers: asked }, null);
    expect(found.servers).toMatchObject({ queries: { A: 2_010, AAAA: 2_010 }, throttledSeconds: 0, restarted: false });
    expect(found.servers.cpuSeconds).toBeCloseTo(1.8);
    expect(raw("ndots:5").servers.throttledSeconds).toBeNull();
  });

  test.each([
    ["a server that began anew", {}, { restarted: true }, /count anew/],
    ["lost queries", { lost: 11 }, {}, /11 queries were lost, each of which kept one of 100 places for 5 s/],
    ["no answer", { completed: 0, responses: {}, perSecond: 0 }, {}, /no query was answered/],
    ["other answers", { responses: { NXDOMAIN: 27_000 } }, {}, /100 % of the answers were NXDOMAIN instead of 70 %/],
  ])("%s: not the DNS's own rate", (_, rate, counters, why) => {
    const run = { rate: rateOf(mix, 9_000, rate), servers: [server(counters)] };
    const { doubt } = rawRateOf(mix, OUTSTANDING, run, null);
    expect(doubt && words(doubt)).toMatch(why);
  });

  test("a few lost queries are no reason for doubt, and keep the others' rate", () => {
    expect(rawRateOf(mix, OUTSTANDING, { rate: rateOf(mix, 9_000, { lost: 10 }), servers: asked }, null)).toMatchObject(
      {
        doubt: null,
        lost: 10,
      },
    );
  });

  test("an answer costs a server that is mostly idle more than a busy one", () => {
    const cost = answerCost(raw("ndots:5", { perSecond: 12_000, cpuSeconds: 1.8, idleCpuSeconds: 0.12 }));
    expect(cost?.busyS).toBeCloseTo(1.8 / 36_000, 8);
    expect(cost?.idleS).toBeCloseTo(0.12 / 1_200, 8);
  });

  test("what it costs is not known from a part of the counters", () => {
    const whole = { rate: rateOf(mix, 9_000), servers: asked };
    const part = { rate: rateOf(mix, 9_000), servers: [server({ restarted: true })] };
    expect(answerCost(null)).toBeNull();
    expect(answerCost(rawRateOf(mix, OUTSTANDING, whole, null))).toBeNull();
    expect(answerCost(rawRateOf(mix, OUTSTANDING, part, whole))).toBeNull();
    expect(answerCost(rawRateOf(mix, OUTSTANDING, whole, part))).toBeNull();
    expect(answerCost(rawRateOf(mix, OUTSTANDING, whole, whole))).not.toBeNull();
  });
});
