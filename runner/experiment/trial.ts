import type { LiveListener } from "../analysis/live/events.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Delivery } from "../delivery/delivery.ts";
import type { Lifetime } from "../lifetime.ts";
import type { HttpEngine, HttpNeeds } from "../load/engines/engine.ts";
import type { WithoutAgents } from "../preflight/needs.ts";
import type { Block } from "../result/block.ts";
import type { Attribution, HopReport } from "../result/hops.ts";
import type { Prediction } from "../result/prediction.ts";
import type { ArmsOf, Evidence, Role } from "../result/result.ts";
import type { Target } from "../result/target.ts";
import type { Write } from "../tunings/apply.ts";
import type { ReadBack } from "../tunings/read-back.ts";
import type { Tuning } from "../tunings/tuning.ts";
import type { Changes } from "../undo/changes.ts";
import type { Images, OnDemandImage } from "../workloads/images.ts";
import type { ArmPair, ArmPlan } from "./arms.ts";
import type { SuitePlan, SuiteSize } from "./plan.ts";
import type { Rendezvous } from "./rendezvous.ts";
import type { Lane } from "./stage.ts";

/** What a trial is set up from. */
export interface TrialRequest<T extends Tuning = Tuning, Options extends object = Readonly<Record<string, unknown>>> {
  readonly cluster: Cluster;
  readonly images: Images;
  /** Brings our programs into pods. */
  readonly delivery: Delivery;
  readonly size: SuiteSize;
  readonly plan: SuitePlan;
  readonly arms: ArmPair<T>;
  /** What the user chose of the suite's own options. */
  readonly options: Readonly<Partial<Options>>;
  /** Runs an arm though a check says that it can't do what it is for. */
  readonly force: boolean;
  /** An image that is built or found when it is asked for. */
  readonly image: (image: OnDemandImage) => Promise<string>;
  /** Lets the target have an ingress controller where that is ours to decide: in the lab. */
  readonly provideIngress: () => Promise<void>;
  /** Decides the arrivals: the same in every block. */
  readonly seed: number;
  /** Labels of the nodes on which all of it runs. */
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** As many of them as its pods get at most; as many as any run takes, if not given. */
  readonly mostNodes?: number | undefined;
  /** Who refuses agents on the nodes, in their words; null: nobody is known to, and they are tried. */
  readonly agentsRefused: string | null;
  /** What becomes of the suite where the cluster refuses agents on its nodes. */
  readonly withoutAgents: WithoutAgents;
  /** Where it takes place; its namespace is the cluster's. */
  readonly lane: Lane;
  /** Records what is changed on the target, right before it is. */
  readonly changes: Changes;
  /** Takes each line of a tracing engine's timelines. */
  readonly onTimeline: (line: Timeline) => void;
  /** Told what a block does, and what is read of it, for whoever watches. */
  readonly onLive: LiveListener;
  readonly signal: AbortSignal;
  /** For how long the target is told that this runner lives. */
  readonly lifetime: Lifetime;
}

/** The same for a suite whose load is HTTP requests. */
export interface HttpTrialRequest<T extends Tuning = Tuning, Options extends object = Readonly<Record<string, unknown>>>
  extends TrialRequest<T, Options> {
  readonly engine: HttpEngine;
  readonly needs: HttpNeeds;
  /** What its workers run from. */
  readonly loadImage: string;
}

/** One request's timeline, as the tracing engine wrote it. */
export interface Timeline {
  readonly arm: string;
  readonly round: number;
  readonly worker: number;
  readonly timeline: string;
}

export interface RanBlock<BlockEvidence = unknown> {
  readonly block: Block<BlockEvidence>;
  readonly writes: readonly Write[];
  readonly readBacks: readonly ReadBack[];
}

/** An arm with its blocks, in the order in which they ran. */
export interface ArmRun<BlockEvidence = unknown, T extends Tuning = Tuning> {
  readonly plan: ArmPlan<T>;
  readonly ran: readonly RanBlock<BlockEvidence>[];
}

/** What a suite makes of all its blocks. */
export interface Conclusion<E extends Evidence> {
  readonly hops: HopReport[];
  /** Where the failed requests died. */
  readonly attribution: Attribution;
  /** What its model says of each arm, beside what the blocks measured. */
  readonly predictions: Prediction[];
  /** What else only this suite found. */
  readonly evidence: E["run"];
}

/** The runs of a comparison, in the result's form and as they were carried out. */
export interface Runs<E extends Evidence, T extends Tuning> {
  readonly arms: ArmsOf<E["block"]>;
  readonly baseline: ArmRun<E["block"], T>;
  readonly tuned: ArmRun<E["block"], T>;
  /** Kernel release of the nodes. */
  readonly kernel: string;
  /** How many blocks have been begun, on all clusters: a further one has this number. */
  readonly begun: number;
}

/**
 * A suite's experiment, staged on a target: what it does in its own way. The order of blocks, the verdict and the result
 * are compare()'s, alike for all.
 */
export interface Trial<E extends Evidence = Evidence, T extends Tuning = Tuning> {
  /**
   * What of the task hangs on the cluster, by names for the user: where each arm has a cluster of its own, it has to be the same.
   * Left out: nothing.
   */
  readonly given?: Readonly<Record<string, string>>;
  /** One block of load on one arm, from a clean state to a clean state. */
  runBlock(arm: ArmPlan<T>, round: number, sequence: number): Promise<RanBlock<E["block"]>>;
  /**
   * After the last round; it may still run a block of its own, outside the comparison. Where each arm has a cluster of its own,
   * the other arm has no blocks here.
   */
  conclude(runs: Runs<E, T>): Promise<Conclusion<E>>;
  /** Before all recorded changes are undone: stops what would hold that up. */
  clear?(): Promise<void>;
}

/** How a comparison's blocks follow each other, and by which trial each is run. */
export type Trials<E extends Evidence = Evidence, T extends Tuning = Tuning> =
  /** The arms take turns on one cluster. */
  | { readonly way: "in-turn"; readonly trial: Trial<E, T> }
  /** Both arms' blocks of a round run at the same time on one cluster. */
  | {
      readonly way: "side-by-side";
      readonly trials: Readonly<Record<Role, Trial<E, T>>>;
      readonly together: Rendezvous["together"];
    }
  /** The arms take turns, each on a cluster of its own: the comparison's target is the baseline's. */
  | {
      readonly way: "two-clusters";
      readonly trials: Readonly<Record<Role, Trial<E, T>>>;
      readonly tunedTarget: Target;
    };

/** Each of them once. */
export function allTrials<E extends Evidence, T extends Tuning>(trials: Trials<E, T>): readonly Trial<E, T>[] {
  return trials.way === "in-turn" ? [trials.trial] : [trials.trials.baseline, trials.trials.tuned];
}

export function trialOf<E extends Evidence, T extends Tuning>(trials: Trials<E, T>, role: Role): Trial<E, T> {
  return trials.way === "in-turn" ? trials.trial : trials.trials[role];
}
