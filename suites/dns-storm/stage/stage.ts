import { runBlock } from "../../../runner/experiment/block/run-block.ts";
import { agentsGiven } from "../../../runner/experiment/same-task.ts";
import type { ArmRun, Trial } from "../../../runner/experiment/trial.ts";
import type { Progress } from "../../../runner/progress.ts";
import type { Prediction } from "../../../runner/result/prediction.ts";
import { attributeDns } from "../analysis/attribution.ts";
import { predictDns } from "../analysis/predictions.ts";
import type { DnsEvidence, StormEvidence } from "../evidence.ts";
import { LOAD_MS, OFFERED, STORMS } from "../storms.ts";
import type { DnsTuning } from "../tunings.ts";
import { stormLife } from "./life.ts";
import { chosenStorm } from "./storm.ts";
import { openStormStage, type StormRequest } from "./storm-stage.ts";
import { dnsPlanOf } from "./tunings.ts";

/** Look-ups by real resolvers and through a chain of services: what each costs at the DNS, and what its user waits for. */
export async function stage(request: StormRequest, progress: Progress): Promise<Trial<StormEvidence, DnsTuning>> {
  const storm = chosenStorm(STORMS[request.size], OFFERED, request.options);
  const opened = await openStormStage(request, storm, progress);
  const life = stormLife(opened);
  return {
    given: { ...agentsGiven(opened.agents), dnsperf: "image" in opened.stormImages.dnsperf ? "there" : "not there" },
    runBlock: (arm, round, sequence) => runBlock(opened, life, { arm, round, sequence }),
    conclude: async ({ arms, baseline, tuned }) => ({
      ...attributeDns(arms),
      predictions: [baseline, tuned].flatMap((run) => predictArm(run, opened.cluster.namespace)),
      evidence: { fullLoadMs: LOAD_MS.full },
    }),
  };
}

function predictArm({ plan, ran }: ArmRun<DnsEvidence, DnsTuning>, namespace: string): Prediction[] {
  const { cache } = dnsPlanOf(plan.tunings, namespace).server;
  return predictDns(
    plan.name,
    ran.map(({ block }) => block),
    { servesStale: cache.serveStaleSeconds > 0 },
  );
}
