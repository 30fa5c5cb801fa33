import type { Judging } from "../../runner/experiment/suite.ts";
import { OVERLAY_METRICS } from "./analysis/metrics.ts";
import { overlayPremise } from "./analysis/premise.ts";
import { OVERLAY_EVIDENCE, type OverlayEvidence } from "./evidence.ts";

export const overlayJudging: Judging<OverlayEvidence> = {
  evidence: OVERLAY_EVIDENCE,
  metrics: OVERLAY_METRICS,
  premise: overlayPremise,
  joined: ({ baseline, tuned }) => ({
    clientNode: baseline.clientNode,
    serverNode: baseline.serverNode,
    declared: [...baseline.declared, ...tuned.declared],
    unread: [...baseline.unread, ...tuned.unread],
  }),
};
