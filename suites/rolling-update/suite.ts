import type { Suite } from "../../runner/experiment/suite.ts";
import type { RolloutStep } from "../../runner/faults/types.ts";
import { undici } from "../../runner/load/engines/undici.ts";
import { constant } from "../../runner/load/schedule/profiles.ts";
import type { OpenLoad } from "../../runner/load/spec.ts";
import { ROLLOUT_METRICS } from "./analysis/metrics.ts";
import { ROLLOUT_ARMS } from "./arms.ts";

/** A preStop sleep of 10 s ends within the block, and slow ingresses have 3 s more to be late in. */
const QUICK_MS = 21_000;
const FULL_MS = 100_000;
/**
 * Over all paths; 20/s and more each, so that a pod led to for 100 ms too long shows. No more than what leaves every
 * request's timeline in one worker's log.
 */
const PER_SECOND = 150;

const RESTARTS: readonly RolloutStep[] = [
  { atMs: 1_000, kind: "restart" },
  { atMs: 3_500, kind: "scale-up", replicas: 4 },
  { atMs: 6_000, kind: "restart" },
];
/** Each begins when the pods that the one before took away have slept and gone. */
const ALL: readonly RolloutStep[] = [
  ...RESTARTS,
  { atMs: 25_000, kind: "scale-down", replicas: 2 },
  { atMs: 40_000, kind: "scale-up", replicas: 4 },
  { atMs: 46_000, kind: "evict" },
  { atMs: 65_000, kind: "kill" },
  { atMs: 80_000, kind: "restart" },
];

export const rollingUpdate: Suite = {
  name: "rolling-update",
  question:
    "What do users see while pods are replaced, who led their requests to pods that were gone, and does the tuning remove it?",
  arms: ROLLOUT_ARMS,
  metrics: ROLLOUT_METRICS,
  needsTimelines: true,
  hasPaths: true,
  trial: async (size) => (await import("./stage/trial.ts")).rolloutsTrial(size === "quick" ? RESTARTS : ALL),
  plan(size) {
    const quick = size === "quick";
    return {
      load: load(quick ? QUICK_MS : FULL_MS),
      engine: undici,
      rounds: 5,
      scale: quick
        ? `quick: blocks of ${QUICK_MS / 1000} s with the two restarts only; no scale-down, eviction or kill`
        : "",
    };
  },
};

/** One worker: its one clock orders all requests. */
function load(durationMs: number): OpenLoad {
  return {
    model: "open",
    placement: "one-node",
    schedule: constant(PER_SECOND, durationMs),
    timeoutMs: 5_000,
    // Pods that start take the CPU; who is led to a dead pod, and for how long, is counted in hundreds of ms.
    mostLagMs: 250,
    workers: 1,
  };
}
