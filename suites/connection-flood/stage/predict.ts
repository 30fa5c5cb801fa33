import type { ArmPlan } from "../../../runner/experiment/arms.ts";
import { portRange } from "../../../runner/experiment/connections/port-range.ts";
import type { Stage } from "../../../runner/experiment/connections/stage.ts";
import type { ArmPrediction, RanBlock } from "../../../runner/experiment/trial.ts";
import { loadMs, ratePerSecond } from "../../../runner/load/spec.ts";
import type { Block, Prediction } from "../../../runner/result/schema.ts";
import { isSysctl } from "../../../runner/tunings/tuning.ts";
import { type ArmInputs, predict } from "../analysis/predictions.ts";

/** What the capacity model says of an arm, from how its blocks began, beside what they measured. */
export function predictArm(
  stage: Stage,
  arm: ArmPlan,
  ran: readonly RanBlock[],
  cliff: RanBlock | undefined,
): ArmPrediction {
  const blocks = ran.map((each) => each.block);
  const typical = blocks.find((block) => block.valid && block.round > 0) ?? blocks.at(-1);
  const inputs = typical && armInputs(stage, arm, typical);
  if (!inputs) return { predictions: [], occupancy: [] };
  const { predictions, occupancy } = predict(inputs, blocks);
  return { predictions: [...predictions, ...atLargerTable(stage, arm, cliff)], occupancy: [occupancy] };
}

function atLargerTable(stage: Stage, arm: ArmPlan, cliff: RanBlock | undefined): Prediction[] {
  const inputs = cliff && armInputs(stage, arm, cliff.block);
  if (!inputs) return [];
  const { predictions } = predict(inputs, [{ ...cliff.block, round: 1 }]);
  const about = `one extra block with the table filled to the same headroom below the larger limit of ${inputs.limit}`;
  return predictions
    .filter((each) => each.name === "time-to-exhaustion")
    .map((each) => ({ ...each, name: "time-to-exhaustion-at-larger-table", note: `${about}; ${each.note}` }));
}

function armInputs(stage: Stage, arm: ArmPlan, block: Block): ArmInputs | undefined {
  const { load } = stage.plan;
  const start = block.conntrack.findLast((sample) => sample.atMs <= 0) ?? block.conntrack[0];
  const rate = ratePerSecond(load);
  // Of a closed loop the rate is not known beforehand; and only a load from one node meets one table.
  if (!start || rate === null || load.placement !== "one-node") return undefined;
  return {
    arm: arm.name,
    // Every request leaves from a pod on the client node, through the ClusterIP: one entry each in its table.
    ratePerSecondOnNode: rate,
    startEntries: start.entries,
    limit: start.limit,
    timeWaitTimeoutS: Number(
      tuned(arm, "net.netfilter.nf_conntrack_tcp_timeout_time_wait") ?? stage.defaults.timeWaitTimeoutS,
    ),
    clientPods: load.workers,
    destinations: 1,
    portRange: portRange(podTuned(arm, "net.ipv4.ip_local_port_range")) ?? stage.defaults.podPortRange,
    loadMs: loadMs(load),
    prefillEntries: block.prefill?.entries ?? 0,
    prefillTimeoutS: stage.prefillTimeoutS,
  };
}

function tuned(arm: ArmPlan, key: string): string | undefined {
  return arm.tunings.filter(isSysctl).find((each) => each.key === key)?.value;
}

function podTuned(arm: ArmPlan, key: string): string | undefined {
  return arm.tunings.flatMap((each) => (each.kind === "pod-sysctl" && each.key === key ? [each.value] : []))[0];
}
