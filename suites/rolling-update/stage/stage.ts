import { runBlock } from "../../../runner/experiment/block/run-block.ts";
import type { ArmRun, Trial } from "../../../runner/experiment/trial.ts";
import type { Progress } from "../../../runner/progress.ts";
import type { Prediction } from "../../../runner/result/prediction.ts";
import { attributeRollouts } from "../analysis/attribution.ts";
import { predictRollouts } from "../analysis/predictions.ts";
import type { RolloutEvidence, RolloutEvidenceOfSuite } from "../evidence.ts";
import type { RemedyProblem } from "../result/reasons.ts";
import type { RolloutTuning } from "../tunings.ts";
import { type CheckedArm, checkArm } from "./check.ts";
import { rolloutLife } from "./life.ts";
import { clearRolloutStage, openRolloutStage, type RolloutRequest, type RolloutStage } from "./rollout-stage.ts";

/**
 * Pods that are taken away under load: which requests fail, at which pod, and who led them there.
 * @param words for what stands in a remedy's way, for whoever watches
 */
export async function stage(
  request: RolloutRequest,
  progress: Progress,
  words: (problem: RemedyProblem) => string,
): Promise<Trial<RolloutEvidenceOfSuite, RolloutTuning>> {
  const own = await openRolloutStage(request, progress);
  const life = rolloutLife(own);
  const checked = await checkArms(own, progress, words);
  return {
    runBlock: (arm, round, sequence) => runBlock(own, life, { arm, round, sequence }),
    conclude: async ({ arms, baseline, tuned }) => ({
      ...attributeRollouts(arms),
      predictions: [...predictArm(baseline, checked.baseline), ...predictArm(tuned, checked.tuned)],
      evidence: {
        remedies: [checked.baseline, checked.tuned].map(({ facts, problems }) => ({ arm: facts.arm, problems })),
      },
    }),
    clear: () => clearRolloutStage(own),
  };
}

async function checkArms(own: RolloutStage, progress: Progress, words: (problem: RemedyProblem) => string) {
  const { baseline, tuned } = own.arms;
  try {
    return {
      baseline: await checkArm(own, baseline, progress, words),
      tuned: await checkArm(own, tuned, progress, words),
    };
  } catch (error) {
    await clearRolloutStage(own);
    throw error;
  }
}

function predictArm({ plan, ran }: ArmRun<RolloutEvidence>, { facts }: CheckedArm): Prediction[] {
  return predictRollouts(
    plan,
    ran.map(({ block }) => block),
    facts,
  );
}
