/** What a comparison is to be, decided before anything is started. */
import type { ReportedSuite } from "../../suites/define-suite.ts";
import { UsageError } from "../errors.ts";
import type { ArmPair } from "../experiment/arms.ts";
import { canDuet, hasRoomForTwo } from "../experiment/duet.ts";
import type { SuitePlan, SuiteSize } from "../experiment/plan.ts";
import type { HttpEngine } from "../load/engines/engine.ts";
import { ENGINES } from "../load/engines/registry.ts";
import type { Target } from "../result/target.ts";
import type { PrometheusWriteOptions } from "./prometheus-options.ts";
import type { TargetOptions } from "./target-options.ts";
import { hasTwoClusters, type TwoClusterOptions } from "./two-cluster-options.ts";
import type { WorkloadOptions } from "./workload-option.ts";

/** What `compare` was asked for, checked. */
export interface Experiment extends TargetOptions, TwoClusterOptions, WorkloadOptions, PrometheusWriteOptions {
  readonly suites: readonly ChosenSuite[];
  /** The user's choice; undefined: each suite's own. */
  readonly engine: HttpEngine | undefined;
  readonly rounds?: number;
  readonly maxMinutes?: number;
  /** Also what takes very long is meant. */
  readonly yes?: boolean;
  readonly seed: number;
  readonly quick?: boolean;
  readonly out: string;
  /** An earlier night that one arm is held against: last-good, a date, or a file; undefined: two arms are run. */
  readonly against?: string;
  /** One arm is run, and compared with nothing. */
  readonly arm?: string;
  /** The same folder, with an interrupted comparison in it that is to go on. */
  readonly resume?: string;
  /** A history that the results are added to. */
  readonly store?: string;
  readonly json?: boolean;
  readonly allowNodeChanges?: boolean;
  readonly force?: boolean;
  readonly inTurn?: boolean;
  readonly sideBySide?: boolean;
  /** --lab was given, and is no default. */
  readonly labGiven?: boolean;
}

/** A suite with what was chosen of it. */
export interface ChosenSuite {
  readonly suite: ReportedSuite;
  readonly arms: ArmPair;
  readonly options: Readonly<Record<string, unknown>>;
}

/** One suite with all that was decided about it, before anything is started. */
export interface Task extends ChosenSuite {
  readonly size: SuiteSize;
  readonly plan: SuitePlan;
  /** For a suite whose load is HTTP requests. */
  readonly engine: HttpEngine | undefined;
  /** Whether both arms can run at the same time, be it that the nodes have room for it or not. */
  readonly duetPossible: boolean;
}

/** Whether one arm only is run: that which takes the place of the tuned one. */
export function isOfOneArm({ against, arm }: Pick<Experiment, "against" | "arm">): boolean {
  return against !== undefined || arm !== undefined;
}

/** @throws UsageError when the engine that the user chose can't make the suite's load */
export function taskOf(chosen: ChosenSuite, options: Experiment): Task {
  const { suite } = chosen;
  const size = options.quick ? "quick" : "full";
  const plan = { ...suite.plan(size), ...(options.rounds === undefined ? {} : { rounds: options.rounds }) };
  // A namespace that the user lent is one, and two arms at a time take two; on two clusters they take turns.
  const { namespace } = options;
  const isOfBoth = !isOfOneArm(options) && !hasTwoClusters(options);
  const duetPossible = isOfBoth && namespace === undefined && canDuet(suite, chosen.arms, plan);
  if (options.sideBySide && !duetPossible) throw new UsageError(`--side-by-side: ${whyNot(chosen, options)}`);
  return { ...chosen, size, plan, engine: engineFor(suite, plan, options.engine), duetPossible };
}

function whyNot({ suite, arms }: ChosenSuite, { namespace }: Experiment): string {
  if (namespace !== undefined)
    return `both arms at the same time take two namespaces, and --namespace ${namespace} is one`;
  return suite.sideBySide === null
    ? `the arms of ${suite.name} would fill the same tables on nodes; they take turns`
    : `${arms.baseline.name} or ${arms.tuned.name} changes nodes, which both arms would share; they take turns`;
}

/** Unasked, both arms run at the same time where the nodes have room for it. */
export function inDuet(
  { suite, duetPossible }: Task,
  { inTurn, sideBySide }: Experiment,
  { nodeFacts }: Target,
): boolean {
  return duetPossible && !inTurn && (sideBySide === true || hasRoomForTwo(suite, nodeFacts));
}

function engineFor({ name, load }: ReportedSuite, plan: SuitePlan, chosen: HttpEngine | undefined) {
  if (load.kind === "own") {
    if (chosen === undefined) return undefined;
    throw new UsageError(
      `engine ${chosen.name} can't make the load of ${name}: it sends requests, and this suite has a load of its own (${load.engine}); leave --engine out`,
    );
  }
  const engine = chosen ?? load.engine;
  const reason = engine.cannot(plan.load, load.needs);
  if (reason === undefined) return engine;
  const others = ENGINES.filter((each) => each.cannot(plan.load, load.needs) === undefined);
  const instead = others.length > 0 ? `choose ${others.map((each) => each.name).join(" or ")}` : "leave --engine out";
  throw new UsageError(`engine ${engine.name} can't make the load of ${name}: it ${reason}; ${instead}`);
}

/** What makes the load, for the report. */
export function engineName({ suite: { load }, engine }: Task): string {
  return load.kind === "own" ? load.engine : (engine ?? load.engine).name;
}
