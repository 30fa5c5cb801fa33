/** Values, intervals and verdicts of a run, for Prometheus and whatever else reads OpenMetrics. */
import { atWorkMs } from "../../../runner/analysis/run-time.ts";
import type { Metric } from "../../../runner/result/metric.ts";
import { MetricVerdict } from "../../../runner/result/metric.ts";
import { OverallVerdict, type Result } from "../../../runner/result/result.ts";
import { Arrival } from "../../../runner/result/tuning.ts";
import { type ArmView, armViews, failuresByCause, ofArm, sum, withLabels } from "../../view/arms.ts";
import type { RunReport } from "../run-report.ts";
import { type Exposition, exposition, type Labels, type Sample } from "./exposition.ts";
import { baseUnit, rounded } from "./units.ts";

/** A suite without a result is a series of its own: what is absent raises no alarm. */
export function renderOpenMetrics({ results, missing }: RunReport): string {
  const out = exposition();
  for (const { result } of results) addResult(out, result);
  for (const suite of missing) addMissing(out, suite);
  return out.text();
}

/** Of the instant at which what it says was known. */
export interface SampleAt extends Sample {
  readonly atUnixMs: number;
}

/**
 * The same series, each result's at its end: text has no instants, since whoever scrapes it gives them.
 * @param nowMs of suites without a result, where the whole run has none
 */
export function openMetricsSamples({ results, missing }: RunReport, nowMs: number): SampleAt[] {
  const endsMs = results.map(({ result }) => Date.parse(result.finishedAt));
  const endMs = endsMs.length === 0 ? nowMs : Math.max(...endsMs);
  return [
    ...results.flatMap(({ result }, at) => samplesAt(endsMs[at] ?? endMs, (out) => addResult(out, result))),
    ...missing.flatMap((suite) => samplesAt(endMs, (out) => addMissing(out, suite))),
  ];
}

export function samplesAt(atUnixMs: number, add: (out: Exposition) => void): SampleAt[] {
  const out = exposition();
  add(out);
  return out.samples().map((sample) => ({ ...sample, atUnixMs }));
}

export function addMissing(out: Exposition, suite: string): void {
  out.gauge({ name: "packetwalk_suite_without_result", help: "Asked about, and without a result." }, { suite }, 1);
}

export function sizeOf(quick: boolean): string {
  return quick ? "quick" : "full";
}

function addResult(out: Exposition, result: Result): void {
  const { suite, target } = result;
  const arms = armViews(result);
  // Two questions of one suite are two series: what one of them says must not stand for the other.
  const [baseline, tuned] = result.arms;
  const of = {
    suite,
    cluster: target.uid ?? "",
    context: target.context,
    baseline: baseline.name,
    tuned: tuned.name,
    size: sizeOf(result.quick),
  };
  addRun(out, result, of);
  for (const metric of result.metrics) addMetric(out, metric, result, arms, of);
  for (const arm of arms) addArm(out, result, arm, arms, of);
  for (const { entry, label } of withLabels(result.tunings, arms, ({ name }) => name))
    out.state(
      { name: "packetwalk_tuning_arrival", help: "Whether a setting is in force where it has to act." },
      { ...of, arm: label, tuning: entry.name },
      Arrival.options,
      entry.arrival,
    );
  const { failures, attributed, unexplained } = result.attribution;
  // Where no block counts nothing is known of failures, and 0 would say that there was none.
  if (arms.every(({ measured }) => measured.length === 0)) return;
  const requests = "Failed requests of blocks that count";
  out.gauge({ name: "packetwalk_failed_requests", help: `${requests}.` }, of, failures);
  out.gauge({ name: "packetwalk_attributed_requests", help: `${requests}, given to a hop.` }, of, attributed);
  out.gauge(
    { name: "packetwalk_unexplained_requests", help: `${requests}, and that nothing explains.` },
    of,
    unexplained,
  );
}

function addRun(out: Exposition, result: Result, of: Labels): void {
  const { target, load } = result;
  out.info(
    { name: "packetwalk_run", help: "What was compared, and on what." },
    {
      ...of,
      version: result.packetwalk,
      seed: String(result.seed),
      engine: load.engine,
      kubernetes: target.kubernetes,
      cni: target.cni,
      proxy_mode: target.proxyMode,
      kernel: target.kernel,
    },
  );
  out.state({ name: "packetwalk_run_verdict", help: "What the run says." }, of, OverallVerdict.options, result.verdict);
  const finishedMs = Date.parse(result.finishedAt);
  const seconds = { unit: "seconds" };
  out.gauge(
    { name: "packetwalk_run_finished_timestamp_seconds", ...seconds, help: "When the run ended, Unix time." },
    of,
    finishedMs / 1000,
  );
  out.gauge(
    { name: "packetwalk_run_duration_seconds", ...seconds, help: "How long it was at work." },
    of,
    atWorkMs(result, finishedMs) / 1000,
  );
}

function addMetric(
  out: Exposition,
  metric: Metric,
  { verdict }: Result,
  arms: readonly ArmView[],
  ofRun: Labels,
): void {
  const { unit, factor } = baseUnit(metric.unit);
  const of = { ...ofRun, metric: metric.name };
  // Which way an effect is good no number says.
  out.info(
    {
      name: "packetwalk_metric",
      help: "What a metric is: in what unit judged, which way it is better, whether it decides.",
    },
    { ...of, unit: metric.unit, better: metric.better, primary: `${metric.primary}`, felt: `${metric.felt === true}` },
  );
  const gauge = (name: string, help: string, labels: Labels, value: number | null) =>
    out.gauge(
      { name: unit === undefined ? name : `${name}_${unit}`, ...(unit === undefined ? {} : { unit }), help },
      { ...of, ...labels },
      value === null ? null : rounded(value * factor),
    );
  for (const { label, role } of arms)
    gauge("packetwalk_metric_value", "An arm's typical block.", { arm: label, role }, metric[role]);
  gauge("packetwalk_metric_effect", "Tuned less baseline.", {}, metric.effect);
  gauge("packetwalk_metric_effect_low", "Lower end of the effect's interval.", {}, metric.ci?.[0] ?? null);
  gauge("packetwalk_metric_effect_high", "Upper end of the effect's interval.", {}, metric.ci?.[1] ?? null);
  gauge("packetwalk_metric_floor", "Smaller effects are not worth acting on.", {}, metric.floor);
  gauge("packetwalk_metric_smallest_detectable", "That this run could have seen.", {}, metric.smallestDetectable);
  out.gauge(
    { name: "packetwalk_metric_p_adjusted", help: "Two-sided, corrected for the number of metrics and looks." },
    of,
    metric.pAdjusted,
  );
  out.gauge(
    { name: "packetwalk_metric_rounds_needed", help: "Further rounds that would decide." },
    of,
    metric.roundsNeeded,
  );
  // In an invalid run no metric has been judged.
  if (verdict === "invalid") return;
  out.state(
    { name: "packetwalk_metric_verdict", help: "What the run says of a metric." },
    of,
    MetricVerdict.options,
    metric.verdict,
  );
}

function addArm(out: Exposition, result: Result, arm: ArmView, arms: readonly ArmView[], ofRun: Labels): void {
  const of = { ...ofRun, arm: arm.label, role: arm.role };
  const rounds = arm.blocks.filter(({ round }) => round > 0);
  const valid = rounds.filter((block) => block.valid).length;
  const blocks = { name: "packetwalk_blocks", help: "Blocks of the comparison, by whether they count." };
  out.gauge(blocks, { ...of, valid: "true" }, valid);
  out.gauge(blocks, { ...of, valid: "false" }, rounds.length - valid);
  if (arm.measured.length > 0) {
    const requests = { name: "packetwalk_requests", help: "Requests of blocks that count, by how they ended." };
    out.gauge(requests, { ...of, outcome: "ok" }, sum(arm.measured.map(({ outcomes }) => outcomes.ok)));
    for (const { cause, count } of failuresByCause(arm)) out.gauge(requests, { ...of, outcome: cause }, count);
  }
  for (const { name, drops } of ofArm(result.hops, arm, arms, (hop) => hop.name))
    out.gauge(
      { name: "packetwalk_hop_drops", help: "What died at a hop, by the kernel's own count." },
      { ...of, hop: name },
      drops,
    );
  for (const { name, unit: said, predicted, measured } of ofArm(result.predictions, arm, arms, (each) => each.name)) {
    const { unit, factor } = baseUnit(said);
    for (const [what, value] of [
      ["predicted", predicted],
      ["measured", measured],
    ] as const)
      out.gauge(
        {
          name: `packetwalk_prediction_${what}${unit === undefined ? "" : `_${unit}`}`,
          ...(unit === undefined ? {} : { unit }),
          help: `A capacity model's number, as ${what}.`,
        },
        { ...of, prediction: name },
        value === null ? null : rounded(value * factor),
      );
  }
}
