import { describe, expect, test } from "vitest";
import { renderK6Data, renderK6Export } from "../../../../reports/formats/k6/summary.ts";
import { HistogramSum } from "../../../../runner/analysis/histogram.ts";
import type { Result } from "../../../../runner/result/result.ts";
import { CASES } from "../cases.ts";
import { aaResult, emptyResult, fixture, nullResult } from "../fixture.ts";
import { hostileResult, reported } from "./hostile.ts";

type Values = Readonly<Record<string, number>>;
interface Metric {
  readonly type: string;
  readonly contains: string;
  readonly values: Values;
  readonly thresholds?: Readonly<Record<string, { readonly ok: boolean }>>;
}

function metricsOf(results: readonly Result[], missing: readonly string[] = []): Readonly<Record<string, Metric>> {
  return JSON.parse(renderK6Data({ results: results.map(reported), missing })).metrics;
}

const RECORDED = CASES["connection-flood-recommended.json"] as Result;

/** k6's own rule (metrics/registry.go) but for the length, which only made-up names exceed; and its form of submetrics. */
const NAME = /^[a-zA-Z_]\w+(\{[a-z]+:[\w-]+(,[a-z]+:[\w-]+)*\})?$/;

test.each(Object.entries(CASES))("%s has names as k6 allows them, and numbers alone", (_, result) => {
  for (const [name, { values }] of Object.entries(metricsOf([result]))) {
    expect(name).toMatch(NAME);
    expect(Object.values(values).every(Number.isFinite), name).toBe(true);
  }
});

test("requests are those of the blocks that count, and each ends in one way", () => {
  const metrics = metricsOf([RECORDED]);
  const [baseline] = RECORDED.arms;
  const blocks = baseline.blocks.filter(({ round, valid }) => valid && round > 0);
  const scheduled = blocks.reduce((sum, block) => sum + block.scheduled, 0);
  expect(metrics["packetwalk_requests{arm:baseline}"]?.values).toEqual({ count: scheduled, rate: 1200 });
  const ended = Object.entries(metrics).filter(([name]) => name.startsWith("packetwalk_requests{arm:baseline,"));
  expect(ended.reduce((sum, [, { values }]) => sum + (values.count ?? 0), 0)).toBe(scheduled);
  const ok = blocks.reduce((sum, { outcomes }) => sum + outcomes.ok, 0);
  expect(metrics["http_req_failed{arm:baseline}"]?.values).toEqual({
    ...{ passes: scheduled - ok, fails: ok },
    rate: (scheduled - ok) / scheduled,
  });
});

test("durations are of all requests of an arm together, and of both where no arm is named", () => {
  const metrics = metricsOf([RECORDED]);
  const sum = new HistogramSum();
  for (const { blocks } of RECORDED.arms)
    for (const { round, valid, histograms } of blocks) if (valid && round > 0) sum.add(histograms.latency);
  expect(metrics.http_req_duration?.values).toMatchObject({ "p(99)": sum.quantileMs(0.99), avg: sum.meanMs() });
  const { "p(90)": p90, "p(99)": p99 } = metrics["http_req_duration{arm:tuned}"]?.values ?? {};
  expect([p90, p99]).toEqual([0.646, 1.189]);
});

test("a block whose latencies can't be read leaves no durations of its arm", () => {
  const [baseline, tuned] = RECORDED.arms;
  const broken = tuned.blocks.map((block) => ({ ...block, histograms: { ...block.histograms, latency: "?" } }));
  const metrics = metricsOf([{ ...RECORDED, arms: [baseline, { ...tuned, blocks: broken }] }]);
  expect(metrics["http_req_duration{arm:tuned}"]).toBeUndefined();
  expect(metrics["http_req_duration{arm:baseline}"]).toBeDefined();
  expect(metrics["http_req_waiting{arm:tuned}"]).toBeDefined();
});

test("what is judged is a gauge of each arm, with its effect and the effect's interval", () => {
  const metrics = metricsOf([fixture()]);
  const of = (name: string) => metrics[name]?.values;
  expect(of("packetwalk_latency_p99{arm:tuned}")).toEqual({ value: 8.4, min: 8.4, max: 8.4 });
  expect(of("packetwalk_latency_p99")).toEqual({ value: 8.4, min: 8.4, max: 4002 });
  expect(of("packetwalk_latency_p99_effect")?.value).toBe(-3993.6);
  expect([of("packetwalk_latency_p99_effect_low")?.value, of("packetwalk_latency_p99_effect_high")?.value]).toEqual([
    -4001, -3985,
  ]);
  expect(metrics.packetwalk_latency_p99?.contains).toBe("time");
  expect(metrics.packetwalk_drops?.contains).toBe("default");
});

test("what was not measured is left out, and never zero", () => {
  const nothing = Object.keys(metricsOf([nullResult()])).filter((name) => /^packetwalk_(latency|drops)/.test(name));
  expect(nothing).toEqual([]);
  expect(Object.keys(metricsOf([emptyResult()])).filter((name) => /http_|requests|not_sent/.test(name))).toEqual([]);
});

test("look-ups are no HTTP requests", () => {
  const names = Object.keys(metricsOf([CASES.dns ?? fixture()]));
  expect(names.filter((name) => name.startsWith("http_"))).toEqual([]);
  expect(names).toContain("packetwalk_request_failed{arm:tuned}");
});

describe("the threshold", () => {
  const thresholds = (results: readonly Result[], missing: readonly string[] = []) =>
    Object.fromEntries(
      Object.entries(metricsOf(results, missing)).flatMap(([name, { thresholds: own }]) =>
        own === undefined ? [] : [[name, own["value==1"]?.ok]],
      ),
    );
  const ofMetric = (change: object, ofRun: object = {}) => {
    const base = fixture();
    const [first, ...others] = base.metrics;
    const metrics = [{ ...first, ...change }, ...others] as Result["metrics"];
    return thresholds([{ ...base, ...ofRun, metrics }])[`packetwalk_passed{metric:${first?.name}}`];
  };

  test("of the run is its verdict's: no data is no pass", () => {
    const verdicts = ["improved", "equivalent", "regressed", "inconclusive", "invalid"] as const;
    const ok = verdicts.map((verdict) => thresholds([{ ...fixture(), verdict }]).packetwalk_passed);
    expect(ok).toEqual([true, true, false, false, false]);
  });

  test("is of metrics that decide, and open where they are not known to be good", () => {
    expect(ofMetric({ primary: true, verdict: "improved" })).toBe(true);
    expect(ofMetric({ primary: true, verdict: "inconclusive" })).toBe(false);
    expect(ofMetric({ primary: false, felt: true, verdict: "regressed" })).toBe(false);
    expect(ofMetric({ primary: false, felt: true, verdict: "inconclusive" })).toBeUndefined();
    expect(ofMetric({ primary: false, felt: false, verdict: "regressed" })).toBeUndefined();
    expect(ofMetric({ primary: true, verdict: "improved" }, { verdict: "invalid" })).toBe(false);
  });

  test("in what --summary-export writes is true where it was crossed", () => {
    const text = (verdict: Result["verdict"]) =>
      JSON.parse(renderK6Export({ results: [reported({ ...fixture(), verdict })], missing: [] }));
    expect(text("improved").metrics.packetwalk_passed.thresholds).toEqual({ "value==1": false });
    expect(text("regressed").metrics.packetwalk_passed.thresholds).toEqual({ "value==1": true });
  });

  test("of several suites is each one's and that of all, and one without a result has crossed it", () => {
    const [flood, dns] = [fixture(), { ...(CASES.dns ?? fixture()), verdict: "equivalent" as const }];
    const held = thresholds([flood, dns]);
    expect(held["packetwalk_passed{suite:connection-flood}"]).toBe(true);
    expect(held.packetwalk_passed).toBe(true);
    const crossed = thresholds([flood], ["dns-storm"]);
    expect(crossed["packetwalk_passed{suite:connection-flood}"]).toBe(true);
    expect(crossed["packetwalk_passed{suite:dns-storm}"]).toBe(false);
    expect(crossed.packetwalk_passed).toBe(false);
  });
});

test("several suites are told apart, and added up where none is named", () => {
  const metrics = metricsOf([fixture(), CASES.rollouts ?? fixture()]);
  const count = (name: string) => metrics[name]?.values.count ?? Number.NaN;
  const suites = ["connection-flood", "rolling-update"].map((suite) => count(`http_reqs{suite:${suite}}`));
  expect(suites.every((each) => each > 0)).toBe(true);
  expect(count("http_reqs")).toBe((suites[0] ?? 0) + (suites[1] ?? 0));
  expect(metrics["http_reqs{suite:rolling-update,arm:tuned}"]).toBeDefined();
  expect(metrics["http_reqs{arm:tuned}"]).toBeUndefined();
});

test("two arms of one name are told apart by their part in the run", () => {
  const metrics = metricsOf([aaResult()]);
  expect(metrics["http_reqs{arm:baseline}"]).toBeDefined();
  expect(metrics["http_reqs{arm:tuned}"]).toBeDefined();
});

test("hostile names are not in it", () => {
  for (const name of Object.keys(metricsOf([hostileResult()]))) expect(name).toMatch(NAME);
  expect(renderK6Export({ results: [reported(hostileResult())], missing: [] })).not.toContain("<script>");
});
