import type { LoadSpec } from "../load/spec.ts";
import type { Reach } from "../preflight/needs.ts";

export type SuiteSize = "quick" | "full";

/** What a suite does in one of its sizes. */
export interface SuitePlan {
  readonly load: LoadSpec;
  readonly rounds: number;
  /** What agents do to nodes in its blocks whatever the arm, where they do anything; completes "--quick …". */
  readonly nodeChange?: string;
  /** What its load does beyond our namespace, agents or not, where it does anything. */
  readonly loadReach?: Pick<Reach, "does" | "because">;
}
