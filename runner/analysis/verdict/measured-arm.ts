/** What one arm's blocks say by themselves: values, and whether they are evidence of anything. Compared with nothing. */
import type { MeasuredValue, Measurement, MeasurementReason } from "../../result/measurement.ts";
import type { Warning } from "../../result/reasons.ts";
import type { Arm } from "../../result/result.ts";
import { evidential } from "../blocks.ts";
import { comparable, type Plan } from "../comparability.ts";
import type { MetricSpec } from "../metrics.ts";
import { mean, median } from "../samples.ts";
import { armValues, countsEvents, typicalRequests } from "./arm-values.ts";
import { floorOf, typicalDifference } from "./comparison.ts";
import type { Judged } from "./judge.ts";
import { oneNodeOf } from "./one-node.ts";
import { placedAlike } from "./placement.ts";
import { premiseOf } from "./premise.ts";

/** With fewer, and others voided, there is nothing to go by; as in a comparison. */
const LEAST_BLOCKS = 3;

export function measuredArm<B>(
  suite: Judged<B>,
  arm: Arm<B, "tuned">,
  plan: Plan,
): Pick<Measurement, "state" | "why" | "values" | "warnings"> {
  const blocks = placedAlike(arm.blocks, []).baseline;
  const rounds = blocks.filter(({ round }) => round > 0);
  const usual = typicalRequests(rounds);
  const blind = rounds.find(({ withoutAgents }) => withoutAgents !== undefined)?.withoutAgents;
  const node = oneNodeOf(rounds);
  const values = suite.metrics.map((spec) => measuredValue(spec, armValues(spec, blocks, usual)));
  // A premise is asked of two arms: this one is both.
  const premise = premiseOf(suite, [
    { ...arm, role: "baseline", blocks },
    { ...arm, blocks },
  ]);
  const warnings: Warning[] = [
    ...(node === null ? [] : [{ kind: "one-node" as const, nodes: [node] }]),
    ...(blind === undefined ? [] : [{ kind: "without-kernel-counters" as const, because: blind }]),
    ...(premise.state === "unread" ? [{ kind: "premise-unread" as const, said: premise.said }] : []),
  ];
  const why = (): MeasurementReason | null => {
    if (premise.state === "not-met") {
      const { because } = premise;
      const once = because.kind === "no-way" ? { ...because, requests: because.requests / 2 } : because;
      return { kind: "premise-not-met", because: once };
    }
    const counted = evidential(blocks).length;
    const voided = rounds.flatMap((block) => (block.valid ? [] : [block]));
    if (counted === 0 || (voided.length > 0 && counted < LEAST_BLOCKS))
      return { kind: "too-few-blocks", counted, voided: voided.length, first: voided[0]?.invalidBecause[0] ?? null };
    const kept = comparable({ baseline: blocks, tuned: blocks }, plan);
    if (!kept.comparable) return { kind: "not-as-planned", because: kept.because };
    const lacking = suite.metrics.filter(
      ({ name, primary, reading }) =>
        primary && !(blind !== undefined && reading === "counters") && isUnmeasured(values, name),
    );
    return lacking.length === 0 ? null : { kind: "unmeasured", metrics: lacking.map(({ name }) => name) };
  };
  const because = why();
  return { state: because === null ? "measured" : "invalid", why: because, values, warnings };
}

function isUnmeasured(values: readonly MeasuredValue[], name: string): boolean {
  return values.every((each) => each.name !== name || each.value === null);
}

function measuredValue<B>(spec: MetricSpec<B>, { values }: { readonly values: readonly number[] }): MeasuredValue {
  const { name, unit, primary, felt, better } = spec;
  const value = values.length === 0 ? null : countsEvents(spec) ? mean(values) : median(values);
  return {
    ...{ name, unit, primary, felt, better, value },
    floor: value === null ? (spec.floor.absolute ?? 0) : floorOf(spec, value),
    noise: typicalDifference([values]),
    blocks: values.length,
  };
}
