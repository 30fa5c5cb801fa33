import type { Judging } from "../../runner/experiment/suite.ts";
import { ROLLOUT_METRICS } from "./analysis/metrics.ts";
import { rolloutPremise } from "./analysis/premise.ts";
import { ROLLOUT_EVIDENCE, type RolloutEvidenceOfSuite } from "./evidence.ts";

export const rolloutJudging: Judging<RolloutEvidenceOfSuite> = {
  evidence: ROLLOUT_EVIDENCE,
  metrics: ROLLOUT_METRICS,
  premise: rolloutPremise,
  joined: ({ baseline, tuned }) => ({
    remedies: [...baseline.remedies.slice(0, 1), ...tuned.remedies.slice(1)],
    leftOut: [...baseline.leftOut, ...tuned.leftOut],
  }),
};
