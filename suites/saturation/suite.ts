import type { Suite } from "../../runner/experiment/suite.ts";
import { autocannon } from "../../runner/load/engines/autocannon.ts";
import type { ClosedLoad } from "../../runner/load/spec.ts";
import { CONNECTION_ARMS } from "../../runner/tunings/connection-arms.ts";
import { SATURATION_METRICS } from "./analysis/metrics.ts";

/** 64 in flight keep four web pods busy; eight workers, so that none runs out of ports (28 232 to one address) within 20 s. */
const FULL: ClosedLoad = {
  model: "closed",
  placement: "all-nodes",
  connections: 64,
  durationMs: 20_000,
  timeoutMs: 5000,
  workers: 8,
};

const QUICK: ClosedLoad = { ...FULL, durationMs: 4000, timeoutMs: 3000, workers: 2 };

export const saturation: Suite = {
  name: "saturation",
  question: "How many new connections a second can the web workload take, and does the tuning change it?",
  arms: CONNECTION_ARMS,
  metrics: SATURATION_METRICS,
  trial: async () =>
    (await import("../../runner/experiment/connections/trial.ts")).connectionsTrial({ kind: "as-drained" }),
  plan(size) {
    const quick = size === "quick";
    return {
      load: quick ? QUICK : FULL,
      engine: autocannon,
      rounds: 5,
      scale: quick ? `quick: blocks of ${QUICK.durationMs / 1000} s with ${QUICK.workers} load workers` : "",
    };
  },
};
