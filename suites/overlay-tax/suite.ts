import type { SuiteSize } from "../../runner/experiment/plan.ts";
import { flood } from "../../runner/load/engines/flood.ts";
import { constant } from "../../runner/load/schedule/profiles.ts";
import type { OpenLoad } from "../../runner/load/spec.ts";
import { defineSuite } from "../define-suite.ts";
import { ARMS } from "./arms.ts";
import type { OverlayEvidence } from "./evidence.ts";
import { OVERLAY_NEEDS } from "./needs.ts";
import type { OverlayTuning } from "./tunings.ts";

/** A rate that both paths take with ease: what is asked is what each request costs. */
const FULL: OpenLoad = {
  model: "open",
  placement: "one-node",
  schedule: constant(500, 20_000),
  timeoutMs: 3_000,
  workers: 2,
};
const LOADS: Readonly<Record<SuiteSize, OpenLoad>> = {
  full: FULL,
  quick: { ...FULL, schedule: constant(400, 4_000), timeoutMs: 2_000 },
};

export const overlayTax = defineSuite<OverlayEvidence, OverlayTuning>({
  name: "overlay-tax",
  question:
    "Does encapsulation tax packets between pods of different nodes, and do all of them arrive as they were sent?",
  arms: ARMS,
  kinds: async () => (await import("./kinds/registry.ts")).OVERLAY_KINDS,
  options: {},
  judging: async () => (await import("./judging.ts")).overlayJudging,
  load: { kind: "http", engine: flood, needs: {}, open: () => import("./stage/stage.ts") },
  // Both arms would switch the same routes.
  sideBySide: null,
  requires: OVERLAY_NEEDS,
  plan: (size) => ({ load: LOADS[size], rounds: 8 }),
  report: async () => (await import("./report/report.ts")).overlayReport,
});
