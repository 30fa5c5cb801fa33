import { build, encodeIntoCompressedBase64 } from "hdr-histogram-js";
import { describe, expect, test } from "vitest";
import { paletteOf } from "../../../../../reports/terminal/palette.ts";
import { armViews } from "../../../../../reports/view/arms.ts";
import { type Result, resultSchema } from "../../../../../runner/result/result.ts";
import { STORM_EVIDENCE, type StormEvidence } from "../../../../../suites/dns-storm/evidence.ts";
import { dnsPage } from "../../../../../suites/dns-storm/report/page.ts";
import { dnsReport } from "../../../../../suites/dns-storm/report/report.ts";
import { armDns, EDGES_MS, pricesOf } from "../../../../../suites/dns-storm/report/view/dns.ts";
import { bucketsOf, meanMs, quantileMs, sumOf } from "../../../../../suites/dns-storm/report/view/hdr.ts";
import { priceInWords } from "../../../../../suites/dns-storm/report/view/phrases.ts";
import { dnsResult, doubtfulDnsResult, voided, voidedDnsResult } from "./fixture.ts";

/** The suite's part of the terminal's report. */
function terminal(result: Result<StormEvidence>): string {
  const lines = dnsReport.terminal({ result, arms: armViews(result), palette: paletteOf(false), width: 100 });
  return lines.join("\n");
}

/** The suite's part of the page. */
function page(result: Result<StormEvidence>): string {
  return dnsPage
    .sections(result, armViews(result))
    .map((section) => section?.markup ?? "")
    .join("\n");
}

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
  test.each([dnsResult(), doubtfulDnsResult(), voidedDnsResult()])("are valid, and add up", (result) => {
    expect(resultSchema("dns-storm", STORM_EVIDENCE).parse(result)).toEqual(result);
    for (const { evidence, outcomes, scheduled } of result.arms.flatMap(({ blocks }) => blocks)) {
      const causes = evidence.causes.reduce((total, { failures }) => total + failures, 0);
      expect(causes + evidence.unexplained).toBe(evidence.failures);
      expect(evidence.failures).toBe(scheduled - outcomes.ok);
    }
  });

  test("an outcome that no look-up and no request of the chain can have is refused", () => {
    const { block } = STORM_EVIDENCE;
    const [evidence] = dnsResult().arms[0].blocks.map((each) => each.evidence);
    if (!evidence?.chain) throw new Error("a block with a chain expected");
    const { chain } = evidence;
    expect(block.safeParse({ ...evidence, chain: { ...chain, outcomes: { ok: 1, timeout: 2 } } }).success).toBe(true);
    expect(block.safeParse({ ...evidence, chain: { ...chain, outcomes: { ok: 1, tiemout: 2 } } }).success).toBe(false);
    const resolvers = evidence.resolvers.map((each) => ({
      ...each,
      lookups: each.lookups.map((lookups) => ({ ...lookups, outcomes: { ok: 1, "dns-srvfail": 2 } })),
    }));
    expect(block.safeParse({ ...evidence, resolvers }).success).toBe(false);
  });
});

describe("the view", () => {
  const [baseline, article] = armDns(armViews(dnsResult()));

  test("leaves invalid blocks and the warm-up out", () => {
    const { arms, ...result } = dnsResult();
    const [first, second] = arms;
    const blocks = first.blocks.map((block, i) => (i === first.blocks.length - 1 ? voided(block) : block));
    const views = armViews<StormEvidence>({ ...result, arms: [{ ...first, blocks }, second] });
    expect(armDns(views).map((each) => each.blocks)).toEqual([4, 5]);
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

  test("says once what several blocks say alike", () => {
    expect(baseline?.faults).toEqual([
      "every answer of the upstream 50 ms late",
      "10 % of the upstream's answers lost",
    ]);
    expect(baseline?.unseen).toEqual([
      "the counters of dns-5d8f7c-abcde could not be read: GET /metrics of pod dns-5d8f7c-abcde: HTTP 503",
    ]);
  });
});

describe("the raw rate", () => {
  test("is the median of the blocks in which it was the DNS's own", () => {
    const result = dnsResult();
    const [first] = result.arms[0].blocks.filter(({ round }) => round > 0) ?? [];
    if (!first?.evidence.raw) throw new Error("a block with a raw rate expected");
    first.evidence.raw.doubt = { kind: "places-lost", lost: 11, places: 100, eachForMs: 5_000 };
    // Rounds 2 to 5; answers/s are 12,000 and 10 more for each block.
    expect(armDns(armViews(result))[0]?.raw).toMatchObject({ blocks: 4, lost: 0, answersPerSecond: 12_045 });
  });

  test("is told of both arms, with the look-ups that it serves", () => {
    const text = terminal(dnsResult()).replace(/\s+/g, " ");
    expect(text).toMatch(
      /baseline: .* Raw rate: 12,040 answers\/s at most, which serve 2,094 look-ups\/s; 39\.\d ms of CPU for 1,000 answers; none lost\./,
    );
    expect(text).toMatch(/article: .* Raw rate: 12,130 answers\/s at most, which serve 2,696 look-ups\/s/);
  });

  test("where it could not be measured, the report says why", () => {
    const drawn = page(doubtfulDnsResult());
    expect(drawn).toContain("The pure query rate could not be measured: dnsperf gave no statistics");
    expect(drawn.match(/class="raw-rate/g)).toHaveLength(1);
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
    expect(text).toMatch(/\d+\s+unexplained/);
  });

  test("says so where no block is valid", () => {
    const result = voidedDnsResult();
    expect(terminal(result)).toContain("No valid block, so nothing was counted.");
    expect(page(result)).toContain("No valid block, so nothing was counted.");
  });
});

test("options that a libc passes over are in the report's price", () => {
  expect(page(dnsResult())).toMatch(/Not heeded by the client pods&#39; resolvers of musl[^<]*single-request-reopen/);
});

test("whoever watches is told in half a line what a block came to", () => {
  const blockLine = ({ arms }: Result<StormEvidence>) => {
    const [block] = arms[1].blocks;
    return block && dnsReport.blockLine(block);
  };
  expect(blockLine(dnsResult())).toMatch(/^[\d,]+ queries, each count as predicted, chain p99 [\d.]+ ms$/);
  expect(blockLine(doubtfulDnsResult())).toMatch(/queries, 1 of 32 counts not as predicted, chain p99 unknown$/);
});

test("a quick run says what it leaves out", () => {
  const result = dnsResult();
  expect(dnsReport.scale(result)).toBe("quick: blocks of 12 s instead of 60 s, without every fault in turn");
  expect(dnsReport.scale({ ...result, quick: false })).toBe("");
});
