import type { Judging } from "../../runner/experiment/suite.ts";
import { SCALE_METRICS } from "./analysis/metrics.ts";
import { scalePremise } from "./analysis/premise.ts";
import { SCALE_EVIDENCE, type ScaleEvidence } from "./evidence.ts";

export const scaleJudging: Judging<ScaleEvidence> = {
  evidence: SCALE_EVIDENCE,
  metrics: SCALE_METRICS,
  premise: scalePremise,
  joined: ({ baseline, tuned }) => ({
    sizes: baseline.sizes,
    variant: baseline.variant,
    growth: [...baseline.growth, ...tuned.growth],
    fallsBehind: [...baseline.fallsBehind, ...tuned.fallsBehind],
    beyond: [...baseline.beyond, ...tuned.beyond],
  }),
};
