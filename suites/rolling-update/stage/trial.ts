import type { TrialKind } from "../../../runner/experiment/trial.ts";
import type { RolloutStep } from "../../../runner/faults/types.ts";
import type { Progress } from "../../../runner/progress.ts";
import { attributeRollouts } from "../analysis/attribution-report.ts";
import { predictRollouts } from "../analysis/predictions.ts";
import { runBlock } from "./block.ts";
import { type CheckedArm, checkArm } from "./check.ts";
import { clearStage, type Stage, setStage } from "./stage.ts";

async function checkArms(stage: Stage, progress: Progress): Promise<ReadonlyMap<string, CheckedArm>> {
  const checked = new Map<string, CheckedArm>();
  try {
    for (const arm of [stage.arms.baseline, stage.arms.tuned]) {
      checked.set(arm.name, await checkArm(stage, arm, progress));
    }
    return checked;
  } catch (error) {
    await clearStage(stage);
    throw error;
  }
}

/** Pods that are taken away under load: which requests fail, at which pod, and who led them there. */
export const rolloutsTrial =
  (steps: readonly RolloutStep[]): TrialKind =>
  async (request, progress) => {
    const stage = await setStage(request, steps, progress);
    const checked = await checkArms(stage, progress);
    return {
      notes: [...checked.values()].flatMap(({ notes }) => notes),
      runBlock: (arm, round, sequence) => runBlock(stage, arm, round, sequence),
      describe: ({ rollout }) => `${rollout?.attributed ?? 0} of them explained`,
      extraBlock: async () => ({ kind: "not-needed" }),
      predict(arm, ran) {
        const blocks = ran.map(({ block }) => block);
        return { predictions: predictRollouts(arm, blocks, checked.get(arm.name)?.facts), occupancy: [] };
      },
      attribute: (arms) => attributeRollouts(arms),
      clear: () => clearStage(stage),
    };
  };
