/** Whether each arm's packets took the path that it asks about, by the devices' own counters. */
import { evidential } from "../../../runner/analysis/blocks.ts";
import { MET, notMet, type Premise } from "../../../runner/analysis/verdict/premise.ts";
import type { ArmsOf } from "../../../runner/result/result.ts";
import type { OverlayBlock, OverlayBlockEvidence } from "../evidence.ts";
import type { OverlayNote } from "./notes.ts";

export function overlayPremise(arms: ArmsOf<OverlayBlockEvidence>): Premise {
  for (const { name, blocks } of arms) {
    for (const block of evidential(blocks)) {
      const otherwise = notAsAsked(name, block);
      if (otherwise) return notMet(otherwise);
    }
  }
  return MET;
}

function notAsAsked(arm: string, { round, sent, evidence }: OverlayBlock): OverlayNote | null {
  const { wanted, took, tunnel } = evidence;
  const counted = { arm, round, tunnelPackets: tunnel?.packets.clientTx ?? 0, requests: sent };
  if (wanted === null) return took === "unclear" ? { kind: "path-unclear", ...counted } : null;
  const isAsAsked = wanted === "direct" ? took === "direct" : took === "tunnel" && tunnel?.kind === "vxlan";
  return isAsAsked ? null : { kind: "other-path", wanted, took, ...counted };
}
