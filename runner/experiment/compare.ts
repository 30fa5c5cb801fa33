import { comparable, type Placement } from "../analysis/comparability.ts";
import type { MetricSpec } from "../analysis/metrics.ts";
import { overall } from "../analysis/overall.ts";
import { judge } from "../analysis/verdict.ts";
import { InvalidRunError } from "../errors.ts";
import { scheduledRequests } from "../load/schedule/schedule.ts";
import { type LoadSpec, loadMs, ratePerSecond } from "../load/spec.ts";
import type { Progress } from "../progress.ts";
import type { Block, Result, Target, TuningReport } from "../result/schema.ts";
import { SCHEMA_VERSION } from "../result/schema.ts";
import { advise } from "./advice.ts";
import type { ArmPlan } from "./arms.ts";
import { blockOrder, type Role } from "./order.ts";
import type { SuitePlan } from "./plan.ts";
import type { Suite, SuiteSize } from "./suite.ts";
import type { ExtraBlock, RanBlock, Trial } from "./trial.ts";
import { tuningReports } from "./tuning-reports.ts";

export interface Comparison {
  readonly suite: Suite;
  readonly size: SuiteSize;
  readonly plan: SuitePlan;
  /** What made the load. */
  readonly engine: string;
  readonly arms: Readonly<Record<Role, ArmPlan>>;
  readonly seed: number;
  readonly target: Target;
  readonly version: string;
}

interface ArmRun {
  readonly plan: ArmPlan;
  readonly ran: RanBlock[];
}

/** Runs the experiment of a trial that stands ready: the A/A pair, then the rounds; then says what it means. */
export async function compare(trial: Trial, comparison: Comparison, progress: Progress): Promise<Result> {
  const startedAt = new Date().toISOString();
  const order = blockOrder(comparison.plan.rounds, comparison.seed);
  const runs: Record<Role, ArmRun> = {
    baseline: { plan: comparison.arms.baseline, ran: [] },
    tuned: { plan: comparison.arms.tuned, ran: [] },
  };
  for (const [sequence, planned] of order.entries()) {
    const arm = comparison.arms[planned.role];
    const label = planned.round === 0 ? "A/A pair" : `round ${planned.round} of ${comparison.plan.rounds}`;
    await progress.step(`Block ${sequence + 1} of ${order.length}: ${arm.name} (${label})`, async (update) => {
      const ran = await trial.runBlock(arm, planned.round, sequence);
      runs[planned.role].ran.push(ran);
      update(summary(trial, ran.block));
    });
  }
  const extra = await trial.extraBlock(comparison.arms.tuned, runs.tuned.ran, order.length);
  return assemble(
    trial,
    comparison,
    runs,
    extra,
    order.map((each) => comparison.arms[each.role].name),
    startedAt,
  );
}

function summary(trial: Trial, block: Block): string {
  const failed = block.scheduled - block.outcomes.ok;
  const state = block.valid ? "" : `; INVALID: ${block.invalidBecause[0]}`;
  return `${block.outcomes.ok} ok, ${failed} failed, ${trial.describe(block)}, p99 ${block.latencyMs.p99.toFixed(1)} ms${state}`;
}

function assemble(
  trial: Trial,
  comparison: Comparison,
  runs: Readonly<Record<Role, ArmRun>>,
  check: ExtraBlock,
  order: string[],
  startedAt: string,
): Result {
  const { suite, plan, target } = comparison;
  const cliff = check.kind === "ran" ? check.ran : undefined;
  const blocks = (role: Role) => runs[role].ran.map((ran) => ran.block);
  const [first, second] = blocks("baseline").filter((block) => block.round === 0);
  const aaPair = first?.valid && second?.valid ? ([first, second] as const) : null;
  const baseline = blocks("baseline").filter((block) => block.round > 0);
  const tuned = blocks("tuned");
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
  const arms = (["baseline", "tuned"] as const).map((role) => ({
    name: runs[role].plan.name,
    role,
    tunings: runs[role].plan.tunings.map((tuning) => tuning.name),
    blocks: blocks(role),
  }));
  const { hops, attribution } = trial.attribute(arms, target.kernel);
  const tunings = (["baseline", "tuned"] as const).flatMap((role) => armTunings(runs[role]));
  const predicted = (["baseline", "tuned"] as const).map((role) =>
    trial.predict(runs[role].plan, runs[role].ran, role === "tuned" ? cliff : undefined),
  );
  return {
    schemaVersion: SCHEMA_VERSION,
    packetwalk: comparison.version,
    suite: suite.name,
    question: suite.question,
    seed: comparison.seed,
    quick: comparison.size === "quick",
    scale: plan.scale,
    startedAt,
    finishedAt: new Date().toISOString(),
    target,
    ...answer,
    advice: advise(answer.verdict, metrics, tunings, hops, comparison.size === "quick"),
    load: describeLoad(comparison.engine, plan.load),
    order,
    arms,
    metrics,
    tunings,
    hops,
    attribution,
    predictions: predicted.flatMap((each) => each.predictions),
    predictedOccupancy: predicted.flatMap((each) => each.occupancy),
    ...(cliff ? { cliffCheck: { arm: runs.tuned.plan.name, block: cliff.block } } : {}),
    warnings: [...trial.notes, ...warnings(arms, aaPair !== null), ...extraWarning(check)],
  };
}

/** A run need not do all that a suite has a metric for; but what is to decide is never left out. */
function measurable(specs: readonly MetricSpec[], blocks: readonly Block[]): MetricSpec[] {
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

function placement(run: ArmRun): Placement {
  const last = run.ran.at(-1);
  if (!last) throw new InvalidRunError(`no block of arm ${run.plan.name} ran`);
  return last.placement;
}

function armTunings(run: ArmRun): TuningReport[] {
  return tuningReports(run.plan, {
    writes: run.ran.at(-1)?.writes ?? [],
    readBacks: run.ran.flatMap((ran) => ran.readBacks),
  });
}

function extraWarning(check: ExtraBlock): string[] {
  return check.kind === "failed" ? [`the extra block at the larger table's limit failed: ${check.because}`] : [];
}

function warnings(arms: Result["arms"], aaPairHeld: boolean): string[] {
  const voided = arms.flatMap((arm) =>
    arm.blocks
      .filter((block) => !block.valid)
      .map(
        (block) => `a block of ${arm.name} (round ${block.round}) does not count: ${block.invalidBecause.join("; ")}`,
      ),
  );
  return aaPairHeld
    ? voided
    : [...voided, "the A/A pair was voided, so the noise floor is unknown and no difference is believed"];
}
