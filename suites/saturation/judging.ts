import { MET } from "../../runner/analysis/verdict/premise.ts";
import type { Judging } from "../../runner/experiment/suite.ts";
import { SATURATION_METRICS } from "./analysis/metrics.ts";
import { SATURATION_EVIDENCE, type SaturationEvidence } from "./evidence.ts";

export const saturationJudging: Judging<SaturationEvidence> = {
  evidence: SATURATION_EVIDENCE,
  metrics: SATURATION_METRICS,
  premise: () => MET, // A closed loop saturates whatever answers.
  joined: () => ({}),
};
