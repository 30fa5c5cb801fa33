import { describe, expect, test } from "vitest";
import { rolloutReport } from "../../../../../suites/rolling-update/report/report.ts";
import {
  partyWords,
  remedyWords,
  rolloutWords,
  unseenWords,
  whyWords,
} from "../../../../../suites/rolling-update/report/words.ts";
import {
  LateParty,
  RemedyProblem,
  RolloutNote,
  Unseen,
  UpstreamError,
  WhyFailed,
} from "../../../../../suites/rolling-update/result/reasons.ts";
import { rolloutResult } from "./fixture.ts";

/** One example of each kind; the compiler asks for those that are missing. */
type Examples<Union, Tag extends keyof Union> = {
  readonly [Kind in Union[Tag] & string]: Extract<Union, Readonly<Record<Tag, Kind>>>;
};

const SHORT = { tuning: "terminationGracePeriodSeconds", gracePeriodS: 12, sleepS: 10 } as const;
const REMEDIES: Examples<RemedyProblem, "kind"> = {
  "sleep-dropped": { kind: "sleep-dropped", tuning: "preStop.sleep", void: true },
  "no-shell": { kind: "no-shell", tuning: "preStop.exec", void: true, program: "/bin/sh" },
  "grace-ends-first": { kind: "grace-ends-first", void: true, ...SHORT, gracePeriodS: 1 },
  "grace-too-short": { kind: "grace-too-short", void: false, ...SHORT, drainS: 5 },
  "deaf-to-sigterm": { kind: "deaf-to-sigterm", tuning: "stop signal", void: false, killedAfterS: 20 },
  "slow-readiness": { kind: "slow-readiness", tuning: "readinessProbe", void: false, periodS: 10 },
  "slow-to-notice": { kind: "slow-to-notice", tuning: "readinessProbe", void: false, periodS: 10, failures: 6 },
};

const PARTIES: Examples<LateParty, "party"> = {
  "endpoint-slice": { party: "endpoint-slice" },
  "kube-proxy": { party: "kube-proxy", node: "node-1" },
  proxy: { party: "proxy", path: "ingress-traefik" },
  "kept-connection": { party: "kept-connection" },
  process: { party: "process" },
  "grace-period": { party: "grace-period" },
  nobody: { party: "nobody" },
};

const REASONS: Examples<WhyFailed, "kind"> = {
  "led-too-late": { kind: "led-too-late", error: "connection refused", pods: ["web-1"] },
  "cut-off": { kind: "cut-off", error: "connection reset", pods: ["web-1", "web-2"] },
  "no-endpoint": { kind: "no-endpoint", knownTo: "service", lastPod: "web-1" },
};

const LOG = { container: "traefik", pod: "traefik-7c9f" } as const;
const UNSEEN: Examples<Unseen, "kind"> = {
  "watch-interrupted": { kind: "watch-interrupted", of: "pods", fromUnixMs: 1_800_000_000_000, ms: 120.4 },
  "node-watch-broken": { kind: "node-watch-broken", node: "node-1", because: "it did not end when told to" },
  blind: { kind: "blind", what: "rules", node: "node-1", because: "permission denied" },
  "rules-not-found": { kind: "rules-not-found", node: "node-1" },
  "ends-not-seen": { kind: "ends-not-seen", node: "node-1", ends: 1, of: 4 },
  "ended-by-itself": { kind: "ended-by-itself", pod: "web-1" },
  "deleted-by-others": { kind: "deleted-by-others", pod: "web-1" },
  "log-begins-anew": { kind: "log-begins-anew", ...LOG },
  "log-rotated": { kind: "log-rotated", ...LOG },
  "log-not-readable": { kind: "log-not-readable", ...LOG, because: "HTTP 403" },
  "lines-passed-over": { kind: "lines-passed-over", ...LOG, garbled: 1, foreign: 2 },
  "syncs-garbled": { kind: "syncs-garbled", ...LOG, lines: 1 },
  "controller-not-known": { kind: "controller-not-known", path: "ingress-x", controller: "example.com/x" },
  "requests-not-logged": { kind: "requests-not-logged", path: "ingress-traefik", product: "Traefik" },
};

const NOTES: Examples<RolloutNote, "kind"> = {
  "nothing-replaced": { kind: "nothing-replaced" },
  "by-instants": { kind: "by-instants" },
  "by-path": { kind: "by-path", paths: [{ path: "nginx", expected: 50.4, measured: 48 }] },
  "paths-that-do-not-say": { kind: "paths-that-do-not-say", paths: ["ingress-x"] },
  "hook-not-known": { kind: "hook-not-known" },
  "rhythm-not-known": { kind: "rhythm-not-known", paths: ["ingress-x", "gateway-x"] },
  "load-too-short": { kind: "load-too-short" },
  "at-most": { kind: "at-most", stopsAfterMs: 10_000, newsMs: 500 },
  "late-parties": {
    kind: "late-parties",
    arm: "baseline",
    of: 5,
    parties: Object.values(PARTIES).map((late) => ({ late, requests: 1_200 })),
  },
  "not-accounted-for": { kind: "not-accounted-for", requests: 2 },
};

function expectWords(words: string | null): void {
  expect(words).toMatch(/\w{3}/);
  expect(words).not.toMatch(/undefined|NaN|null|\[object|\{/);
}

describe("every kind that the suite can say has words", () => {
  test.each(Object.values(REMEDIES))("remedy: $kind", (problem) => {
    expectWords(remedyWords(RemedyProblem.parse(problem)));
  });

  test.each(Object.values(PARTIES))("party: $party", (late) => {
    expectWords(partyWords(LateParty.parse(late)));
  });

  test.each(Object.values(UNSEEN))("not seen: $kind", (unseen) => {
    expectWords(unseenWords(Unseen.parse(unseen)));
  });

  test.each(Object.values(NOTES))("note: $kind", (note) => {
    expectWords(rolloutWords(RolloutNote.parse(note)));
  });

  test.each(Object.values(REASONS))("failed request: $kind, with each party and each end", (reason) => {
    const errors = [null, ...UpstreamError.options];
    const reasons = "error" in reason ? errors.map((error) => WhyFailed.parse({ ...reason, error })) : [reason];
    for (const why of reasons)
      for (const late of [...Object.values(PARTIES), null])
        for (const sinceExitMs of [null, 45.3]) expectWords(whyWords({ why, late, sinceExitMs }));
  });
});

describe("the words", () => {
  test("of a failed request name the pod, the time and the party", () => {
    const words = whyWords({ why: REASONS["led-too-late"], late: PARTIES["kube-proxy"], sinceExitMs: 45.31 });
    expect(words).toBe(
      "its connection was refused at pod web-1, 45.3 ms after it had stopped: kube-proxy on node-1 still led there, though its EndpointSlice had told",
    );
    expect(whyWords({ why: REASONS["cut-off"], late: PARTIES.process, sinceExitMs: null })).toBe(
      "its connection was reset at one of the pods web-1, web-2, which stopped while it was under way: the process did not finish what it had begun",
    );
    expect(whyWords({ why: null, late: null, sinceExitMs: null })).toBeNull();
  });

  test("of an attribution count each party", () => {
    expect(rolloutWords(NOTES["late-parties"])).toMatch(
      /^terminating-pod, baseline: who was late, of 5 listed: EndpointSlice 1,200, kube-proxy on node-1 1,200, .*\.$/,
    );
  });

  test("there are none for what the suite never says", () => {
    expect(() => rolloutWords({ kind: "median-of", blocks: 5 })).toThrow("rolling-update never says");
    expect(() => rolloutWords({ kind: "not-accounted-for", requests: "many" })).toThrow("rolling-update never says");
  });
});

describe("the report", () => {
  test("notes what stands in a remedy's way, by arm", () => {
    expect(rolloutReport.notes(rolloutResult())).toEqual([
      expect.stringMatching(/^arm native-sleep: readiness is asked every 10 s only: /),
    ]);
  });

  test("says how a quick run differs, and nothing of a full one", () => {
    const result = rolloutResult();
    expect(rolloutReport.scale(result)).toBe(
      "quick: blocks of 24 s with the two restarts only; no scale-down, eviction or kill",
    );
    expect(rolloutReport.scale({ ...result, quick: false })).toBe("");
  });

  test("says of a block how many of its failures are explained", () => {
    const [block] = rolloutResult().arms[1].blocks;
    if (!block) throw new Error("a block expected");
    expect(rolloutReport.blockLine(block)).toBe("0 of them explained");
  });
});
