import type { MetricSpec } from "../analysis/metrics.ts";
import type { Premise } from "../analysis/verdict/premise.ts";
import type { HttpEngine, HttpNeeds } from "../load/engines/engine.ts";
import type { SuiteNeeds } from "../preflight/needs.ts";
import type { Progress } from "../progress.ts";
import type { ArmsOf, Evidence, EvidenceSchema, Role } from "../result/result.ts";
import type { TuningKind } from "../tunings/kinds/kind.ts";
import type { Arms, Tuning } from "../tunings/tuning.ts";
import type { JsonMap } from "../tunings/workload/tree.ts";
import type { SuitePlan, SuiteSize } from "./plan.ts";
import type { HttpTrialRequest, Trial, TrialRequest } from "./trial.ts";

/** One of a suite's own options on the command line. */
export interface SuiteOption<Value> {
  /** As commander takes it, e.g. "--depth <n>". */
  readonly flags: string;
  readonly description: string;
  /** Names that can be given, with commas between them, where they are known without a cluster. */
  readonly names?: readonly string[];
  /** @throws UsageError that begins with the flag and says what can be chosen */
  parse(text: string): Value;
}

export type SuiteOptions<Options extends object> = { readonly [Name in keyof Options]-?: SuiteOption<Options[Name]> };

/** Puts up, on a target, all that a suite's trial needs; what it creates is journalled before it is made. */
export interface Stages<E extends Evidence, T extends Tuning, Request extends TrialRequest<T>> {
  stage(request: Request, progress: Progress): Promise<Trial<E, T>>;
}

/**
 * What makes a suite's load: an engine for HTTP requests, of which the user may choose another, or something that only the
 * suite has. `open` loads late: it brings the Kubernetes client with it, which help and bad input need not wait for.
 */
export type SuiteLoad<E extends Evidence, T extends Tuning, Options extends object> =
  | {
      readonly kind: "http";
      readonly engine: HttpEngine;
      readonly needs: HttpNeeds;
      open(): Promise<Stages<E, T, HttpTrialRequest<T, Options>>>;
    }
  | {
      readonly kind: "own";
      /** For the report, e.g. "lookups". */
      readonly engine: string;
      open(): Promise<Stages<E, T, TrialRequest<T, Options>>>;
    };

/** What two blocks take that run at the same time on one cluster, each in a namespace of its own. */
export interface SideBySide {
  /** Of every node; with fewer they take each other's time, and the generator its own latencies. */
  readonly cpus: number;
}

/** What a suite knows of its blocks, and what is judged of them. */
export interface Judging<E extends Evidence = Evidence> {
  readonly evidence: EvidenceSchema<E>;
  readonly metrics: readonly [MetricSpec<E["block"]>, ...MetricSpec<E["block"]>[]];
  /** Whether what the suite asks about happened, in the baseline's blocks above all. */
  premise(arms: ArmsOf<E["block"]>): Premise;
  /** It is read from what every suite measures, and from no evidence of its own. */
  readonly premiseIsMeasured?: boolean;
  /** Either arm can meet it: that the baseline's warm-up does not is then no reason to end. Left out: the baseline has to. */
  readonly premiseOfEither?: true;
  /** What was found of the run as a whole where each arm had a cluster of its own: from what was found on each. */
  joined(found: Readonly<Record<Role, E["run"]>>): E["run"];
}

/** One question asked of a cluster, as the experiment knows it. */
export interface Suite<
  E extends Evidence = Evidence,
  T extends Tuning = Tuning,
  Options extends object = Readonly<Record<string, unknown>>,
> {
  readonly name: string;
  readonly question: string;
  /** What `--baseline` and `--tuned` can name. */
  readonly arms: Arms<T>;
  /** The kinds of tunings that it can stage. Loads late: it brings their schemas with it. */
  kinds(): Promise<readonly TuningKind<T>[]>;
  /**
   * A tuning of its own kinds as a patch of a Deployment whose container is called web, to be tried on one of the user's; null: it
   * is nothing of a workload. Left out: it has no such kind. Sysctls of pods need not be told.
   */
  workloadPatch?(tuning: T): JsonMap | null;
  /** By the names under which the trial gets their values. */
  readonly options: SuiteOptions<Options>;
  /** Loads late: it brings schemas and models with it, which help and bad input need not wait for. */
  judging(): Promise<Judging<E>>;
  readonly load: SuiteLoad<E, T, Options>;
  /** Null: its blocks fill what two of them would share, such as a node's connection table. */
  readonly sideBySide: SideBySide | null;
  /** What it asks of a cluster, beyond what every suite does. */
  readonly requires: SuiteNeeds<Options>;
  plan(size: SuiteSize): SuitePlan;
}
