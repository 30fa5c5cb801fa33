/** What of a run are metrics of k6: under k6's own names where they are the same thing, else with `packetwalk_` before them. */
import { HistogramSum } from "../../../runner/analysis/histogram.ts";
import type { Block } from "../../../runner/result/block.ts";
import type { Metric } from "../../../runner/result/metric.ts";
import type { OverallVerdict, Result } from "../../../runner/result/result.ts";
import { SUITES } from "../../../suites/index.ts";
import { type ArmView, armViews, failuresByCause, sum } from "../../view/arms.ts";
import { overallVerdict } from "../../view/overall.ts";
import type { RunReport } from "../run-report.ts";
import { COUNTER, GAUGE, type LoadTime, RATE, TREND } from "./kinds.ts";
import { type Described, type MetricData, type Tagged, type Tags, withSubmetrics } from "./submetrics.ts";

/** An arm with blocks that count; nothing is said of another one. */
interface Seen {
  readonly result: Result;
  readonly arm: ArmView;
  readonly tags: Tags;
  readonly over: LoadTime;
}

export interface K6Metrics {
  readonly metrics: Readonly<Record<string, MetricData>>;
  /** Of all blocks that count. */
  readonly underLoadMs: number;
}

export function k6Metrics(run: RunReport): K6Metrics {
  const several = run.results.length + run.missing.length > 1;
  const ofSuite = (suite: string): Tags => (several ? { suite } : {});
  const seen = run.results.flatMap(({ result }) => seenOf(result, ofSuite(result.suite)));
  // Of several suites, each by itself as well.
  const by = (...more: readonly string[][]) =>
    several ? [["suite"], ...more.map((tags) => ["suite", ...tags])] : more;
  const metrics = [...requestMetrics(seen, by), ...judgedMetrics(run, ofSuite, by), ...passedMetric(run, ofSuite, by)];
  return { metrics: Object.fromEntries(metrics), underLoadMs: sum(seen.map(({ over }) => over.ms)) };
}

type By = (...more: readonly string[][]) => readonly (readonly string[])[];

function seenOf(result: Result, ofSuite: Tags): Seen[] {
  return armViews(result).flatMap((arm) =>
    arm.measured.length === 0
      ? []
      : {
          ...{ result, arm, tags: { ...ofSuite, arm: arm.role } },
          over: { ms: arm.measured.length * result.load.durationMs },
        },
  );
}

function requestMetrics(all: readonly Seen[], by: By): [string, MetricData][] {
  const http = all.filter(({ result }) => isHttp(result));
  const other = all.filter(({ result }) => !isHttp(result));
  const byArm = by(["arm"]);
  const counted = (name: string, of: readonly Seen[], count: (block: Block) => number) =>
    withSubmetrics(
      { name, kind: COUNTER, contains: "default" },
      of.map(({ arm, tags, over }) => ({ tags, sample: { count: sum(arm.measured.map(count)), over } })),
      byArm,
    );
  const timed = (name: string, of: readonly Seen[], which: keyof Block["histograms"]) =>
    withSubmetrics(
      { name, kind: TREND, contains: "time" },
      of.flatMap(({ arm, tags }) => (timesOf(arm, which) ?? []).map((sample) => ({ tags, sample }))),
      byArm,
    );
  const failed = (name: string, of: readonly Seen[]) =>
    withSubmetrics(
      { name, kind: RATE, contains: "default" },
      of.map(({ arm, tags }) => {
        const fails = sum(arm.measured.map(({ outcomes }) => outcomes.ok));
        const passes = sum(failuresByCause(arm).map(({ count }) => count));
        return { tags, sample: { passes, fails } };
      }),
      byArm,
    );
  return [
    ...counted("http_reqs", http, ({ sent }) => sent),
    ...timed("http_req_duration", http, "latency"),
    ...timed("http_req_connecting", http, "connect"),
    ...timed("http_req_waiting", http, "firstByte"),
    ...failed("http_req_failed", http),
    ...timed("packetwalk_request_duration", other, "latency"),
    ...failed("packetwalk_request_failed", other),
    ...withSubmetrics(
      { name: "packetwalk_requests", kind: COUNTER, contains: "default" },
      all.flatMap(outcomesOf),
      by(["arm"], ["arm", "outcome"]),
    ),
    ...counted("packetwalk_not_sent", all, ({ scheduled, sent }) => scheduled - sent),
  ];
}

/** What makes a load of its own sends no HTTP requests. */
function isHttp({ suite }: Result): boolean {
  return SUITES.find(({ name }) => name === suite)?.load.kind === "http";
}

function outcomesOf({ arm, tags, over }: Seen): Tagged<{ readonly count: number; readonly over: LoadTime }>[] {
  const ok = { cause: "ok", count: sum(arm.measured.map(({ outcomes }) => outcomes.ok)) };
  return [ok, ...failuresByCause(arm)].map(({ cause, count }) => ({
    tags: { ...tags, outcome: cause },
    sample: { count, over },
  }));
}

/** Null where one of the blocks kept none that can be read: the others would look like the whole. */
function timesOf({ measured }: ArmView, which: keyof Block["histograms"]): HistogramSum[] | null {
  try {
    return measured.map(({ histograms }) => {
      const sum = new HistogramSum();
      sum.add(histograms[which]);
      return sum;
    });
  } catch {
    return null;
  }
}

/** What was judged, each by a name of its own, in its own unit: of each arm, and what the difference is worth. */
function judgedMetrics(run: RunReport, ofSuite: (suite: string) => Tags, by: By): [string, MetricData][] {
  const gauges = new Map<string, { readonly described: Described<number>; readonly tagged: Tagged<number>[] }>();
  const add = (name: string, metric: Metric, tags: Tags, sample: number | null | undefined) => {
    if (sample === null || sample === undefined) return;
    const contains = metric.unit === "ms" ? "time" : "default";
    const known = gauges.get(name) ?? { described: { name, kind: GAUGE, contains }, tagged: [] };
    gauges.set(name, known);
    known.tagged.push({ tags, sample });
  };
  for (const { result } of run.results)
    for (const metric of result.metrics) {
      const name = `packetwalk_${metric.name.replace(/\W/g, "_")}`;
      const tags = ofSuite(result.suite);
      for (const role of ["baseline", "tuned"] as const) add(name, metric, { ...tags, arm: role }, metric[role]);
      add(`${name}_effect`, metric, tags, metric.effect);
      add(`${name}_effect_low`, metric, tags, metric.ci?.[0]);
      add(`${name}_effect_high`, metric, tags, metric.ci?.[1]);
    }
  return [...gauges.values()].flatMap(({ described, tagged }) => withSubmetrics(described, tagged, by(["arm"])));
}

/** 1 where `compare` ends with 0, which is the threshold: of the run, and of each metric that can decide it. */
function passedMetric(run: RunReport, ofSuite: (suite: string) => Tags, by: By): [string, MetricData][] {
  const tagged: Tagged<number>[] = run.results.flatMap(({ result }) => [
    ...result.metrics.flatMap((metric) => {
      const passed = hasPassed(metric, result.verdict);
      return passed === null ? [] : { tags: { ...ofSuite(result.suite), metric: metric.name }, sample: Number(passed) };
    }),
    // After its metrics': a gauge is what was last.
    { tags: ofSuite(result.suite), sample: Number(isPass(result.verdict)) },
  ]);
  for (const suite of run.missing) tagged.push({ tags: ofSuite(suite), sample: 0 });
  const verdict = overallVerdict(
    run.results.map(({ result }) => result),
    run.missing,
  );
  tagged.push({ tags: {}, sample: Number(isPass(verdict)) });
  const threshold = { source: "value==1", holds: ({ value }: Readonly<Record<string, number>>) => value === 1 };
  return withSubmetrics(
    { name: "packetwalk_passed", kind: GAUGE, contains: "default", threshold },
    tagged,
    by(["metric"]),
  );
}

function isPass(verdict: OverallVerdict): boolean {
  return verdict === "improved" || verdict === "equivalent";
}

/** Null: it does not decide. What is not known is no pass. */
function hasPassed({ primary, felt, verdict }: Metric, ofRun: OverallVerdict): boolean | null {
  if (ofRun === "invalid" || verdict === "inconclusive") return primary ? false : null;
  return primary || felt === true ? isPass(verdict) : null;
}
