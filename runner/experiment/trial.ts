import type { Cluster } from "../cluster/cluster.ts";
import type { Delivery } from "../delivery/delivery.ts";
import type { Lifetime } from "../lifetime.ts";
import type { HttpEngine, HttpNeeds } from "../load/engines/engine.ts";
import type { WithoutAgents } from "../preflight/needs.ts";
import type { Block } from "../result/block.ts";
import type { Attribution, HopReport } from "../result/hops.ts";
import type { Prediction } from "../result/prediction.ts";
import type { ArmsOf, Evidence, Role } from "../result/result.ts";
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
}

/**
 * A suite's experiment, staged on a target: what it does in its own way. The order of blocks, the verdict and the result
 * are compare()'s, alike for all.
 */
export interface Trial<E extends Evidence = Evidence, T extends Tuning = Tuning> {
  /** One block of load on one arm, from a clean state to a clean state. */
  runBlock(arm: ArmPlan<T>, round: number, sequence: number): Promise<RanBlock<E["block"]>>;
  /** After the last round; it may still run a block of its own, outside the comparison. */
  conclude(runs: Runs<E, T>): Promise<Conclusion<E>>;
  /** Before all recorded changes are undone: stops what would hold that up. */
  clear?(): Promise<void>;
}

/** A comparison's trials: one in which the arms take turns, or one for each arm, whose blocks run at the same time. */
export type Trials<E extends Evidence = Evidence, T extends Tuning = Tuning> =
  | { readonly duet: false; readonly trial: Trial<E, T> }
  | {
      readonly duet: true;
      readonly trials: Readonly<Record<Role, Trial<E, T>>>;
      readonly together: Rendezvous["together"];
    };
