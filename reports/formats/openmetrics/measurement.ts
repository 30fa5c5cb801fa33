/** What one arm measured by itself: series apart from those of comparisons, and each arm and size with its own. */
import { evidential } from "../../../runner/analysis/blocks.ts";
import { type Measurement, MeasurementState } from "../../../runner/result/measurement.ts";
import { Arrival } from "../../../runner/result/tuning.ts";
import { failuresByCause, sum } from "../../view/arms.ts";
import type { Exposition, Labels } from "./exposition.ts";
import { addMissing, type SampleAt, samplesAt, sizeOf } from "./openmetrics.ts";
import { baseUnit, rounded } from "./units.ts";

/**
 * @param missing suites that were asked about in the same command, and have no measurement
 * @param nowMs of those, where no suite has one
 */
export function measurementSamples(
  measurements: readonly Measurement[],
  missing: readonly string[],
  nowMs: number,
): SampleAt[] {
  const endsMs = measurements.map(({ finishedAt }) => Date.parse(finishedAt));
  const endMs = endsMs.length === 0 ? nowMs : Math.max(...endsMs);
  return [
    ...measurements.flatMap((each) => samplesAt(Date.parse(each.finishedAt), (out) => addMeasurement(out, each))),
    ...missing.flatMap((suite) => samplesAt(endMs, (out) => addMissing(out, suite))),
  ];
}

function addMeasurement(out: Exposition, measurement: Measurement): void {
  const { suite, arm, quick, target, tunings } = measurement;
  const of = { suite, cluster: target.uid ?? "", context: target.context, arm: arm.name, size: sizeOf(quick) };
  addRun(out, measurement, of);
  addValues(out, measurement, of);
  for (const { name, arrival } of tunings)
    out.state(
      { name: "packetwalk_measurement_tuning_arrival", help: "Whether a setting is in force where it has to act." },
      { ...of, tuning: name },
      Arrival.options,
      arrival,
    );
  addBlocks(out, measurement, of);
}

function addRun(out: Exposition, measurement: Measurement, of: Labels): void {
  const { target, load, packetwalk, seed, state, startedAt, finishedAt } = measurement;
  out.info(
    { name: "packetwalk_measurement", help: "What was measured, and on what." },
    {
      ...of,
      version: packetwalk,
      seed: String(seed),
      engine: load.engine,
      kubernetes: target.kubernetes,
      cni: target.cni,
      proxy_mode: target.proxyMode,
      kernel: target.kernel,
    },
  );
  out.state(
    { name: "packetwalk_measurement_state", help: "Whether what was measured is evidence." },
    of,
    MeasurementState.options,
    state,
  );
  const seconds = { unit: "seconds" };
  const finishedMs = Date.parse(finishedAt);
  out.gauge(
    { name: "packetwalk_measurement_finished_timestamp_seconds", ...seconds, help: "When it ended, Unix time." },
    of,
    finishedMs / 1000,
  );
  out.gauge(
    { name: "packetwalk_measurement_duration_seconds", ...seconds, help: "How long it took." },
    of,
    (finishedMs - Date.parse(startedAt)) / 1000,
  );
}

function addValues(out: Exposition, { values }: Measurement, of: Labels): void {
  for (const { name: metric, unit: said, value, noise, floor, better, primary, felt } of values) {
    const { unit, factor } = baseUnit(said);
    out.info(
      { name: "packetwalk_measurement_metric", help: "What a metric is: in what unit, which way it is better." },
      { ...of, metric, unit: said, better, primary: `${primary}`, felt: `${felt}` },
    );
    const gauge = (what: string, help: string, measured: number | null) =>
      out.gauge(
        {
          name: `packetwalk_measurement_${what}${unit === undefined ? "" : `_${unit}`}`,
          ...(unit === undefined ? {} : { unit }),
          help,
        },
        { ...of, metric },
        measured === null ? null : rounded(measured * factor),
      );
    gauge("value", "Over all blocks that tell it.", value);
    gauge("noise", "By how much two blocks typically differ.", noise);
    gauge("floor", "Smaller differences are not worth acting on.", floor);
  }
}

function addBlocks(out: Exposition, { arm }: Measurement, of: Labels): void {
  const rounds = arm.blocks.filter(({ round }) => round > 0);
  const valid = rounds.filter((block) => block.valid).length;
  const blocks = { name: "packetwalk_measurement_blocks", help: "Blocks, by whether they count." };
  out.gauge(blocks, { ...of, valid: "true" }, valid);
  out.gauge(blocks, { ...of, valid: "false" }, rounds.length - valid);
  const measured = evidential(arm.blocks);
  // Where no block counts nothing is known of requests, and 0 would say that there were none.
  if (measured.length === 0) return;
  const requests = { name: "packetwalk_measurement_requests", help: "Requests of blocks that count, by their end." };
  out.gauge(requests, { ...of, outcome: "ok" }, sum(measured.map(({ outcomes }) => outcomes.ok)));
  for (const { cause, count } of failuresByCause({ measured })) out.gauge(requests, { ...of, outcome: cause }, count);
}
