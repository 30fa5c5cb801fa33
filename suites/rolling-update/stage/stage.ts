import { runBlock } from "../../../runner/experiment/block/run-block.ts";
import { agentsGiven } from "../../../runner/experiment/same-task.ts";
import type { ArmRun, Trial } from "../../../runner/experiment/trial.ts";
import type { Progress } from "../../../runner/progress.ts";
import type { Prediction } from "../../../runner/result/prediction.ts";
import { attributeRollouts } from "../analysis/attribution.ts";
import { predictRollouts } from "../analysis/predictions.ts";
import type { LeftOutPath, RolloutEvidence, RolloutEvidenceOfSuite } from "../evidence.ts";
import type { PathLeftOut, RemedyProblem } from "../result/reasons.ts";
import { nextUpstreamOf, type RolloutTuning } from "../tunings.ts";
import { answers } from "./answers.ts";
import { type CheckedArm, checkArm } from "./check.ts";
import { rolloutLife } from "./life.ts";
import { clearRolloutStage, openRolloutStage, type RolloutRequest, type RolloutStage } from "./rollout-stage.ts";

export interface StageWords {
  readonly remedy: (problem: RemedyProblem) => string;
  readonly leftOut: (path: string, why: PathLeftOut) => string;
}

/**
 * Pods that are taken away under load: which requests fail, at which pod, and who led them there.
 * @param words for what is found before anything is measured, for whoever watches
 */
export async function stage(
  request: RolloutRequest,
  progress: Progress,
  words: StageWords,
): Promise<Trial<RolloutEvidenceOfSuite, RolloutTuning>> {
  const own = await openRolloutStage(request, progress);
  const life = rolloutLife(own);
  const { checked, leftOut } = await madeReady(own, progress, words);
  return {
    given: { ...agentsGiven(own.agents), "its paths": own.pathSwitch.names().join(", ") },
    runBlock: (arm, round, sequence) => runBlock(own, life, { arm, round, sequence }),
    conclude: async ({ arms, baseline, tuned }) => ({
      ...attributeRollouts(arms),
      predictions: [...predictArm(baseline, checked.baseline), ...predictArm(tuned, checked.tuned)],
      evidence: {
        remedies: [checked.baseline, checked.tuned].map(({ facts, problems }) => ({ arm: facts.arm, problems })),
        leftOut: [...leftOut],
      },
    }),
    clear: () => clearRolloutStage(own),
  };
}

/** All that comes before the first block; what fails in it leaves no workload behind. */
async function madeReady(own: RolloutStage, progress: Progress, words: StageWords) {
  try {
    const checked = await checkArms(own, progress, words.remedy);
    const leftOut = await leaveOutPaths(own, progress, words.leftOut);
    await raisePaths(own, progress);
    return { checked, leftOut };
  } catch (error) {
    await clearRolloutStage(own);
    throw error;
  }
}

async function checkArms(own: RolloutStage, progress: Progress, words: StageWords["remedy"]) {
  const { baseline, tuned } = own.arms;
  const first = await checkArm(own, baseline, progress, words);
  // On an arm's own cluster there is no other.
  return { baseline: first, tuned: tuned === baseline ? first : await checkArm(own, tuned, progress, words) };
}

/** The workload of the arm that was looked at last still runs: a path that does not answer now will not do so later. */
function leaveOutPaths(
  own: RolloutStage,
  progress: Progress,
  words: StageWords["leftOut"],
): Promise<readonly LeftOutPath[]> {
  return progress.step("A look at the paths", async (update) => {
    const options = { nextUpstream: nextUpstreamOf(own.arms.baseline.tunings) };
    const out = [...own.leftOut, ...(await own.pathSwitch.leaveOut(options, (path) => answers(own, path), own.signal))];
    update(out.length === 0 ? "all are used" : out.map(({ path, why }) => words(path, why)).join("; "));
    return out;
  });
}

/** What idles beside one block then idles beside each of them. */
function raisePaths(own: RolloutStage, progress: Progress): Promise<void> {
  return progress.step("Proxies", async () => {
    for (const role of own.lane.roles)
      await own.pathSwitch.to({ nextUpstream: nextUpstreamOf(own.arms[role].tunings) }, own.signal);
  });
}

function predictArm({ plan, ran }: ArmRun<RolloutEvidence>, { facts }: CheckedArm): Prediction[] {
  return predictRollouts(
    plan,
    ran.map(({ block }) => block),
    facts,
  );
}
