import type { SuiteSize } from "../../runner/experiment/plan.ts";
import { flood } from "../../runner/load/engines/flood.ts";
import { constant } from "../../runner/load/schedule/profiles.ts";
import type { OpenLoad } from "../../runner/load/spec.ts";
import { defineSuite } from "../define-suite.ts";
import { ARMS } from "./arms.ts";
import type { ScaleEvidence } from "./evidence.ts";
import { roundsOf } from "./ladder.ts";
import { SCALE_NEEDS } from "./needs.ts";
import { OPTIONS, type ScaleOptions } from "./options.ts";
import type { ScaleTuning } from "./tunings.ts";

/** All on one node, whose chain is the one that is read; slow enough that connections do not wait for each other. */
const COMMON = { model: "open", placement: "one-node", workers: 2 } as const;

const LOADS: Readonly<Record<SuiteSize, OpenLoad>> = {
  quick: { ...COMMON, schedule: constant(300, 4_000), timeoutMs: 3_000 },
  full: { ...COMMON, schedule: constant(300, 20_000), timeoutMs: 5_000 },
};

export const serviceScale = defineSuite<ScaleEvidence, ScaleTuning, ScaleOptions>({
  name: "service-scale",
  question:
    "Does the cost of a Service grow with their number, for new connections and for changes, and by which order?",
  arms: ARMS,
  kinds: async () => (await import("./kinds/registry.ts")).SCALE_KINDS,
  options: OPTIONS,
  judging: async () => (await import("./judging.ts")).scaleJudging,
  load: { kind: "http", engine: flood, needs: {}, open: () => import("./stage/stage.ts") },
  sideBySide: null,
  requires: SCALE_NEEDS,
  plan: (size) => ({ load: LOADS[size], rounds: roundsOf(size) }),
  report: async () => (await import("./report/report.ts")).scaleReport,
});
