import { attribute } from "../../../runner/analysis/attribution.ts";
import { runBlock } from "../../../runner/experiment/block/run-block.ts";
import { agentsGiven } from "../../../runner/experiment/same-task.ts";
import type { HttpTrialRequest, Trial } from "../../../runner/experiment/trial.ts";
import type { Progress } from "../../../runner/progress.ts";
import type { Sysctl } from "../../../runner/tunings/sysctl.ts";
import { webLoadLife } from "../../../runner/web-load/life.ts";
import { openWebLoadStage } from "../../../runner/web-load/stage.ts";
import type { TinyEvidence } from "../evidence.ts";
import type { TinyOptions } from "../options.ts";

export async function stage(
  request: HttpTrialRequest<Sysctl, TinyOptions>,
  progress: Progress,
): Promise<Trial<TinyEvidence, Sysctl>> {
  const own = await openWebLoadStage(request, progress);
  const life = webLoadLife(own, async () => ({ pods: own.web.pods.length }));
  return {
    given: agentsGiven(own.agents),
    runBlock: (arm, round, sequence) => runBlock(own, life, { arm, round, sequence }),
    conclude: async ({ arms, kernel }) => ({
      ...attribute(arms, { timeoutMs: request.plan.load.timeoutMs, kernel }),
      predictions: [],
      evidence: { greeting: request.options.greeting ?? "hello" },
    }),
  };
}
