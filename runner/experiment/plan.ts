import type { LoadSpec } from "../load/spec.ts";

export type SuiteSize = "quick" | "full";

/** What a suite does in one of its sizes. */
export interface SuitePlan {
  readonly load: LoadSpec;
  readonly rounds: number;
  /** What its blocks do to nodes whatever the arm, where they do anything; completes "--quick …". */
  readonly nodeChange?: string;
}
