import type { MetricSpec } from "../runner/analysis/metrics.ts";
import type { TrialKind } from "../runner/experiment/trial.ts";
import type { Demands, LoadEngine } from "../runner/load/engines/engine.ts";
import type { LoadSpec } from "../runner/load/spec.ts";
import type { Arms } from "../runner/tunings/tuning.ts";

export type SuiteSize = "quick" | "full";

export interface SuitePlan {
  readonly load: LoadSpec;
  /** The engine that this kind of load is best made with; the user may choose another that can make it. */
  readonly engine: LoadEngine;
  readonly rounds: number;
  /** How this run differs from the full-size one; empty if it does not. */
  readonly scale: string;
  /** What its blocks do to nodes whatever the arm, where they do anything; completes "--quick …". */
  readonly nodeChange?: string;
}

/** One question asked of a cluster. */
export interface Suite extends Demands {
  readonly name: string;
  readonly question: string;
  /** What `--baseline` and `--tuned` can name; `baseline`, `recommended` and `placebo` among them. */
  readonly arms: Arms;
  readonly metrics: readonly MetricSpec[];
  /** Whether the load can be led in several ways, which `--paths` names; what there is depends on the cluster. */
  readonly hasPaths?: boolean;
  /** What `--faults` can name, where the user may choose what is broken. */
  readonly faults?: readonly string[];
  /** The largest `--depth`, where there is a chain of services. */
  readonly longestChain?: number;
  plan(size: SuiteSize): SuitePlan;
  /** How it is staged and run. Loaded late: it brings the Kubernetes client with it, which help and bad input need not wait for. */
  trial(size: SuiteSize): Promise<TrialKind>;
}
