/** Whether the Services that the run asks about were there: in the rules of every node, in each block that counts. */
import { evidential } from "../../../runner/analysis/blocks.ts";
import { MET, notMet, type Premise } from "../../../runner/analysis/verdict/premise.ts";
import type { ArmsOf } from "../../../runner/result/result.ts";
import type { ScaleBlockEvidence } from "../evidence.ts";
import type { ScaleSaid } from "./said.ts";

export function scalePremise(arms: ArmsOf<ScaleBlockEvidence>): Premise {
  for (const { blocks } of arms) {
    for (const { evidence } of evidential(blocks)) {
      const short = evidence.nodes.find(({ found, wanted }) => found < wanted);
      if (short !== undefined) {
        const { node, found, wanted } = short;
        return notMet({ kind: "not-programmed", node, found, wanted } satisfies ScaleSaid);
      }
      // No node was read: then nothing is known of any rule.
      if (evidence.nodes.length === 0)
        return notMet({ kind: "not-programmed", node: "any", found: 0, wanted: evidence.services } satisfies ScaleSaid);
    }
  }
  return MET;
}
