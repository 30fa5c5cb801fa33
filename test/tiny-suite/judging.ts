import { successRate } from "../../runner/analysis/metrics.ts";
import { MET } from "../../runner/analysis/verdict/premise.ts";
import type { Judging } from "../../runner/experiment/suite.ts";
import { TINY_EVIDENCE, type TinyEvidence } from "./evidence.ts";

export const tinyJudging: Judging<TinyEvidence> = {
  evidence: TINY_EVIDENCE,
  metrics: [successRate({ primary: true, floor: { absolute: 5 } })],
  premise: () => MET,
  joined: ({ baseline, tuned }) => ({ greeting: `${baseline.greeting}, ${tuned.greeting}` }),
};
