import { build, encodeIntoCompressedBase64 } from "hdr-histogram-js";
import { describe, expect, test } from "vitest";
import { renderHtml } from "../../../../../reports/html/page.ts";
import { renderTerminal } from "../../../../../reports/index.ts";
import { armViews } from "../../../../../reports/view/arms.ts";
import { bucketsOf, meanMs, quantileMs, sumOf } from "../../../../../reports/view/hdr.ts";
import { Result } from "../../../../../runner/result/result.ts";
import { armDns, EDGES_MS, isOfDns, pricesOf } from "../../../../../suites/dns-storm/report/view/dns.ts";
import { priceInWords } from "../../../../../suites/dns-storm/report/view/words.ts";
import { fixture } from "../../../reports/fixture.ts";
import { dnsResult, doubtfulDnsResult } from "./fixture.ts";

const terminal = (result: Result) => renderTerminal(result, { colour: false, width: 100 });

function encoded(valuesMs: readonly number[]): string {
  const histogram = build({ bitBucketSize: 64, autoResize: true, numberOfSignificantValueDigits: 3 });
  for (const value of valuesMs) histogram.recordValue(1_000 * value);
  return encodeIntoCompressedBase64(histogram);
}

describe("histograms", () => {
  test("each value is in exactly one bucket, and what lies beyond is in the outermost", () => {
    const sum = sumOf([encoded([0.05, 1, 2, 2, 9]), "", encoded([10, 150, 50_000])]);
    expect(bucketsOf(sum, [0.1, 1, 10, 100]).map(({ count }) => count)).toEqual([1, 4, 3]);
    expect(bucketsOf(sumOf([]), [0.1, 1, 10]).map(({ count }) => count)).toEqual([0, 0]);
  });

  test("of nothing have no quantile and no mean", () => {
    expect([quantileMs(sumOf([]), 0.5), meanMs(sumOf([""]))]).toEqual([null, null]);
    expect(quantileMs(sumOf([encoded([4, 4, 4])]), 0.5)).toBeCloseTo(4, 1);
  });
});

describe("the made-up results", () => {
  test.each([dnsResult(), doubtfulDnsResult()])("are valid, and add up", (result) => {
    expect(Result.parse(result)).toEqual(result);
    for (const { dns, outcomes, scheduled } of result.arms.flatMap(({ blocks }) => blocks)) {
      const causes = dns?.causes.reduce((total, { failures }) => total + failures, 0) ?? 0;
      expect(causes + (dns?.unexplained ?? 0)).toBe(dns?.failures);
      expect(dns?.failures).toBe(scheduled - outcomes.ok);
    }
  });
});

describe("the view", () => {
  const [baseline, article] = armDns(armViews(dnsResult()));

  test("leaves invalid blocks and the A/A pair out", () => {
    const result = dnsResult();
    const last = result.arms[0]?.blocks.at(-1);
    if (last) last.valid = false;
    expect(armDns(armViews(result)).map(({ blocks }) => blocks)).toEqual([4, 5]);
  });

  test("a stall of 5 s is in a bucket of its own", () => {
    const glibc = baseline?.latency.find(({ resolver }) => resolver === "glibc");
    const late = glibc?.buckets.filter(({ fromMs }) => fromMs > 1_000) ?? [];
    expect(late.filter(({ count }) => count > 0).map(({ count }) => count)).toEqual([glibc?.stalls]);
    expect(EDGES_MS.at(-1)).toBeGreaterThan(20_000);
  });

  test("lists as price what costs more queries, and what is no longer found", () => {
    const prices = baseline && article ? pricesOf([baseline, article]) : [];
    expect(prices.map(priceInWords)).toEqual([
      "a look-up of kubernetes.default.svc with glibc takes 8 queries instead of 6",
      "a look-up of kubernetes.default.svc with musl does not find it any more (nxdomain)",
      "a look-up of kubernetes.default.svc with Node, dns.lookup takes 8 queries instead of 6",
    ]);
  });

  test("is empty for a result of another suite", () => {
    expect(isOfDns(armViews(fixture()))).toBe(false);
    expect(renderHtml(fixture())).not.toContain('id="dns"');
    expect(terminal(fixture())).not.toContain("What a look-up costs");
  });
});

describe("the raw rate", () => {
  test("is the median of the blocks in which it was the DNS's own", () => {
    const result = dnsResult();
    const [first] = result.arms[0]?.blocks.filter(({ round }) => round > 0) ?? [];
    if (!first?.dns?.raw) throw new Error("a block with a raw rate expected");
    first.dns.raw.doubt = "11 queries were lost";
    // Rounds 2 to 5; answers/s are 12,000 and 10 more for each block.
    expect(armDns(armViews(result))[0]?.raw).toMatchObject({ blocks: 4, lost: 0, answersPerSecond: 12_055 });
  });

  test("is told of both arms, with the look-ups that it serves", () => {
    const text = terminal(dnsResult()).replace(/\s+/g, " ");
    expect(text).toMatch(
      /baseline: .* Raw rate: 12,050 answers\/s at most, which serve 2,096 look-ups\/s; 40\.\d ms of CPU for 1,000 answers; none lost\./,
    );
    expect(text).toMatch(/article: .* Raw rate: 12,130 answers\/s at most, which serve 2,696 look-ups\/s/);
  });

  test("where it could not be measured, the report says why", () => {
    const page = renderHtml(doubtfulDnsResult());
    expect(page).toContain("The pure query rate could not be measured: dnsperf gave no statistics");
    expect(page.match(/class="raw-rate/g)).toHaveLength(1);
  });
});

describe("the terminal", () => {
  test("shows both arms' counts, and that they agree", () => {
    const text = terminal(dnsResult());
    expect(text).toMatch(/external, two dots +8 → 2 +8 → 2/);
    expect(text).toMatch(/service\.namespace\.svc +6 → 8 +6 → 2 lost/);
    expect(text).toContain("Each of 64 counts is exactly as predicted.");
  });

  test("marks counts that do not agree, and failures that nobody accounts for", () => {
    const text = terminal(doubtfulDnsResult());
    expect(text).toContain("8 → 2.2!");
    expect(text).toMatch(/! 1 count of 64 is not as predicted/);
    expect(text).toMatch(/\d+ unexplained/);
  });

  test("says so where no block is valid", () => {
    const result = dnsResult();
    for (const block of result.arms.flatMap(({ blocks }) => blocks)) block.valid = false;
    expect(terminal(result)).toContain("No valid block, so nothing was counted.");
    expect(renderHtml(result)).toContain("No valid block, so nothing was counted.");
  });
});

test("options that a libc passes over are in the report's price", () => {
  expect(renderHtml(dnsResult())).toMatch(
    /Not heeded by the client pods&#39; resolvers of musl[^<]*single-request-reopen/,
  );
});
