import { expect, test } from "vitest";
import { adviceWords } from "../../../reports/words/run.ts";
import { advise } from "../../../runner/experiment/advice.ts";
import type { Metric } from "../../../runner/result/metric.ts";
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

test("who has run the full size is not told to", () => {
  const quick = advise("improved", [], [], true);
  const full = advise("improved", [], [], false);
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
  const advice = advise("regressed", [], [never({}), never({ setting: "net.ipv4.tcp_tw_reuse = 1" }), reopen], true);
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
  const plain = advise("equivalent", [], [], true);
  const beside = advise("equivalent", [improved], [], true);
  expect(plain).toEqual([{ kind: "leave-out" }]);
  expect(beside).toEqual([{ kind: "adopt-only-for", metrics: ["chain-latency-p99"] }]);
  expect(plain.map(adviceWords)[0]).toMatch(/^Leave these settings out/);
  expect(beside.map(adviceWords)[0]).toMatch(/only for what improved.*chain-latency-p99/);
});
