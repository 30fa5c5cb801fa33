import { describe, expect, test } from "vitest";
import type { Said } from "../../../../../runner/result/said.ts";
import { dnsReport } from "../../../../../suites/dns-storm/report/report.ts";
import { words } from "../../../../../suites/dns-storm/report/words.ts";
import { DnsSaid } from "../../../../../suites/dns-storm/result/reasons.ts";
import { dnsResult, doubtfulDnsResult } from "./fixture.ts";

type Kind = DnsSaid["kind"];

const tooFew = { kind: "too-few-queries", counted: 159, predicted: 160 } as const;
const refused = { kind: "queries-refused", refused: 1_200 } as const;

/** One of each kind; a kind that is missing here does not compile. */
const ONE_OF_EACH: { readonly [K in Kind]: Extract<DnsSaid, { kind: K }> } = {
  "servers-not-read": { kind: "servers-not-read" },
  "no-query-arrived": { kind: "no-query-arrived" },
  "slow-upstream": { kind: "slow-upstream", delayMs: 50 },
  "lossy-upstream": { kind: "lossy-upstream", loss: 0.1 },
  "cpu-limit": { kind: "cpu-limit", cpuLimit: "60m" },
  "max-concurrent": { kind: "max-concurrent", maxConcurrent: 2 },
  "kill-pod": { kind: "kill-pod", atMs: 4_000 },
  "counts-began-anew": { kind: "counts-began-anew", counted: 24, predicted: 160 },
  "strangers-queries": { kind: "strangers-queries", counted: 163, predicted: 160, others: { TXT: 3 } },
  "repeated-after-timeout": { kind: "repeated-after-timeout", counted: 164, predicted: 160, lookups: 1 },
  "repeated-after-failure": { kind: "repeated-after-failure", counted: 164, predicted: 160, lookups: 2 },
  "too-many-queries": { kind: "too-many-queries", counted: 1_161, predicted: 1_160 },
  "too-few-queries": tooFew,
  "ended-otherwise": { kind: "ended-otherwise", lookups: 20, as: "dns-nxdomain", insteadOf: "ok" },
  "other-denials": { kind: "other-denials", counted: 100, predicted: 120 },
  "other-upstream-queries": { kind: "other-upstream-queries", asked: 40, atLeast: 0, atMost: 4 },
  "queries-refused": refused,
  "under-way-at-kill": { kind: "under-way-at-kill", failures: 30, pods: ["dns-1", "dns-2"] },
  "server-held-back": { kind: "server-held-back", mostShare: 0.62 },
  "answers-left-out": { kind: "answers-left-out", lost: 1 },
  "answers-too-late": { kind: "answers-too-late", delayMs: 3_000, waitsMs: 2_000 },
  "never-asked-for": {
    kind: "never-asked-for",
    names: [
      { resolver: "musl", name: "kubernetes.default.svc", ndots: 2 },
      { resolver: "node-c-ares", name: "web", ndots: 5 },
    ],
  },
  "nothing-answered": { kind: "nothing-answered" },
  "asked-server-began-anew": { kind: "asked-server-began-anew" },
  "places-lost": { kind: "places-lost", lost: 11, places: 100, eachForMs: 5_000 },
  "other-answers": { kind: "other-answers", nxdomainShare: 1, expectedShare: 32 / 46 },
  "counters-unread": { kind: "counters-unread", pod: "dns-1", because: "GET /metrics of pod dns-1: HTTP 503" },
  "raw-rate-unmeasured": { kind: "raw-rate-unmeasured", because: "dnsperf: ImagePullBackOff" },
  "raw-rate-in-doubt": { kind: "raw-rate-in-doubt", doubt: { kind: "nothing-answered" } },
  "counted-name": { kind: "counted-name", name: "api.shop.test", resolvers: 3 },
  "all-counts-agree": { kind: "all-counts-agree" },
  "counts-disagree": { kind: "counts-disagree", disagreeing: 1, of: 32, first: { resolver: "glibc", why: tooFew } },
  "lookups-times-queries": { kind: "lookups-times-queries" },
  "query-cost-measured": { kind: "query-cost-measured", idleMs: 0.0512, busyMs: 0.017 },
  "query-cost-published": { kind: "query-cost-published", queriesPerCore: 16_800, cores: 0.0238 },
  "query-cost-unmeasured": { kind: "query-cost-unmeasured", queriesPerCore: 16_800 },
  "names-tried": { kind: "names-tried", names: 4, roundTripMs: 0.5 },
  "served-stale": { kind: "served-stale" },
  "missed-caches": { kind: "missed-caches", share: 0.1 },
  "mean-of-delay": { kind: "mean-of-delay", rejectedPerBlock: 12.5 },
  "entry-each-name": { kind: "entry-each-name", keptMs: 30_000 },
  "failures-of-cause": {
    kind: "failures-of-cause",
    arm: "tuned",
    cause: "max-concurrent",
    outcomes: ["dns-servfail", "dns-timeout"],
    failures: 1_500,
    why: refused,
    sameInAllBlocks: false,
  },
  "queries-all-answered": { kind: "queries-all-answered", arm: "tuned", queries: 4_000 },
  "queries-left-open": { kind: "queries-left-open", arm: "tuned", queries: 4_000, answers: 3_990 },
  "chain-ended-at-lookup": { kind: "chain-ended-at-lookup", requests: 3 },
  "failures-unexplained": { kind: "failures-unexplained", failures: 2 },
};

describe("what the suite says", () => {
  test.each(Object.values(ONE_OF_EACH))("$kind is worded, whole", (said) => {
    expect(DnsSaid.parse(said)).toEqual(said);
    expect(words(said)).toMatch(/^\S.*\S$/);
    expect(words(said)).not.toMatch(/undefined|NaN|null|Infinity|\[object|–/);
    // A clause: whoever draws it makes it a sentence, or one of several.
    expect(words(said)).not.toMatch(/\.$/);
  });

  test("each kind reads otherwise", () => {
    const all = Object.values(ONE_OF_EACH).map(words);
    expect(new Set(all).size).toBe(all.length);
  });

  test.each<[Kind, string]>([
    ["servers-not-read", "whether the storm reached it is not known"],
    ["no-query-arrived", "no query arrived at the DNS under test"],
    ["lossy-upstream", "10 % of the upstream's answers lost"],
    ["kill-pod", "the process of a DNS pod killed after 4 s"],
    ["too-many-queries", "1,161 queries instead of 1,160: answers that did not come in time were asked for again"],
    ["answers-left-out", "the upstream left 1 query without an answer"],
    ["answers-too-late", "every answer of the upstream came 3 s late, and CoreDNS waits 2 s for one"],
    ["under-way-at-kill", "between the killing of dns-1 and dns-2 and the time"],
    ["never-asked-for", "c-ares asks for web as it is, and knows no search list"],
    ["other-answers", "100 % of the answers were NXDOMAIN instead of 70 %"],
    ["raw-rate-in-doubt", "the pure query rate does not count: no query was answered"],
    ["counts-disagree", "1 of 32 counts do not agree, e.g. glibc: 159 queries instead of 160"],
    ["query-cost-published", "16,800 queries/s a core give 0.02 cores"],
    ["mean-of-delay", "rejected 12.5 queries a block"],
    ["entry-each-name", "one entry of 30 s for each name tried"],
    [
      "failures-of-cause",
      "DNS, tuned: 1,500 look-ups failed (servfail, timeout): max_concurrent refused; in the first block",
    ],
    ["queries-left-open", "got 4,000 queries and answered 3,990: 10 were still open"],
  ])("%s", (kind, part) => {
    expect(words(ONE_OF_EACH[kind])).toContain(part);
  });
});

test("all that results say of this suite is worded by its report", () => {
  for (const { predictions, attribution } of [dnsResult(), doubtfulDnsResult()]) {
    const said = [...predictions.flatMap(({ notes }) => notes), ...attribution.evidence];
    expect(said.length).toBeGreaterThan(20);
    for (const each of said) expect(dnsReport.words(each)).not.toMatch(/undefined|NaN/);
  }
});

test.each<[string, Said]>([
  ["a kind that it never says", { kind: "proxy-asked-twice" }],
  ["one without its facts", { kind: "queries-refused" }],
])("%s is refused", (_, said) => {
  expect(() => dnsReport.words(said)).toThrow();
});
