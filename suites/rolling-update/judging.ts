import type { Judging } from "../../runner/experiment/suite.ts";
import { ROLLOUT_METRICS } from "./analysis/metrics.ts";
import { rolloutPremise } from "./analysis/premise.ts";
import { ROLLOUT_EVIDENCE, type RolloutEvidenceOfSuite } from "./evidence.ts";

export const rolloutJudging: Judging<RolloutEvidenceOfSuite> = {
  evidence: ROLLOUT_EVIDENCE,
  metrics: ROLLOUT_METRICS,
  premise: rolloutPremise,
};
