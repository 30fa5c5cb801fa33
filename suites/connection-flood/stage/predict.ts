import { portRange } from "../../../runner/analysis/capacity/port-range.ts";
import type { ArmPlan } from "../../../runner/experiment/arms.ts";
import type { ArmRun } from "../../../runner/experiment/trial.ts";
import { loadMs, ratePerSecond } from "../../../runner/load/spec.ts";
import type { Prediction } from "../../../runner/result/prediction.ts";
import { isNodeSysctl, isPodSysctl, type Sysctl } from "../../../runner/tunings/sysctl.ts";
import { type ArmInputs, type FloodNote, type Predicted, predict } from "../analysis/predictions.ts";
import type { FloodBlock, FloodBlockEvidence, LargerTable } from "../evidence.ts";
import type { FloodStage } from "./flood-stage.ts";

export interface ArmPrediction {
  readonly predictions: readonly Prediction[];
  readonly occupancy: readonly Predicted["occupancy"][];
}

/** What the capacity model says of an arm, from how its blocks began, beside what they measured. */
export function predictArm(
  stage: FloodStage,
  { plan, ran }: ArmRun<FloodBlockEvidence, Sysctl>,
  larger: LargerTable | undefined,
): ArmPrediction {
  const blocks = ran.map((each) => each.block);
  const typical = blocks.find((block) => block.valid && block.round > 0) ?? blocks.at(-1);
  const inputs = typical && armInputs(stage, plan, typical);
  if (!inputs) return { predictions: [], occupancy: [] };
  const { predictions, occupancy } = predict(inputs, blocks);
  return { predictions: [...predictions, ...atLargerTable(stage, plan, larger)], occupancy: [occupancy] };
}

function atLargerTable(stage: FloodStage, arm: ArmPlan<Sysctl>, larger: LargerTable | undefined): Prediction[] {
  if (larger?.kind !== "ran") return [];
  const inputs = armInputs(stage, arm, larger.block);
  if (!inputs) return [];
  const { predictions } = predict(inputs, [{ ...larger.block, round: 1 }]);
  const about = { kind: "at-larger-table", limit: inputs.limit } satisfies FloodNote;
  return predictions
    .filter((each) => each.name === "time-to-exhaustion")
    .map((each) => ({ ...each, name: "time-to-exhaustion-at-larger-table", notes: [about, ...each.notes] }));
}

function armInputs(stage: FloodStage, { name, tunings }: ArmPlan<Sysctl>, block: FloodBlock): ArmInputs | undefined {
  const { load } = stage.plan;
  const start = block.conntrack.findLast((sample) => sample.atMs <= 0) ?? block.conntrack[0];
  const rate = ratePerSecond(load);
  // Of a closed loop the rate is not known beforehand; and only a load from one node meets one table.
  if (!start || rate === null || load.placement !== "one-node") return undefined;
  const onNode = tunings.filter(isNodeSysctl).find(({ key }) => key.endsWith("nf_conntrack_tcp_timeout_time_wait"));
  const inPods = tunings.filter(isPodSysctl).find(({ key }) => key === "net.ipv4.ip_local_port_range");
  return {
    arm: name,
    // Every request leaves from a pod on the client node, through the ClusterIP: one entry each in its table.
    ratePerSecondOnNode: rate,
    startEntries: start.entries,
    limit: start.limit,
    timeWaitTimeoutS: Number(onNode?.value ?? stage.defaults.timeWaitTimeoutS),
    clientPods: load.workers,
    destinations: 1,
    portRange: portRange(inPods?.value) ?? stage.defaults.podPortRange,
    loadMs: loadMs(load),
    prefillEntries: block.evidence.prefill?.entries ?? 0,
    prefillTimeoutS: stage.prefillTimeoutS,
  };
}
