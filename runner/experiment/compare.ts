import { blockSeen } from "../analysis/live/events.ts";
import type { MetricSpec } from "../analysis/metrics.ts";
import { atWorkMs } from "../analysis/run-time.ts";
import type { Judgement } from "../analysis/verdict/judge.ts";
import { looksOf } from "../analysis/verdict/looks.ts";
import { loadMs } from "../load/spec.ts";
import type { Progress } from "../progress.ts";
import type { CutShort, Evidence, Result, Role } from "../result/result.ts";
import type { Tuning } from "../tunings/tuning.ts";
import type { Comparison } from "./comparison.ts";
import { type EarlierRun, keptBlocks } from "./earlier-run.ts";
import { type PlannedBlock, roundsInOrder, WARM_UP, WARM_UP_OF_BOTH, WARM_UP_OF_TUNED } from "./order.ts";
import { type RanOf, runBlocks } from "./round.ts";
import { RoundPlan, type RoundsSoFar } from "./rounds.ts";
import { assemble, judgeRuns, soFarOf } from "./run-document.ts";
import { begunOf, blocksOf, type Ran } from "./runs.ts";
import type { ArmRun, RanBlock, Trials } from "./trial.ts";
import { assertPlaced, assertPremise } from "./warm-up.ts";

type Growing<E extends Evidence, T extends Tuning> = ArmRun<E["block"], T> & { readonly ran: RanBlock<E["block"]>[] };

/**
 * Runs the experiment of a trial that stands ready: a warm-up, then rounds until the plan is fulfilled or the answer is clear;
 * then says what it means. Of an earlier run's rounds only what is missing is run, after a warm-up of its own.
 * @throws InvalidRunError after the warm-up, if what the suite asks about does not happen
 */
export async function compare<E extends Evidence, T extends Tuning>(
  trials: Trials<E, T>,
  comparison: Comparison<E, T>,
  progress: Progress,
): Promise<Result<E>> {
  const { arms, plan, seed, suite, mostMinutes, earlier, onLive } = comparison;
  const ran = begun(earlier);
  const runs: Record<Role, Growing<E, T>> = {
    baseline: { plan: arms.baseline, ran: [] },
    tuned: { plan: arms.tuned, ran: [] },
  };
  const course = { comparison, runs, ran, trials };
  const until = mostMinutes === null ? null : Date.now() - atWorkMs(ran, Date.now()) + mostMinutes * 60_000;
  const rounds = new RoundPlan(plan.rounds, decidingOf(suite.metrics), until);
  const kept = keptBlocks(earlier?.blocks ?? []);
  onLive({
    ...{ kind: "course-began", suite: suite.name, way: trials.way, endsAtUnixMs: until },
    arms: { baseline: arms.baseline.name, tuned: arms.tuned.name },
    ...{ plannedRounds: plan.rounds, mostRounds: rounds.most },
    looksAfterRounds: looksOf(plan.rounds).map(({ afterRounds }) => afterRounds),
  });
  let soFar: RoundsSoFar<E["block"]> = { rounds: 0, baseline: [], tuned: [] };
  const take = (blocks: readonly RanOf<E["block"]>[]) => {
    for (const { role, ran: block } of blocks) {
      runs[role].ran.push(block);
      ran.order.push(arms[role].name);
    }
  };
  const takeKept = (blocks: readonly RanOf<E["block"]>[]) => {
    take(blocks);
    for (const { role, ran: last } of blocks) {
      const seen = blockSeen(last.block, loadMs(plan.load));
      onLive({ kind: "block-ended", number: null, role, round: last.block.round, seen });
    }
  };
  const ended = async (blocks: readonly RanOf<E["block"]>[]) => {
    take(blocks);
    // Whoever judges these blocks has what the looks before have left of the level.
    const looks = [...ran.looks, { afterRounds: soFar.rounds, spends: rounds.left }];
    await comparison.keep(soFarOf({ ...course, ran: { ...ran, looks } }));
  };
  const cutShort = (block: CutShort) => void ran.cutShort.push(block);
  let isWarm = false;
  const run = async (blocks: readonly PlannedBlock[]) => {
    const runNow = (now: readonly PlannedBlock[]) =>
      runBlocks(trials, comparison, now, { number: () => begunOf(ran), ended, cutShort }, progress);
    if (!isWarm) {
      takeKept(kept.rest());
      await runNow(trials.way === "in-turn" ? [WARM_UP] : WARM_UP_OF_BOTH);
      const twoClusters = trials.way === "two-clusters";
      if (!assertPremise(comparison, runs, twoClusters)) {
        await runNow([WARM_UP_OF_TUNED]);
        assertPremise(comparison, runs, twoClusters);
      }
      assertPlaced(runs, twoClusters);
      isWarm = true;
    }
    await runNow(blocks);
  };

  const look = (spends: number): Judgement => {
    ran.looks.push({ afterRounds: soFar.rounds, spends });
    return judgeRuns(course, spends);
  };
  let judgement: Judgement | undefined;
  for (const round of roundsInOrder(seed)) {
    const there = kept.upTo(round[0].round);
    // What was begun is brought to its end: whether a round runs was decided before it.
    if (there.length === 0 && !rounds.wants(soFar)) break;
    takeKept(there);
    const missing = round.filter(({ role }) => !there.some((each) => each.role === role && each.ran.block.round > 0));
    if (missing.length > 0) await run(missing);
    soFar = { rounds: soFar.rounds + 1, baseline: blocksOf(runs.baseline), tuned: blocksOf(runs.tuned) };
    onLive({ kind: "round-ended", rounds: soFar.rounds, ...rounds.counted(soFar) });
    const share = rounds.lookDue(soFar);
    if (share === null) continue;
    judgement = look(share);
    const last = SETTLED.has(judgement.verdict);
    onLive({ kind: "looked", afterRounds: soFar.rounds, verdict: judgement.verdict, last });
    if (last) break;
    judgement = undefined;
  }
  if (judgement === undefined) {
    judgement = look(rounds.left);
    onLive({ kind: "looked", afterRounds: soFar.rounds, verdict: judgement.verdict, last: true });
  }
  return assemble(course, judgement);
}

function begun(earlier: EarlierRun | null): Ran {
  const at = new Date().toISOString();
  if (earlier === null) return { startedAt: at, order: [], looks: [], cutShort: [] };
  const { startedAt, keptAt: interruptedAt, resumed, cutShort, blocks } = earlier;
  const blocksKept = blocks.filter(({ ran }) => ran.block.round > 0).length;
  return {
    startedAt,
    resumed: [...resumed, { interruptedAt, at, blocksKept }],
    order: [],
    looks: [],
    cutShort: [...cutShort],
  };
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
