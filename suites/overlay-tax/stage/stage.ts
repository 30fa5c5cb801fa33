import { attribute } from "../../../runner/analysis/attribution.ts";
import { runBlock } from "../../../runner/experiment/block/run-block.ts";
import { agentsGiven } from "../../../runner/experiment/same-task.ts";
import type { Trial } from "../../../runner/experiment/trial.ts";
import type { Progress } from "../../../runner/progress.ts";
import { predictOverlay } from "../analysis/predictions.ts";
import type { OverlayEvidence } from "../evidence.ts";
import type { OverlayTuning } from "../tunings.ts";
import { overlayLife } from "./life.ts";
import { type OverlayRequest, openOverlayStage } from "./overlay-stage.ts";

/** Packets from pod to pod across nodes: which path they take, what it costs, and whether they arrive as they were sent. */
export async function stage(
  request: OverlayRequest,
  progress: Progress,
): Promise<Trial<OverlayEvidence, OverlayTuning>> {
  const opened = await openOverlayStage(request, progress);
  const life = overlayLife(opened);
  const { client, server } = opened.ends;
  return {
    given: agentsGiven(opened.agents),
    runBlock: (arm, round, sequence) => runBlock(opened, life, { arm, round, sequence }),
    conclude: async ({ arms, kernel }) => ({
      ...attribute(arms, { timeoutMs: request.plan.load.timeoutMs, kernel }),
      predictions: predictOverlay(arms),
      evidence: {
        clientNode: client.name,
        serverNode: server.name,
        declared: [...opened.declared.declared],
        unread: [...opened.declared.unread],
      },
    }),
  };
}
