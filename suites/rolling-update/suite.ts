import type { SuiteSize } from "../../runner/experiment/plan.ts";
import type { Stages } from "../../runner/experiment/suite.ts";
import { undici } from "../../runner/load/engines/undici.ts";
import { constant } from "../../runner/load/schedule/profiles.ts";
import type { OpenLoad } from "../../runner/load/spec.ts";
import { defineSuite } from "../define-suite.ts";
import { ROLLOUT_ARMS } from "./arms.ts";
import type { RolloutEvidenceOfSuite } from "./evidence.ts";
import { ROLLOUT_NEEDS } from "./needs.ts";
import { ROLLOUT_OPTIONS, type RolloutOptions } from "./options.ts";
import type { RolloutRequest } from "./stage/rollout-stage.ts";
import type { RolloutTuning } from "./tunings.ts";

/** A preStop sleep of 10 s ends within the quick block, and slow ingresses have 3 s more to be late in. */
const LASTS_MS: Readonly<Record<SuiteSize, number>> = { full: 100_000, quick: 21_000 };
/**
 * Over all paths; 20/s and more each, so that a pod led to for 100 ms too long shows. No more than what leaves every
 * request's timeline in one worker's log.
 */
const PER_SECOND = 150;

export const rollingUpdate = defineSuite<RolloutEvidenceOfSuite, RolloutTuning, RolloutOptions>({
  name: "rolling-update",
  question:
    "What do users see while pods are replaced, who led their requests to pods that were gone, and does the tuning remove it?",
  arms: ROLLOUT_ARMS,
  kinds: async () => (await import("./kinds/registry.ts")).ROLLOUT_KINDS,
  workloadPatch: (tuning) => (tuning.kind === "workload-patch" ? tuning.patch : null),
  options: ROLLOUT_OPTIONS,
  judging: async () => (await import("./judging.ts")).rolloutJudging,
  load: { kind: "http", engine: undici, needs: { timelines: true }, open: openStage },
  // Pods that start, eight at a time in two restarts, take two CPUs for themselves.
  sideBySide: { cpus: 4 },
  requires: ROLLOUT_NEEDS,
  plan: (size) => ({ load: load(LASTS_MS[size]), rounds: 5 }),
  report: async () => (await import("./report/report.ts")).rolloutReport,
});

/** What is found before anything is measured is told in the words that the report has for the same. */
async function openStage(): Promise<Stages<RolloutEvidenceOfSuite, RolloutTuning, RolloutRequest>> {
  const [{ stage }, { leftOutWords, remedyWords }] = await Promise.all([
    import("./stage/stage.ts"),
    import("./report/words.ts"),
  ]);
  return { stage: (request, progress) => stage(request, progress, { remedy: remedyWords, leftOut: leftOutWords }) };
}

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
