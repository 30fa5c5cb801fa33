import { attribute } from "../../../runner/analysis/attribution.ts";
import { agentsGiven } from "../../../runner/experiment/same-task.ts";
import type { ArmRun, Trial } from "../../../runner/experiment/trial.ts";
import type { Progress } from "../../../runner/progress.ts";
import { growthOf } from "../analysis/growth.ts";
import { predictScale } from "../analysis/predictions.ts";
import type { ScaleBlockEvidence, ScaleEvidence } from "../evidence.ts";
import type { ScaleTuning } from "../tunings.ts";
import { runScaleBlock } from "./block.ts";
import { openScaleStage, type ScaleRequest } from "./scale-stage.ts";

/** New connections to one of ever more Services, and changes of one of them. */
export async function stage(request: ScaleRequest, progress: Progress): Promise<Trial<ScaleEvidence, ScaleTuning>> {
  const opened = await openScaleStage(request, progress);
  const { sizes, variant } = opened;
  return {
    given: agentsGiven(opened.web.agents),
    runBlock: (arm, round, sequence) => runScaleBlock(opened, { arm, round, sequence }),
    async conclude({ arms, baseline, tuned, kernel }) {
      const grown = [baseline, tuned].map((run) => growthOf(run.plan.name, blocksOf(run)));
      return {
        ...attribute(arms, { timeoutMs: request.plan.load.timeoutMs, kernel }),
        predictions: [baseline, tuned].flatMap((run) => predictScale(run.plan.name, blocksOf(run))),
        evidence: {
          sizes: [...sizes],
          variant,
          growth: grown.flatMap(({ growth }) => growth),
          fallsBehind: grown.flatMap(({ fallsBehind }) => fallsBehind),
          beyond: grown.flatMap(({ beyond }) => beyond),
        },
      };
    },
  };
}

function blocksOf({ ran }: ArmRun<ScaleBlockEvidence, ScaleTuning>) {
  return ran.map(({ block }) => block);
}
