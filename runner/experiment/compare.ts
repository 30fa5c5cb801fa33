import { comparable, type Placement } from "../analysis/comparability.ts";
import type { MetricSpec } from "../analysis/metrics.ts";
import { overall } from "../analysis/overall.ts";
import { judge } from "../analysis/verdict.ts";
import { InvalidRunError } from "../errors.ts";
import { scheduledRequests } from "../load/schedule/schedule.ts";
import { type LoadSpec, loadMs, ratePerSecond } from "../load/spec.ts";
import type { Progress } from "../progress.ts";
import type { Block, Counted } from "../result/block.ts";
import { type Arm, type Evidence, type Result, type Role, SCHEMA_VERSION } from "../result/result.ts";
import type { Target } from "../result/target.ts";
import type { TuningReport } from "../result/tuning.ts";
import type { Tuning } from "../tunings/tuning.ts";
import { advise } from "./advice.ts";
import type { ArmPair } from "./arms.ts";
import { blockOrder } from "./order.ts";
import type { SuitePlan, SuiteSize } from "./plan.ts";
import type { Suite } from "./suite.ts";
import type { ArmRun, RanBlock, Trial } from "./trial.ts";
import { tuningReports } from "./tuning-reports.ts";

export interface Comparison<E extends Evidence, T extends Tuning> {
  readonly suite: Pick<Suite<E, T>, "name" | "question" | "metrics">;
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
}

type Growing<E extends Evidence, T extends Tuning> = ArmRun<E["block"], T> & { readonly ran: RanBlock<E["block"]>[] };

/** Runs the experiment of a trial that stands ready: the A/A pair, then the rounds; then says what it means. */
export async function compare<E extends Evidence, T extends Tuning>(
  trial: Trial<E, T>,
  comparison: Comparison<E, T>,
  progress: Progress,
): Promise<Result<E>> {
  const startedAt = new Date().toISOString();
  const { arms, plan, seed } = comparison;
  const order = blockOrder(plan.rounds, seed);
  const runs: Record<Role, Growing<E, T>> = {
    baseline: { plan: arms.baseline, ran: [] },
    tuned: { plan: arms.tuned, ran: [] },
  };
  for (const [sequence, { role, round }] of order.entries()) {
    const arm = arms[role];
    const label = round === 0 ? "A/A pair" : `round ${round} of ${plan.rounds}`;
    await progress.step(`Block ${sequence + 1} of ${order.length}: ${arm.name} (${label})`, async (update) => {
      const ran = await trial.runBlock(arm, round, sequence);
      runs[role].ran.push(ran);
      update(comparison.say(ran.block));
    });
  }
  const armNames = order.map(({ role }) => arms[role].name);
  return assemble(trial, comparison, runs, { order: armNames, startedAt });
}

async function assemble<E extends Evidence, T extends Tuning>(
  trial: Trial<E, T>,
  comparison: Comparison<E, T>,
  runs: Readonly<Record<Role, ArmRun<E["block"], T>>>,
  { order, startedAt }: { readonly order: string[]; readonly startedAt: string },
): Promise<Result<E>> {
  const { suite, plan, target, size, seed } = comparison;
  const arms = [resultArm("baseline", runs.baseline), resultArm("tuned", runs.tuned)] as const;
  const [all, tuned] = [arms[0].blocks, arms[1].blocks];
  const baseline = all.filter((block) => block.round > 0);
  const aaPair = pairOf(all);
  const metrics = judge(measurable(suite.metrics, [...baseline, ...tuned]), baseline, tuned, aaPair);
  const comparability = comparable(
    { baseline, tuned },
    {
      scheduledPerBlock: plan.load.model === "open" ? Math.round(scheduledRequests(plan.load.schedule)) : null,
      workers: plan.load.workers,
      placements: { baseline: placement(runs.baseline), tuned: placement(runs.tuned) },
    },
  );
  const answer = overall({ metrics, baseline, tuned, comparability });
  const tunings = [...armTunings(runs.baseline), ...armTunings(runs.tuned)];
  const conclusion = await trial.conclude({ arms, ...runs, kernel: target.kernel });
  return {
    schemaVersion: SCHEMA_VERSION,
    packetwalk: comparison.version,
    suite: suite.name,
    question: suite.question,
    seed,
    quick: size === "quick",
    startedAt,
    finishedAt: new Date().toISOString(),
    target,
    ...answer,
    advice: advise(answer.verdict, metrics, tunings, size === "quick"),
    load: describeLoad(comparison.engine, plan.load),
    order,
    arms,
    metrics,
    tunings,
    ...conclusion,
    warnings: aaPair ? [] : [{ kind: "noise-unknown" }],
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

/** The two blocks of round 0, if both count. */
function pairOf<B>(baseline: readonly Block<B>[]): readonly [Counted<B>, Counted<B>] | null {
  const [first, second] = baseline.filter((block) => block.round === 0);
  return first?.valid && second?.valid ? [first, second] : null;
}

/** A run need not do all that a suite has a metric for; but what is to decide is never left out. */
function measurable<B>(specs: readonly MetricSpec<B>[], blocks: readonly Block<B>[]): MetricSpec<B>[] {
  return specs.filter((spec) => spec.primary || blocks.some((block) => spec.of(block) !== null));
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

function placement({ plan, ran }: ArmRun): Placement {
  const last = ran.at(-1);
  if (!last) throw new InvalidRunError(`no block of arm ${plan.name} ran`);
  return last.placement;
}

function armTunings({ plan, ran }: ArmRun): TuningReport[] {
  return tuningReports(plan, {
    writes: ran.at(-1)?.writes ?? [],
    readBacks: ran.flatMap((each) => each.readBacks),
  });
}
