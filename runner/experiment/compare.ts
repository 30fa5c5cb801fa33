import type { MetricSpec } from "../analysis/metrics.ts";
import { type Judgement, judge } from "../analysis/verdict/judge.ts";
import { premiseOf } from "../analysis/verdict/premise.ts";
import { InvalidRunError } from "../errors.ts";
import { scheduledRequests } from "../load/schedule/schedule.ts";
import { type LoadSpec, loadMs, ratePerSecond } from "../load/spec.ts";
import type { Progress } from "../progress.ts";
import type { Block } from "../result/block.ts";
import type { PremiseReason } from "../result/reasons.ts";
import {
  type Arm,
  type ArmsOf,
  type Evidence,
  type Result,
  type Role,
  SCHEMA_VERSION,
  type UnfinishedResult,
} from "../result/result.ts";
import type { Target } from "../result/target.ts";
import type { TuningReport } from "../result/tuning.ts";
import type { Tuning } from "../tunings/tuning.ts";
import { advise } from "./advice.ts";
import type { ArmPair } from "./arms.ts";
import { type PlannedBlock, roundsInOrder, WARM_UP, WARM_UP_OF_BOTH } from "./order.ts";
import type { SuitePlan, SuiteSize } from "./plan.ts";
import { type RanOf, runBlocks } from "./round.ts";
import { RoundPlan, type RoundsSoFar } from "./rounds.ts";
import type { Judging, Suite } from "./suite.ts";
import type { ArmRun, RanBlock, Trials } from "./trial.ts";
import { tuningReports } from "./tuning-reports.ts";

export interface Comparison<E extends Evidence, T extends Tuning> {
  readonly suite: Pick<Suite<E, T>, "name" | "question"> & Pick<Judging<E>, "metrics" | "premise">;
  readonly size: SuiteSize;
  readonly plan: SuitePlan;
  /** What made the load. */
  readonly engine: string;
  readonly arms: ArmPair<T>;
  readonly seed: number;
  readonly target: Target;
  readonly version: string;
  /** What a block came to, in half a line for whoever watches. */
  say(block: Block<E["block"]>): string;
  /** Why the question can't be answered here, for whoever reads the error. */
  sayPremise(because: PremiseReason): string;
  /** Whether both arms can run at the same time, be it that they do or not. */
  readonly duetPossible: boolean;
  /** Takes all that there is so far, whenever a block has ended. */
  keep(soFar: UnfinishedResult<E>): Promise<void>;
  /** After which no further round begins; null: never. */
  readonly mostMinutes: number | null;
}

type Growing<E extends Evidence, T extends Tuning> = ArmRun<E["block"], T> & { readonly ran: RanBlock<E["block"]>[] };

/**
 * Runs the experiment of a trial that stands ready: a warm-up, then rounds until the plan is fulfilled or the answer is clear;
 * then says what it means.
 * @throws InvalidRunError after the warm-up, if what the suite asks about does not happen
 */
export async function compare<E extends Evidence, T extends Tuning>(
  trials: Trials<E, T>,
  comparison: Comparison<E, T>,
  progress: Progress,
): Promise<Result<E>> {
  const startedAt = new Date().toISOString();
  const { arms, plan, seed, suite, mostMinutes } = comparison;
  const ran: Ran = { startedAt, order: [], looks: [] };
  const runs: Record<Role, Growing<E, T>> = {
    baseline: { plan: arms.baseline, ran: [] },
    tuned: { plan: arms.tuned, ran: [] },
  };
  const until = mostMinutes === null ? null : Date.parse(startedAt) + mostMinutes * 60_000;
  const rounds = new RoundPlan(plan.rounds, decidingOf(suite.metrics), until);
  let soFar: RoundsSoFar<E["block"]> = { rounds: 0, baseline: [], tuned: [] };
  const ended = async (blocks: readonly RanOf<E["block"]>[]) => {
    for (const { role, ran: block } of blocks) {
      runs[role].ran.push(block);
      ran.order.push(arms[role].name);
    }
    // Whoever judges these blocks has what the looks before have left of the level.
    const looks = [...ran.looks, { afterRounds: soFar.rounds, spends: rounds.left }];
    await comparison.keep(unfinished(trials, comparison, runs, { ...ran, looks }));
  };
  const run = (blocks: readonly PlannedBlock[]) =>
    runBlocks(trials, comparison, blocks, ran.order.length, ended, progress);
  await run(trials.duet ? WARM_UP_OF_BOTH : [WARM_UP]);
  assertPremise(comparison, runs.baseline);

  const look = (spends: number): Judgement => {
    ran.looks.push({ afterRounds: soFar.rounds, spends });
    return judgeRuns(comparison, runs, { spent: spends, duet: trials.duet });
  };
  let judgement: Judgement | undefined;
  for (const round of roundsInOrder(seed)) {
    if (!rounds.wants(soFar)) break;
    await run(round);
    soFar = { rounds: soFar.rounds + 1, baseline: blocksOf(runs.baseline), tuned: blocksOf(runs.tuned) };
    const share = rounds.lookDue(soFar);
    if (share === null) continue;
    judgement = look(share);
    if (SETTLED.has(judgement.verdict)) break;
    judgement = undefined;
  }
  judgement ??= look(rounds.left);
  return assemble(trials, comparison, runs, ran, judgement);
}

const SETTLED: ReadonlySet<Judgement["verdict"]> = new Set<Judgement["verdict"]>([
  "improved",
  "regressed",
  "equivalent",
]);

/** Those for which a spoilt block is replaced. */
function decidingOf<B>(metrics: readonly MetricSpec<B>[]): MetricSpec<B>[] {
  return metrics.filter(({ primary }) => primary);
}

function blocksOf<B>({ ran }: ArmRun<B>): Block<B>[] {
  return ran.map(({ block }) => block);
}

/** The warm-up is no evidence for an arm; but where nothing gets through, nothing will later. */
function assertPremise<E extends Evidence, T extends Tuning>(
  { sayPremise }: Comparison<E, T>,
  baseline: ArmRun<E["block"], T>,
): void {
  const counted = { ...baseline, ran: baseline.ran.map((ran) => ({ ...ran, block: { ...ran.block, round: 1 } })) };
  const arms = [resultArm("baseline", counted), { ...resultArm("tuned", counted), blocks: [] }] as const;
  const premise = premiseOf<E["block"]>({}, arms);
  if (premise.state === "not-met") throw new InvalidRunError(sayPremise(premise.because));
}

type RunsOf<E extends Evidence, T extends Tuning> = Readonly<Record<Role, ArmRun<E["block"], T>>>;

function armsOf<E extends Evidence, T extends Tuning>(runs: RunsOf<E, T>): ArmsOf<E["block"]> {
  return [resultArm("baseline", runs.baseline), resultArm("tuned", runs.tuned)];
}

function judgeRuns<E extends Evidence, T extends Tuning>(
  { suite, plan }: Comparison<E, T>,
  runs: RunsOf<E, T>,
  { spent, duet }: { readonly spent: number; readonly duet: boolean },
): Judgement {
  return judge<E["block"]>({
    suite,
    arms: armsOf(runs),
    tunings: [...armTunings(runs.baseline), ...armTunings(runs.tuned)],
    plan: {
      scheduledPerBlock: plan.load.model === "open" ? Math.round(scheduledRequests(plan.load.schedule)) : null,
      workers: plan.load.workers,
    },
    spent,
    duet,
  });
}

/** How the run went, beside what its blocks measured. */
interface Ran {
  readonly startedAt: string;
  readonly order: string[];
  readonly looks: NonNullable<Result["looks"]>;
}

function unfinished<E extends Evidence, T extends Tuning>(
  trials: Trials<E, T>,
  comparison: Comparison<E, T>,
  runs: RunsOf<E, T>,
  ran: Ran,
): UnfinishedResult<E> {
  const { suite, plan, target, size, seed } = comparison;
  return {
    schemaVersion: SCHEMA_VERSION,
    packetwalk: comparison.version,
    suite: suite.name,
    question: suite.question,
    seed,
    quick: size === "quick",
    target,
    load: describeLoad(comparison.engine, plan.load),
    ...ran,
    ...(comparison.duetPossible ? { duet: trials.duet } : {}),
    arms: armsOf(runs),
    tunings: [...armTunings(runs.baseline), ...armTunings(runs.tuned)],
  };
}

async function assemble<E extends Evidence, T extends Tuning>(
  trials: Trials<E, T>,
  comparison: Comparison<E, T>,
  runs: RunsOf<E, T>,
  ran: Ran,
  judgement: Judgement,
): Promise<Result<E>> {
  const measured = unfinished(trials, comparison, runs, ran);
  const { arms, tunings, quick, target } = measured;
  const concluding = trials.duet ? trials.trials.baseline : trials.trial;
  const conclusion = await concluding.conclude({ arms, ...runs, kernel: target.kernel });
  return {
    ...measured,
    finishedAt: new Date().toISOString(),
    ...judgement,
    advice: advise(judgement, tunings, quick),
    ...conclusion,
  };
}

function resultArm<R extends Role, B, T extends Tuning>(role: R, { plan, ran }: ArmRun<B, T>): Arm<B, R> {
  return {
    name: plan.name,
    role,
    tunings: plan.tunings.map((tuning) => tuning.name),
    blocks: ran.map(({ block }) => block),
  };
}

function describeLoad(engine: string, load: LoadSpec): Result["load"] {
  const { model, timeoutMs, workers, placement } = load;
  return {
    engine,
    model,
    ratePerSecond: ratePerSecond(load),
    connections: load.model === "closed" ? load.connections : null,
    arrivals: load.model === "open" ? load.schedule.arrivals : null,
    durationMs: loadMs(load),
    timeoutMs,
    workers,
    placement,
  };
}

function armTunings({ plan, ran }: ArmRun): TuningReport[] {
  return tuningReports(plan, {
    writes: ran.at(-1)?.writes ?? [],
    readBacks: ran.flatMap((each) => each.readBacks),
  });
}
