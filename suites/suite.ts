import type { MetricSpec } from "../runner/analysis/metrics.ts";
import type { TrialKind } from "../runner/experiment/trial.ts";
import type { LoadEngine } from "../runner/load/engines/engine.ts";
import type { LoadSpec } from "../runner/load/spec.ts";
import type { Arms } from "../runner/tunings/tuning.ts";

export type SuiteSize = "quick" | "full";

/** How the conntrack table stands when a block's load begins. */
export type TableStart =
  | { readonly kind: "as-drained" }
  /** Filled up to `headroomEntries` below the limit that the table had when the run began, in every arm alike. */
  | { readonly kind: "prefilled"; readonly headroomEntries: number };

export interface SuitePlan {
  readonly load: LoadSpec;
  /** The engine that this kind of load is best made with; the user may choose another that can make it. */
  readonly engine: LoadEngine;
  readonly rounds: number;
  readonly table: TableStart;
  /** How this run differs from the full-size one; empty if it does not. */
  readonly scale: string;
}

/** One question asked of a cluster. */
export interface Suite {
  readonly name: string;
  readonly question: string;
  /** What `--baseline` and `--tuned` can name; `baseline`, `recommended` and `placebo` among them. */
  readonly arms: Arms;
  readonly metrics: readonly MetricSpec[];
  /** The same load as a k6 script, for `--engine k6`; a TypeScript file. */
  readonly k6Script?: string;
  plan(size: SuiteSize): SuitePlan;
  /** How it is staged and run. Loaded late: it brings the Kubernetes client with it, which help and bad input need not wait for. */
  trial(): Promise<TrialKind>;
}
