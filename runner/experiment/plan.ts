import type { LoadEngine } from "../load/engines/engine.ts";
import type { LoadSpec } from "../load/spec.ts";

/** What a suite does in one of its sizes. */
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
