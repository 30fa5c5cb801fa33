/** One arm by itself: a warm-up, then its rounds. Its blocks are a measurement, or are held against those of an earlier night. */
import { measuredArm } from "../analysis/verdict/measured-arm.ts";
import { scheduledRequests } from "../load/schedule/schedule.ts";
import type { Progress } from "../progress.ts";
import type { Measurement } from "../result/measurement.ts";
import { type CutShort, type Evidence, SCHEMA_VERSION } from "../result/result.ts";
import type { Tuning } from "../tunings/tuning.ts";
import type { Comparison } from "./comparison.ts";
import { describeLoad } from "./describe-load.ts";
import { runBlocks } from "./round.ts";
import { RoundPlan } from "./rounds.ts";
import { armTunings } from "./run-document.ts";
import { blocksOf, resultArm } from "./runs.ts";
import type { ArmRun, RanBlock, Trial } from "./trial.ts";
import { assertPremise } from "./warm-up.ts";

export interface MeasuredRun<E extends Evidence, T extends Tuning> {
  readonly startedAt: string;
  readonly run: ArmRun<E["block"], T>;
  readonly order: readonly string[];
  readonly cutShort: readonly CutShort[];
}

/**
 * @param comparison whose tuned arm is measured
 * @throws InvalidRunError after the warm-up, if nothing gets through
 */
export async function measure<E extends Evidence, T extends Tuning>(
  trial: Trial<E, T>,
  comparison: Comparison<E, T>,
  progress: Progress,
): Promise<MeasuredRun<E, T>> {
  const { arms, plan, suite, mostMinutes, onLive } = comparison;
  const ran: RanBlock<E["block"]>[] = [];
  const run = { plan: arms.tuned, ran };
  const cutShort: CutShort[] = [];
  const startedAt = new Date();
  const endsAt = mostMinutes === null ? null : startedAt.getTime() + mostMinutes * 60_000;
  const rounds = new RoundPlan(
    plan.rounds,
    suite.metrics.filter(({ primary }) => primary),
    endsAt,
  );
  onLive({
    ...{ kind: "course-began", suite: suite.name, way: "one-arm", endsAtUnixMs: endsAt },
    arms: { baseline: null, tuned: arms.tuned.name },
    ...{ plannedRounds: plan.rounds, mostRounds: rounds.most, looksAfterRounds: [] },
  });
  const runRound = (round: number) =>
    runBlocks<E, T>(
      { way: "in-turn", trial },
      comparison,
      [{ round, role: "tuned" }],
      {
        number: () => ran.length + cutShort.length,
        ended: async (blocks) => void ran.push(...blocks.map((each) => each.ran)),
        cutShort: (block) => void cutShort.push(block),
      },
      progress,
    );
  await runRound(0);
  assertPremise(comparison, { baseline: run, tuned: run }, false);
  for (let round = 1; ; round++) {
    const blocks = blocksOf(run);
    // Of one arm, a round is a block: both of its halves are the same one.
    const soFar = { rounds: round - 1, baseline: blocks, tuned: blocks };
    if (round > 1) onLive({ kind: "round-ended", rounds: soFar.rounds, ...rounds.counted(soFar) });
    if (!rounds.wants(soFar)) break;
    await runRound(round);
  }
  return { startedAt: startedAt.toISOString(), run, order: ran.map(() => arms.tuned.name), cutShort };
}

export function measurementOf<E extends Evidence, T extends Tuning>(
  comparison: Comparison<E, T>,
  { startedAt, run, order, cutShort }: MeasuredRun<E, T>,
): Measurement<E> {
  const { suite, plan, engine, target, seed, asked, size, version } = comparison;
  const { role: _, ...arm } = resultArm("tuned", run);
  return {
    ...{ kind: "measurement", schemaVersion: SCHEMA_VERSION, packetwalk: version, suite: suite.name },
    ...{ question: suite.question, seed, quick: size === "quick", startedAt, finishedAt: new Date().toISOString() },
    ...(cutShort.length > 0 ? { cutShort: [...cutShort] } : {}),
    ...{ asked: { ...asked }, target, load: describeLoad(engine, plan.load), order: [...order] },
    ...measuredArm(suite, resultArm("tuned", run), {
      scheduledPerBlock: plan.load.model === "open" ? Math.round(scheduledRequests(plan.load.schedule)) : null,
      workers: plan.load.workers,
    }),
    arm,
    tunings: armTunings(run),
  };
}
