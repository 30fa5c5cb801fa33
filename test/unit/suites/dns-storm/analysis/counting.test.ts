import { describe, expect, test } from "vitest";
import { type CountingRun, countedLookups, perLookup } from "../../../../../suites/dns-storm/analysis/counting.ts";
import { queriesOf } from "../../../../../suites/dns-storm/analysis/queries.ts";
import { serverModel, worldOf } from "../../../../../suites/dns-storm/analysis/server-model.ts";
import { words } from "../../../../../suites/dns-storm/report/words.ts";
import type { CountDifference } from "../../../../../suites/dns-storm/result/reasons.ts";
import { counted, FACTS, resolvConf, SEARCH } from "./block.ts";

const CACHING = { caches: 1, keptSeconds: 30, refreshes: false };
const model = serverModel(FACTS);

function external(changes: Partial<CountingRun> = {}): CountingRun {
  const run = counted("glibc").find(({ kind }) => kind === "external");
  if (!run) throw new Error("no external name");
  return { ...run, ...changes };
}

test("what is counted as predicted agrees, for every resolver and kind of name", () => {
  for (const resolver of ["glibc", "musl", "node", "node-c-ares"] as const)
    for (const run of counted(resolver)) {
      const { whyNot, ...found } = countedLookups(run, model, CACHING);
      expect([run.kind, whyNot, found.agrees]).toEqual([run.kind, null, true]);
      expect(found.counted).toEqual(found.predicted);
    }
});

test.each(["A", "AAAA"] as const)(
  "Services with %s alone: each resolver finds them, and asks for the other type as well",
  (type) => {
    const ofFamily = serverModel({ ...FACTS, names: { ...FACTS.names, servicesHave: type } });
    const name = "web.packetwalk.svc.cluster.local";
    const other = type === "A" ? "AAAA" : "A";
    expect(ofFamily(name, type)).toEqual({ answer: "answer", forwards: [] });
    expect(ofFamily(name, other)).toEqual({ answer: "nodata", forwards: [] });
    for (const resolver of ["glibc", "musl", "node", "node-c-ares"] as const) {
      const { end, queries } = queriesOf(resolvConf(), `${name}.`, resolver, worldOf(ofFamily));
      expect([resolver, end, queries.map((query) => query.type)]).toEqual([resolver, "ok", ["A", "AAAA"]]);
    }
  },
);

test("an external name with ndots 5: 8 queries, 6 of them NXDOMAIN", () => {
  const { predicted, lookups } = countedLookups(external(), model, CACHING);
  expect([perLookup(predicted, lookups), predicted.nxdomain / lookups]).toEqual([8, 6]);
});

describe("the report says why a count differs", () => {
  test.each<[string, Partial<CountingRun>, CountDifference, RegExp]>([
    [
      "asked again",
      { queries: { A: 82, AAAA: 82 }, outcomes: { ok: 19, "dns-timeout": 1 } },
      { kind: "repeated-after-timeout", counted: 164, predicted: 160, lookups: 1 },
      /1 look-up timed out/,
    ],
    [
      "asked again of another server",
      { queries: { A: 82, AAAA: 82 }, outcomes: { ok: 18, "dns-servfail": 2 } },
      { kind: "repeated-after-failure", counted: 164, predicted: 160, lookups: 2 },
      /2 look-ups met a server that failed/,
    ],
    [
      "somebody else",
      { queries: { A: 80, AAAA: 80, TXT: 3 } },
      { kind: "strangers-queries", counted: 163, predicted: 160, others: { TXT: 3 } },
      /somebody else's queries.*3 TXT/,
    ],
    [
      "a new process",
      { queries: { A: 12, AAAA: 12 }, restarted: true },
      { kind: "counts-began-anew", counted: 24, predicted: 160 },
      /began to count anew/,
    ],
    [
      "too many",
      { queries: { A: 81, AAAA: 80 } },
      { kind: "too-many-queries", counted: 161, predicted: 160 },
      /^161 queries instead of 160/,
    ],
    [
      "too few",
      { queries: { A: 79, AAAA: 80 } },
      { kind: "too-few-queries", counted: 159, predicted: 160 },
      /^159 queries instead of 160/,
    ],
    [
      "another end",
      { outcomes: { ok: 0, "dns-nxdomain": 20 } },
      { kind: "ended-otherwise", lookups: 20, as: "dns-nxdomain", insteadOf: "ok" },
      /20 look-ups ended as nxdomain instead of ok/,
    ],
    [
      "other names",
      { nxdomain: 100 },
      { kind: "other-denials", counted: 100, predicted: 120 },
      /100 answers were NXDOMAIN instead of 120/,
    ],
    [
      "no cache",
      { upstream: { A: 20, AAAA: 20 } },
      { kind: "other-upstream-queries", asked: 40, atLeast: 0, atMost: 4 },
      /the upstream was asked 40 times instead of 0 to 4/,
    ],
  ])("%s", (_, changes, why, inWords) => {
    const found = countedLookups(external(changes), model, CACHING);
    expect(found.agrees).toBe(false);
    expect(found.whyNot).toEqual(why);
    expect(words(why)).toMatch(inWords);
  });
});

test("as many A as AAAA too many is not the same as none", () => {
  expect(countedLookups(external({ queries: { A: 81, AAAA: 79 } }), model, CACHING).agrees).toBe(false);
});

test("names that are new to every look-up reach the upstream each time", () => {
  const run = external({ name: "x{n}.any.test", upstream: { A: 20, AAAA: 20 } });
  expect(countedLookups(run, model, CACHING)).toMatchObject({ upstream: { atLeast: 40, atMost: 40 }, whyNot: null });
});

test("autopath answers the first query, and asks the upstream for it", () => {
  const walking = serverModel({ ...FACTS, autopath: SEARCH });
  const run = external({ queries: { A: 20, AAAA: 20 }, nxdomain: 0, upstream: { A: 1, AAAA: 1 } });
  expect(countedLookups(run, walking, CACHING)).toMatchObject({ agrees: true, predicted: { nxdomain: 0 } });
  // A name that nobody has is searched to its end all the same.
  const missing = counted("glibc").find(({ kind }) => kind === "missing");
  expect(missing && countedLookups(missing, walking, CACHING).agrees).toBe(true);
});
