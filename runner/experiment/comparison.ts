import type { LiveListener } from "../analysis/live/events.ts";
import type { Block } from "../result/block.ts";
import type { SoFar } from "../result/kept-run.ts";
import type { PremiseReason } from "../result/reasons.ts";
import type { Evidence } from "../result/result.ts";
import type { Target } from "../result/target.ts";
import type { WorkloadTry } from "../result/workload.ts";
import type { Tuning } from "../tunings/tuning.ts";
import type { ArmPair } from "./arms.ts";
import type { EarlierRun } from "./earlier-run.ts";
import type { SuitePlan, SuiteSize } from "./plan.ts";
import type { Judging, Suite } from "./suite.ts";

/** All that was decided about a comparison. */
export interface Comparison<E extends Evidence, T extends Tuning> {
  readonly suite: Pick<Suite<E, T>, "name" | "question"> &
    Pick<Judging<E>, "metrics" | "premise" | "premiseOfEither" | "joined">;
  readonly size: SuiteSize;
  readonly plan: SuitePlan;
  /** What made the load. */
  readonly engine: string;
  readonly arms: ArmPair<T>;
  readonly seed: number;
  /** Where each arm has a cluster of its own, the baseline's. */
  readonly target: Target;
  readonly version: string;
  /** The options that decide all this, by which the run can be resumed. */
  readonly asked: Readonly<Record<string, string>>;
  /** The run that this one goes on from; null: it begins. */
  readonly earlier: EarlierRun<E> | null;
  /** What a block came to, in half a line for whoever watches. */
  say(block: Block<E["block"]>): string;
  /** What came of the tuned arm on a workload of the user's; null: it was tried on none. */
  readonly workload: WorkloadTry | null;
  /** Why the question can't be answered here, for whoever reads the error. */
  sayPremise(because: PremiseReason): string;
  /** Whether both arms can run at the same time, be it that they do or not. */
  readonly duetPossible: boolean;
  /** Told what goes on, for whoever watches. */
  readonly onLive: LiveListener;
  /** Takes all that there is so far, whenever a block has ended. */
  keep(soFar: SoFar<E>): Promise<void>;
  /** After which no further round begins; null: never. */
  readonly mostMinutes: number | null;
}
