import type { TuningScope } from "../result/tuning.ts";

/** Where a setting would have to be to do what is claimed of it. */
export interface ActsIn {
  /** For the report, e.g. "the client pods' network namespaces". */
  readonly words: string;
  /** The kinds of places whose read-backs tell whether it arrived. */
  readonly places: readonly string[];
}

/** A named, reversible change. What kinds there are is each suite's; those of several suites stand beside this file. */
export interface Tuning {
  readonly kind: string;
  readonly name: string;
  /** As one would type it, e.g. "net.ipv4.tcp_fin_timeout = 15". */
  readonly setting: string;
  /** Where it is set. */
  readonly scope: TuningScope;
  readonly actsIn: ActsIn;
  /** What it really does there, in a sentence for the report. */
  readonly note: string;
  /** What it does to nodes themselves, beside pods on them, e.g. "sets net.ipv4.tcp_fin_timeout on every node". */
  readonly nodeChange?: string;
}

/**
 * Arm name → its tunings, in the order in which they are applied. Every suite names its own; none goes without the arm that
 * is compared with, the one that is advised, and the one that must come out without a difference.
 */
export type Arms<T extends Tuning = Tuning> = Readonly<Record<string, readonly T[]>> &
  Readonly<Record<"baseline" | "recommended" | "placebo", readonly T[]>>;
