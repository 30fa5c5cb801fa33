import type { SuiteSize } from "../../runner/experiment/plan.ts";
import { autocannon } from "../../runner/load/engines/autocannon.ts";
import type { ClosedLoad } from "../../runner/load/spec.ts";
import type { Sysctl } from "../../runner/tunings/sysctl.ts";
import { WEB_LOAD_NEEDS } from "../../runner/web-load/needs.ts";
import { defineSuite } from "../define-suite.ts";
import { ARMS } from "./arms.ts";
import type { SaturationEvidence } from "./evidence.ts";

/** 64 in flight keep four web pods busy; eight workers, so that none runs out of ports (28 232 to one address) within 20 s. */
const FULL: ClosedLoad = {
  model: "closed",
  placement: "all-nodes",
  connections: 64,
  durationMs: 20_000,
  timeoutMs: 5000,
  workers: 8,
};
const LOADS: Readonly<Record<SuiteSize, ClosedLoad>> = {
  full: FULL,
  quick: { ...FULL, durationMs: 4000, timeoutMs: 3000, workers: 2 },
};

export const saturation = defineSuite<SaturationEvidence, Sysctl>({
  name: "saturation",
  question: "How many new connections a second can the web workload take, and does the tuning change it?",
  arms: ARMS,
  kinds: async () => (await import("../../runner/web-load/kinds.ts")).WEB_LOAD_KINDS,
  options: {},
  judging: async () => (await import("./judging.ts")).saturationJudging,
  load: { kind: "http", engine: autocannon, needs: {}, open: () => import("./stage/stage.ts") },
  sideBySide: null,
  requires: WEB_LOAD_NEEDS,
  plan: (size) => ({ load: LOADS[size], rounds: 8 }),
  report: async () => (await import("./report/report.ts")).saturationReport,
});
