import type { Judging } from "../../runner/experiment/suite.ts";
import { DNS_METRICS } from "./analysis/metrics.ts";
import { stormPremise } from "./analysis/premise.ts";
import { STORM_EVIDENCE, type StormEvidence } from "./evidence.ts";

export const stormJudging: Judging<StormEvidence> = {
  evidence: STORM_EVIDENCE,
  metrics: DNS_METRICS,
  premise: stormPremise,
  joined: ({ baseline }) => baseline,
};
