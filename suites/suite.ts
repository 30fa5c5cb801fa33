import type { MetricSpec } from "../runner/analysis/metrics.ts";
import type { LoadSpec } from "../runner/load/spec.ts";

export type SuiteSize = "quick" | "full";

/** How the conntrack table stands when a block's load begins. */
export type TableStart =
  | { readonly kind: "as-drained" }
  /** Filled up to `headroomEntries` below the limit that the table had when the run began, in every arm alike. */
  | { readonly kind: "prefilled"; readonly headroomEntries: number };

export interface SuitePlan {
  readonly load: LoadSpec;
  readonly rounds: number;
  readonly table: TableStart;
  /** How this run differs from the full-size one; empty if it does not. */
  readonly scale: string;
}

/** One question asked of a cluster. */
export interface Suite {
  readonly name: string;
  readonly question: string;
  readonly metrics: readonly MetricSpec[];
  plan(size: SuiteSize): SuitePlan;
}
