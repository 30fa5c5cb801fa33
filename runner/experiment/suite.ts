import type { MetricSpec } from "../analysis/metrics.ts";
import type { Demands } from "../load/engines/engine.ts";
import type { Arms } from "../tunings/tuning.ts";
import type { SuitePlan } from "./plan.ts";
import type { TrialKind } from "./trial.ts";

export type SuiteSize = "quick" | "full";

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
