import type { Placement } from "../analysis/comparability.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Demands, LoadEngine } from "../load/engines/engine.ts";
import type { Progress } from "../progress.ts";
import type { Arm, Attribution, Block, HopReport, Prediction, Result } from "../result/schema.ts";
import type { Write } from "../tunings/apply.ts";
import type { ReadBack } from "../tunings/read-back.ts";
import type { Changes } from "../undo/changes.ts";
import type { Images, OnDemandImage } from "../workloads/images.ts";
import type { ArmPair, ArmPlan } from "./arms.ts";
import type { SuitePlan } from "./plan.ts";

/** What a trial is set up from. */
export interface TrialRequest {
  readonly cluster: Cluster;
  readonly images: Images;
  /** What its suite demands of an engine. */
  readonly demands: Demands;
  readonly plan: SuitePlan;
  readonly engine: LoadEngine;
  readonly loadImage: string;
  readonly arms: ArmPair;
  /** Runs an arm though a check says that it cannot do what it is for. */
  readonly force: boolean;
  /** Names of the ways to lead the load, for trials that have several; undefined: all that there are. */
  readonly paths: readonly string[] | undefined;
  /** Names of what is to be broken, for trials that break things; undefined: as the suite has it. */
  readonly faults: readonly string[] | undefined;
  /** Services in a row, for trials with a chain of them; undefined: as the suite has it. */
  readonly depth: number | undefined;
  /** An image that is built or found when it is asked for. */
  readonly image: (image: OnDemandImage) => Promise<string>;
  /** Lets the target have an ingress controller where that is ours to decide: in the lab. */
  readonly provideIngress: () => Promise<void>;
  /** Decides the arrivals: the same in every block. */
  readonly seed: number;
  readonly changes: Changes;
  /** Takes each line of a tracing engine's timelines. */
  readonly onTimeline: (line: Timeline) => void;
  readonly signal: AbortSignal;
}

/** One request's timeline, as the tracing engine wrote it. */
export interface Timeline {
  readonly arm: string;
  readonly round: number;
  readonly worker: number;
  readonly timeline: string;
}

export interface RanBlock {
  readonly block: Block;
  readonly writes: readonly Write[];
  readonly readBacks: readonly ReadBack[];
  readonly placement: Placement;
}

/** One more block outside the comparison; its failure does not void what was measured before. */
export type ExtraBlock =
  | { readonly kind: "ran"; readonly ran: RanBlock }
  | { readonly kind: "not-needed" }
  | { readonly kind: "failed"; readonly because: string };

export interface ArmPrediction {
  readonly predictions: Prediction[];
  readonly occupancy: Result["predictedOccupancy"];
}

/**
 * A suite's experiment, staged on a target: what it does in its own way. The order of blocks, the verdict and the result
 * are compare()'s, alike for all.
 */
export interface Trial {
  /** What was noticed before the first block and belongs with the result. */
  readonly notes: readonly string[];
  /** One block of load on one arm, from a clean state to a clean state. */
  runBlock(arm: ArmPlan, round: number, sequence: number): Promise<RanBlock>;
  /** What a block came to, in half a line for whoever watches. */
  describe(block: Block): string;
  /** One more block after the rounds, where this kind has a use for it. */
  extraBlock(tuned: ArmPlan, ran: readonly RanBlock[], sequence: number): Promise<ExtraBlock>;
  /** What a model says of an arm, beside what its blocks measured. */
  predict(arm: ArmPlan, ran: readonly RanBlock[], extra: RanBlock | undefined): ArmPrediction;
  /** Where the failed requests died. */
  attribute(arms: readonly Arm[], kernel: string): { hops: HopReport[]; attribution: Attribution };
  /** Before all recorded changes are undone: stops what would hold that up. */
  clear?(): Promise<void>;
}

/** Puts up all that a trial needs; what it creates is journalled before it is made. */
export type TrialKind = (request: TrialRequest, progress: Progress) => Promise<Trial>;
