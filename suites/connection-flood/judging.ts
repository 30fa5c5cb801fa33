import type { Judging } from "../../runner/experiment/suite.ts";
import { CONNECTION_FLOOD_METRICS } from "./analysis/metrics.ts";
import { floodPremise } from "./analysis/premise.ts";
import { FLOOD_EVIDENCE, type FloodEvidence } from "./evidence.ts";

export const floodJudging: Judging<FloodEvidence> = {
  evidence: FLOOD_EVIDENCE,
  metrics: CONNECTION_FLOOD_METRICS,
  premise: floodPremise,
};
