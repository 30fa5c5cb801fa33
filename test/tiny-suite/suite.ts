import { flood } from "../../runner/load/engines/flood.ts";
import { constant } from "../../runner/load/schedule/profiles.ts";
import type { Sysctl } from "../../runner/tunings/sysctl.ts";
import { WEB_LOAD_NEEDS } from "../../runner/web-load/needs.ts";
import { defineSuite } from "../../suites/define-suite.ts";
import { ARMS } from "./arms.ts";
import type { TinyEvidence } from "./evidence.ts";
import { OPTIONS, type TinyOptions } from "./options.ts";

export const tiny = defineSuite<TinyEvidence, Sysctl, TinyOptions>({
  name: "tiny",
  question: "Does the web workload answer?",
  arms: ARMS,
  kinds: async () => (await import("../../runner/web-load/kinds.ts")).WEB_LOAD_KINDS,
  options: OPTIONS,
  judging: async () => (await import("./judging.ts")).tinyJudging,
  load: { kind: "http", engine: flood, needs: {}, open: () => import("./stage/stage.ts") },
  sideBySide: null,
  requires: WEB_LOAD_NEEDS,
  plan: () => ({
    load: { model: "open", placement: "one-node", schedule: constant(20, 1_000), timeoutMs: 2_000, workers: 1 },
    rounds: 1,
  }),
  report: async () => (await import("./report/report.ts")).tinyReport,
});
