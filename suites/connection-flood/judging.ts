import type { Judging } from "../../runner/experiment/suite.ts";
import { CONNECTION_FLOOD_METRICS } from "./analysis/metrics.ts";
import { floodPremise } from "./analysis/premise.ts";
import { FLOOD_EVIDENCE, type FloodEvidence } from "./evidence.ts";

export const floodJudging: Judging<FloodEvidence> = {
  evidence: FLOOD_EVIDENCE,
  metrics: CONNECTION_FLOOD_METRICS,
  premise: floodPremise,
  premiseIsMeasured: true,
  // A tuning that makes the table overflow does harm, and does not spoil the question.
  premiseOfEither: true,
  // What the tuned arm was asked besides, its own cluster was.
  joined: ({ baseline, tuned }) => ({
    headroomEntries: baseline.headroomEntries,
    predictedOccupancy: [...baseline.predictedOccupancy, ...tuned.predictedOccupancy],
    largerTable: tuned.largerTable,
  }),
};
