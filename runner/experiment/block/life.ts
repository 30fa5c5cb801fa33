import type { LoadEnd, LoadWorker } from "../../load/load.ts";
import type { Measured, Placement } from "../../result/block.ts";
import type { VoidReason } from "../../result/reasons.ts";
import type { Write } from "../../tunings/apply.ts";
import type { ReadBack } from "../../tunings/read-back.ts";
import type { Tuning } from "../../tunings/tuning.ts";
import type { ArmPlan } from "../arms.ts";
import type { Drained } from "./drain.ts";
import type { WatchedObject } from "./object-changes.ts";
import type { Scope } from "./scope.ts";

/** Which block it is. */
export interface BlockOf<T extends Tuning> {
  readonly arm: ArmPlan<T>;
  readonly round: number;
  /** Of all blocks of the run, in order. */
  readonly sequence: number;
}

/** A load whose workers stand at their gates. */
export interface LoadAtGate {
  readonly workers: readonly Pick<LoadWorker, "node">[];
  start(atUnixMs: number): Promise<void>;
  end(): Promise<LoadEnd>;
}

/** The times of a block's life, in ms. */
export interface BlockTiming {
  readonly sampleIntervalMs: number;
  /** From opening the gates to the load's start: time for an exec call to reach every worker. */
  readonly leadMs: number;
  /** Samples after the last request was due. */
  readonly tailMs: number;
}

/** From the first sample to the last: the lead, the load, and the tail. */
export interface Window {
  readonly durationMs: number;
}

/** A block that has ended. */
export interface Ended<Ready, AtGate, Meanwhile> {
  readonly startUnixMs: number;
  readonly ready: Ready;
  readonly load: AtGate;
  readonly meanwhile: Meanwhile;
  readonly end: LoadEnd;
  /** What is alike for every suite; `reasons` speak against the block already. */
  readonly measured: Measured;
}

/** What a suite makes of a block that has ended. */
export interface BlockFindings<BlockEvidence> {
  readonly evidence: BlockEvidence;
  /** What only the suite sees that speaks against the block. */
  readonly voidedBy: readonly VoidReason[];
  readonly readBacks: readonly ReadBack[];
  /** What came of settings that the suite itself has pods or others take. */
  readonly writes?: readonly Write[];
  readonly placement: Placement;
}

/**
 * What a suite does in its own way in the life of a block, in this order; all else is runBlock's. What is deferred to the
 * scope is undone at the block's end, in reverse order, however it ends.
 */
export interface BlockLife<T extends Tuning, BlockEvidence, Ready, AtGate extends LoadAtGate, Meanwhile> {
  readonly timing: BlockTiming;
  /** Share of its limit that a drained conntrack table may still have in use. */
  readonly drainedShare: number;
  /** How state that could leak from the block before is removed, for the report. */
  readonly drainMethod: string;
  /** Deploys what the arm wants. */
  prepare(of: BlockOf<T>, scope: Scope): Promise<Ready>;
  /** Whose connections' entries leave the conntrack tables before the load. */
  addresses(ready: Ready): readonly string[];
  /** By node, the pods whose own counters are sampled. */
  sampledPods(ready: Ready): ReadonlyMap<string, readonly string[]>;
  /** Brings the load to its gate, and does all that has to be done with nothing under way. */
  deploy(of: BlockOf<T>, ready: Ready, drained: Drained, window: Window, scope: Scope): Promise<AtGate>;
  /** Of the cluster's objects, the fields on which both arms rest and that nothing but the block itself changes under load. */
  watched?(ready: Ready): readonly WatchedObject[];
  /** From the load's start on: what is done to the target under it. */
  during(startUnixMs: number, ready: Ready, load: AtGate, scope: Scope): Promise<Meanwhile>;
  /** Reads what it left behind. */
  conclude(of: BlockOf<T>, ended: Ended<Ready, AtGate, Meanwhile>): Promise<BlockFindings<BlockEvidence>>;
}
