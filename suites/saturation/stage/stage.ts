import { attribute } from "../../../runner/analysis/attribution.ts";
import { runBlock } from "../../../runner/experiment/block/run-block.ts";
import { agentsGiven } from "../../../runner/experiment/same-task.ts";
import type { HttpTrialRequest, Trial } from "../../../runner/experiment/trial.ts";
import type { Progress } from "../../../runner/progress.ts";
import type { Sysctl } from "../../../runner/tunings/sysctl.ts";
import { webLoadLife } from "../../../runner/web-load/life.ts";
import { openWebLoadStage } from "../../../runner/web-load/stage.ts";
import type { SaturationEvidence } from "../evidence.ts";

/** As many requests as the reference web workload answers. */
export async function stage(
  request: HttpTrialRequest<Sysctl>,
  progress: Progress,
): Promise<Trial<SaturationEvidence, Sysctl>> {
  const own = await openWebLoadStage(request, progress);
  const life = webLoadLife(own, async () => ({}));
  return {
    given: agentsGiven(own.agents),
    runBlock: (arm, round, sequence) => runBlock(own, life, { arm, round, sequence }),
    conclude: async ({ arms, kernel }) => ({
      ...attribute(arms, { timeoutMs: request.plan.load.timeoutMs, kernel }),
      predictions: [],
      evidence: {},
    }),
  };
}
