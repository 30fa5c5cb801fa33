/** What a run tells while it goes on, for whoever watches. Only told: nothing waits for it, and nothing hangs on it. */
import type { Block } from "../../result/block.ts";
import type { OverallVerdict, Role } from "../../result/result.ts";

/** How a run's blocks follow each other; "one-arm": nothing is beside it. */
export type CourseWay = "in-turn" | "side-by-side" | "two-clusters" | "one-arm";

/** What is decided of a suite's run before its first block. */
export interface CoursePlan {
  readonly suite: string;
  readonly way: CourseWay;
  /** Null: no such arm is run. */
  readonly arms: Readonly<Record<Role, string | null>>;
  readonly plannedRounds: number;
  /** With all that may be spoilt replaced. */
  readonly mostRounds: number;
  /** Rounds that count after which it is judged, the last look included; empty: never while it runs. */
  readonly looksAfterRounds: readonly number[];
  /** No round begins after it; null: no such limit. */
  readonly endsAtUnixMs: number | null;
}

/** Where a block is in its life. */
export type BlockPhase =
  | "switching-arm"
  | "deploying"
  | "draining"
  | "load-to-gate"
  | "at-gate"
  | "load"
  | "ending"
  | "left";

/** A block that is under way; `number` is its own in the run, from 0. */
export interface BlockUnderWay {
  readonly number: number;
  readonly arm: string;
  /** 0 is the warm-up; below it, one that is outside the comparison. */
  readonly round: number;
}

/** Of a block that has ended, what whoever watches is shown. */
export interface BlockSeen {
  readonly state: "counts" | "in-part" | "void";
  readonly scheduled: number;
  readonly ok: number;
  /** Requests that ended well, a second of the load. */
  readonly okPerSecond: number;
  /** Null: nothing ended. */
  readonly p99Ms: number | null;
}

export type LiveEvent =
  | { readonly kind: "suites-planned"; readonly suites: readonly string[] }
  | { readonly kind: "step-began"; readonly step: number; readonly title: string }
  | { readonly kind: "step-told"; readonly step: number; readonly detail: string }
  | { readonly kind: "step-ended"; readonly step: number }
  | { readonly kind: "noted"; readonly text: string }
  | ({ readonly kind: "course-began" } & CoursePlan)
  | { readonly kind: "block-started"; readonly block: BlockUnderWay; readonly role: Role }
  | {
      readonly kind: "phase-entered";
      readonly block: BlockUnderWay;
      readonly phase: Exclude<BlockPhase, "load">;
    }
  | {
      readonly kind: "phase-entered";
      readonly block: BlockUnderWay;
      readonly phase: "load";
      readonly startsAtUnixMs: number;
      readonly loadMs: number;
    }
  | {
      readonly kind: "sample-read";
      readonly number: number;
      readonly node: string;
      readonly entries: number;
      readonly limit: number;
    }
  /** Number null: it is one that an earlier run left. */
  | {
      readonly kind: "block-ended";
      readonly number: number | null;
      readonly role: Role;
      readonly round: number;
      readonly seen: BlockSeen;
    }
  | { readonly kind: "blocks-cut-short"; readonly numbers: readonly number[] }
  /** Rounds that count: for every metric that decides, and for the one that can use most. */
  | { readonly kind: "round-ended"; readonly rounds: number; readonly usable: number; readonly mostUsable: number }
  | {
      readonly kind: "looked";
      readonly afterRounds: number;
      readonly verdict: OverallVerdict;
      /** Nothing is run after it. */
      readonly last: boolean;
    }
  | {
      readonly kind: "suite-ended";
      readonly suite: string;
      /** Null: one arm, which is not judged. */
      readonly verdict: OverallVerdict | null;
      readonly answer: string;
      readonly files: readonly string[];
    }
  | { readonly kind: "suite-failed"; readonly suite: string; readonly because: string }
  | { readonly kind: "over"; readonly page: string | null };

export type LiveListener = (event: LiveEvent) => void;

/** Nobody watches. */
export const NOBODY: LiveListener = () => undefined;

/** An event, and when it was told. */
export type Stamped = LiveEvent & { readonly atUnixMs: number };

export function blockSeen(block: Block, loadMs: number): BlockSeen {
  const { scheduled, outcomes, latencyMs } = block;
  const state = !block.valid ? "void" : (block.spoiltBy ?? []).length > 0 ? "in-part" : "counts";
  return {
    ...{ state, scheduled, ok: outcomes.ok },
    okPerSecond: outcomes.ok / (loadMs / 1000),
    p99Ms: latencyMs.max > 0 ? latencyMs.p99 : null,
  };
}
