import { evidential } from "../../../runner/analysis/blocks.ts";
import { MET, notMet, type Premise } from "../../../runner/analysis/verdict/premise.ts";
import type { ArmsOf } from "../../../runner/result/result.ts";
import type { RolloutEvidence } from "../evidence.ts";

/** Pods have to have been replaced while there was load. */
export function rolloutPremise([baseline]: ArmsOf<RolloutEvidence>): Premise {
  const blocks = evidential(baseline.blocks);
  const rolled = blocks.some(({ evidence }) => evidence.rollouts.length > 0);
  return blocks.length === 0 || rolled ? MET : notMet({ kind: "nothing-replaced" });
}
