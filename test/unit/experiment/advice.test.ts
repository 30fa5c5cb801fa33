import { expect, test } from "vitest";
import { adviceWords } from "../../../reports/words/run.ts";
import type { Judgement } from "../../../runner/analysis/verdict/judge.ts";
import { advise } from "../../../runner/experiment/advice.ts";
import type { Metric } from "../../../runner/result/metric.ts";
import type { RunReason } from "../../../runner/result/reasons.ts";
import type { TuningReport } from "../../../runner/result/tuning.ts";

function never(changes: Partial<TuningReport>): TuningReport {
  return {
    name: "some",
    arm: "article",
    setting: "net.core.somaxconn = 65535",
    scope: "node",
    actsIn: "the server pods",
    arrival: "never-arrived",
    note: "",
    failed: null,
    readBacks: [],
    ...changes,
  };
}

const BESIDE = { improved: [], regressed: [] };
function judged(
  verdict: Judgement["verdict"],
  metrics: Metric[] = [],
  why: RunReason = { kind: "metrics-decide", metrics: [], beside: BESIDE },
): Judgement {
  return { verdict, why, metrics, warnings: [] };
}

test("who has run the full size is not told to", () => {
  const quick = advise(judged("improved"), [], { quick: true, twoClusters: false });
  const full = advise(judged("improved"), [], { quick: false, twoClusters: false });
  expect(quick).toEqual([{ kind: "adopt", thenFullSize: true }]);
  expect(full).toEqual([{ kind: "adopt", thenFullSize: false }]);
  expect(quick.map(adviceWords)[0]).toMatch(/at full size/);
  expect(full.map(adviceWords)).toEqual(["Adopt the settings that arrived."]);
});

test("what never arrived: sysctls belong into the pod spec, and an option that a resolver passes over does not", () => {
  const reopen = never({
    setting: "dnsConfig.options: single-request-reopen",
    scope: "pod-spec",
    actsIn: "the client pods' resolvers of musl",
  });
  const advice = advise(judged("regressed"), [never({}), never({ setting: "net.ipv4.tcp_tw_reuse = 1" }), reopen], {
    quick: true,
    twoClusters: false,
  });
  expect(advice).toEqual([
    { kind: "do-not-adopt" },
    { kind: "set-in-pods", sysctls: ["net.core.somaxconn", "net.ipv4.tcp_tw_reuse"] },
    {
      kind: "never-arrived",
      setting: "dnsConfig.options: single-request-reopen",
      actsIn: "the client pods' resolvers of musl",
    },
  ]);
  expect(advice.map(adviceWords)).toEqual([
    "Do not adopt this arm.",
    "Set as node sysctls, net.core.somaxconn, net.ipv4.tcp_tw_reuse never reached the pods: set them in the pod spec (securityContext.sysctls) or drop them.",
    "dnsConfig.options: single-request-reopen never arrived in the client pods' resolvers of musl: do not count on it there.",
  ]);
});

test("where nothing that decides changed, what improved beside it is not thrown away", () => {
  const improved = { name: "chain-latency-p99", verdict: "improved", primary: false } as Metric;
  const plain = advise(judged("equivalent"), [], { quick: true, twoClusters: false });
  const beside = advise(judged("equivalent", [improved]), [], { quick: true, twoClusters: false });
  expect(plain).toEqual([{ kind: "leave-out" }]);
  expect(beside).toEqual([{ kind: "adopt-only-for", metrics: ["chain-latency-p99"] }]);
  expect(plain.map(adviceWords)[0]).toMatch(/^Leave these settings out/);
  expect(beside.map(adviceWords)[0]).toMatch(/only for what improved.*chain-latency-p99/);
});

test("more rounds are advised where they would settle what decides, and otherwise nothing is", () => {
  const open = (primary: boolean, roundsNeeded: number | null) => ({ primary, roundsNeeded }) as Metric;
  const advice = (...metrics: Metric[]) =>
    advise(judged("inconclusive", metrics), [], { quick: true, twoClusters: false });
  expect(advice(open(true, 4), open(true, 11), open(false, 30))).toEqual([{ kind: "more-rounds", rounds: 11 }]);
  expect(advice(open(true, null), open(false, 30))).toEqual([{ kind: "decide-nothing" }]);
});

test("what improved while nothing arrived is not the tuning's: more rounds would only prove it again", () => {
  const why: RunReason = { kind: "not-by-tuning", improved: ["drops"], settings: ["net.core.somaxconn = 65535"] };
  const metrics = [{ primary: true, roundsNeeded: 5 } as Metric];
  const advice = advise(judged("inconclusive", metrics, why), [never({})], { quick: true, twoClusters: false });
  expect(advice.map(({ kind }) => kind)).toEqual(["find-what-differs", "set-in-pods"]);
});

test("an invalid run asks for nothing but to be mended", () => {
  expect(advise(judged("invalid", [], { kind: "nothing-judged" }), [], { quick: true, twoClusters: false })).toEqual([
    { kind: "mend-and-repeat" },
  ]);
});
