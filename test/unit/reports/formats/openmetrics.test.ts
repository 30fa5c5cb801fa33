import { describe, expect, test } from "vitest";
import { openMetricsSamples, renderOpenMetrics } from "../../../../reports/formats/openmetrics/openmetrics.ts";
import { baseUnit } from "../../../../reports/formats/openmetrics/units.ts";
import { parsePrometheus, type Sample } from "../../../../runner/probes/prometheus.ts";
import type { Result } from "../../../../runner/result/result.ts";
import { CASES } from "../cases.ts";
import { aaResult, emptyResult, fixture, nullResult } from "../fixture.ts";
import { hostileResult, reported } from "./hostile.ts";

function textOf(...results: Result[]): string {
  return renderOpenMetrics({ results: results.map(reported), missing: [] });
}

function samplesOf(...results: Result[]): Sample[] {
  return parsePrometheus(textOf(...results));
}

function sampleOf(samples: readonly Sample[], name: string, labels: Readonly<Record<string, string>> = {}) {
  const found = samples.filter(
    (each) => each.name === name && Object.entries(labels).every(([key, value]) => each.labels[key] === value),
  );
  expect(found.length, `${name} ${JSON.stringify(labels)}`).toBeLessThanOrEqual(1);
  return found[0]?.value;
}

/** The grammar of OpenMetrics 1.0, line by line: of descriptors, of samples, and of which follows which. */
const NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const LABEL = `[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\[\\\\"n])*"`;
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(${LABEL}(?:,${LABEL})*)\\})? (-?\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?)$`);
const DESCRIPTOR = new RegExp(`^# (TYPE|UNIT|HELP) (${NAME}) (.+)$`);

function assertGrammar(text: string): void {
  expect(text.endsWith("\n# EOF\n")).toBe(true);
  const seen = new Set<string>();
  const series = new Set<string>();
  let family = { name: "", type: "" };
  for (const line of text.slice(0, -"# EOF\n".length).trimEnd().split("\n")) {
    const [, keyword, name = "", rest = ""] = DESCRIPTOR.exec(line) ?? [];
    if (keyword === "TYPE") {
      // All of a family stands together.
      expect(seen.has(name), `${name} comes once`).toBe(false);
      seen.add(name);
      family = { name, type: rest };
      expect(["gauge", "info", "stateset"]).toContain(rest);
    } else if (keyword !== undefined) {
      expect(name).toBe(family.name);
      if (keyword === "UNIT") expect(name.endsWith(`_${rest}`), line).toBe(true);
    } else {
      const [, sample, labels = ""] = SAMPLE.exec(line) ?? [];
      expect(sample, line).toBe(family.type === "info" ? `${family.name}_info` : family.name);
      expect(series.has(`${sample}{${labels}}`), `${line} comes once`).toBe(false);
      series.add(`${sample}{${labels}}`);
      if (family.type === "stateset") expect(labels).toContain(`${family.name}="`);
    }
  }
}

test("two questions of one suite, by arm or by size, share no series", () => {
  const asked = fixture();
  const [baseline, tuned] = asked.arms;
  const others: Result[] = [
    { ...asked, arms: [baseline, { ...tuned, name: "timeouts" }] },
    { ...asked, quick: !asked.quick },
  ];
  const of = (each: Result) =>
    samplesOf(each).map(({ name, labels }) => JSON.stringify([name, Object.entries(labels).sort()]));
  const own = new Set(of(asked));
  expect(own.size).toBeGreaterThan(20);
  for (const other of others) expect(of(other).filter((series) => own.has(series))).toEqual([]);
});

test.each(Object.entries(CASES))("what %s comes to is OpenMetrics, and reads back", (_, result) => {
  const text = textOf(result);
  assertGrammar(text);
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  expect(parsePrometheus(text)).toHaveLength(lines.length);
  expect(text).not.toMatch(/NaN|undefined|null|Inf\b/);
});

describe("values", () => {
  const samples = samplesOf(fixture());

  test("are in base units, each arm's by its name and role", () => {
    const p99 = { suite: "connection-flood", metric: "latency-p99" };
    const name = "packetwalk_metric_value_seconds";
    expect(sampleOf(samples, name, { ...p99, arm: "baseline", role: "baseline" })).toBe(4.002);
    expect(sampleOf(samples, name, { ...p99, arm: "recommended", role: "tuned" })).toBe(0.0084);
    expect(sampleOf(samples, "packetwalk_metric_effect_seconds", p99)).toBe(-3.9936);
    expect(sampleOf(samples, "packetwalk_metric_effect_low_seconds", p99)).toBe(-4.001);
    expect(sampleOf(samples, "packetwalk_metric_effect_high_seconds", p99)).toBe(-3.985);
    expect(sampleOf(samples, "packetwalk_metric_smallest_detectable_seconds", p99)).toBe(0.012);
    expect(sampleOf(samples, "packetwalk_metric_effect_ratio", { metric: "success-rate" })).toBe(0.259);
    expect(sampleOf(samples, "packetwalk_metric_value_packets", { metric: "drops", role: "baseline" })).toBe(8064);
    expect(sampleOf(samples, "packetwalk_metric_rounds_needed", { metric: "latency-p50" })).toBe(4);
    expect(sampleOf(samples, "packetwalk_metric_rounds_needed", { metric: "latency-p99" })).toBeUndefined();
  });

  test("of requests are sums over the blocks that count, and blocks are told apart", () => {
    const failed = sampleOf(samples, "packetwalk_failed_requests") ?? Number.NaN;
    const ended = samples.filter(({ name, labels }) => name === "packetwalk_requests" && labels.role === "baseline");
    expect(ended.reduce((total, { value }) => total + value, 0)).toBe(120_000);
    expect(ended.filter(({ labels }) => labels.outcome !== "ok").reduce((total, { value }) => total + value, 0)).toBe(
      failed,
    );
    expect(sampleOf(samples, "packetwalk_blocks", { role: "tuned", valid: "true" })).toBe(5);
    expect(sampleOf(samples, "packetwalk_blocks", { role: "tuned", valid: "false" })).toBe(0);
  });

  test("that were not measured are left out, and never zero", () => {
    const nulls = samplesOf(nullResult());
    expect(nulls.filter(({ name }) => /^packetwalk_metric_(value|effect|p_|small)/.test(name))).toEqual([]);
    const empty = samplesOf(emptyResult());
    expect(empty.filter(({ name }) => /requests/.test(name))).toEqual([]);
    expect(sampleOf(empty, "packetwalk_blocks", { role: "tuned", valid: "true" })).toBe(0);
  });
});

describe("a verdict", () => {
  test("is one state of all", () => {
    const states = samplesOf(fixture()).filter(({ name }) => name === "packetwalk_run_verdict");
    expect(Object.fromEntries(states.map(({ labels, value }) => [labels.packetwalk_run_verdict, value]))).toEqual({
      ...{ improved: 1, regressed: 0, equivalent: 0, inconclusive: 0, invalid: 0 },
    });
  });

  test("of a metric is not given in an invalid run", () => {
    const why = { kind: "nothing-judged" } as const;
    const samples = samplesOf({ ...fixture(), verdict: "invalid", why });
    expect(samples.filter(({ name }) => name === "packetwalk_metric_verdict")).toEqual([]);
    expect(sampleOf(samples, "packetwalk_run_verdict", { packetwalk_run_verdict: "invalid" })).toBe(1);
  });
});

test("a setting's arrival is the arm's, also where both have one name", () => {
  const [first] = fixture().tunings;
  if (!first) throw new Error("a tuning expected");
  const [arrived, not] = [
    { ...first, arm: "none" },
    { ...first, arm: "none", arrival: "never-arrived" as const },
  ];
  const text = textOf({ ...aaResult(), tunings: [arrived, not] });
  assertGrammar(text);
  const holds = parsePrometheus(text).filter(({ name, value }) => name === "packetwalk_tuning_arrival" && value === 1);
  expect(holds.map(({ labels }) => [labels.arm, labels.packetwalk_tuning_arrival])).toEqual([
    ["none (A)", "arrived"],
    ["none (B)", "never-arrived"],
  ]);
});

test("several suites share their families, and one without a result is a series of its own", () => {
  const text = renderOpenMetrics({
    results: [reported(fixture()), reported(CASES.dns ?? fixture())],
    missing: ["saturation"],
  });
  assertGrammar(text);
  const samples = parsePrometheus(text);
  expect(samples.filter(({ name }) => name === "packetwalk_run_info").map(({ labels }) => labels.suite)).toEqual([
    "connection-flood",
    "dns-storm",
  ]);
  expect(sampleOf(samples, "packetwalk_suite_without_result", { suite: "saturation" })).toBe(1);
});

test.each(Object.entries(CASES))("one by one, the samples of %s are those of the text, at its end", (_, result) => {
  const run = { results: [reported(result)], missing: [] };
  const atUnixMs = Date.parse(result.finishedAt);
  expect(openMetricsSamples(run, 0)).toEqual(samplesOf(result).map((sample) => ({ ...sample, atUnixMs })));
});

test("of several suites each has its own end, and one without a result the last one's", () => {
  const [early, late] = ["2026-11-01T01:00:00.000Z", "2026-11-01T02:00:00.000Z"].map(Date.parse);
  const results = [
    reported({ ...(CASES.dns ?? fixture()), finishedAt: "2026-11-01T02:00:00.000Z" }),
    reported({ ...fixture(), finishedAt: "2026-11-01T01:00:00.000Z" }),
  ];
  const samples = openMetricsSamples({ results, missing: ["saturation"] }, 0);
  const instants = new Map(samples.map(({ labels, atUnixMs }) => [labels.suite, atUnixMs]));
  expect(Object.fromEntries(instants)).toEqual({ "dns-storm": late, "connection-flood": early, saturation: late });
  const nothing = openMetricsSamples({ results: [], missing: ["saturation"] }, 7);
  expect(nothing).toEqual([
    { name: "packetwalk_suite_without_result", labels: { suite: "saturation" }, value: 1, atUnixMs: 7 },
  ]);
});

test("hostile names stay in their labels", () => {
  const text = textOf(hostileResult());
  assertGrammar(text);
  const [info] = parsePrometheus(text).filter(({ name }) => name === "packetwalk_run_info");
  expect(info?.labels.context).toMatch(
    /^=cmd\|'\/c calc'!A1 <script>alert\("x"\)<\/script> .* @root &amp; \\ # EOF \[31mred/,
  );
  expect(text.match(/^# EOF/gm)).toHaveLength(1);
});

test.each([
  ["ms", "seconds", 0.001],
  ["%", "ratio", 0.01],
  ["look-ups/s", "look_ups_per_second", 1],
  ["per 100 connections", "per_100_connections", 1],
  ["", undefined, 1],
])("unit %j is %s", (unit, name, factor) => {
  expect(baseUnit(unit)).toEqual({ unit: name, factor });
});
