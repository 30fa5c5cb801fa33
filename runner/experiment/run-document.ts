/** A run as a document: what is kept of it while it goes on, what the judge is given, and its result. */
import { targetsOf } from "../analysis/target-differences.ts";
import { type Judgement, judge } from "../analysis/verdict/judge.ts";
import { scheduledRequests } from "../load/schedule/schedule.ts";
import type { SoFar } from "../result/kept-run.ts";
import { type Evidence, type Result, SCHEMA_VERSION } from "../result/result.ts";
import type { TuningReport } from "../result/tuning.ts";
import type { Tuning } from "../tunings/tuning.ts";
import { advise } from "./advice.ts";
import type { Comparison } from "./comparison.ts";
import { concluded } from "./conclude.ts";
import { describeLoad } from "./describe-load.ts";
import { armsOf, type Ran, type RunsOf } from "./runs.ts";
import type { ArmRun, Trials } from "./trial.ts";
import { tuningReports } from "./tuning-reports.ts";

/** All that there is of a run so far. */
export interface Course<E extends Evidence, T extends Tuning> {
  readonly comparison: Comparison<E, T>;
  /** By which its blocks are run. */
  readonly trials: Trials<E, T>;
  readonly runs: RunsOf<E, T>;
  readonly ran: Ran;
}

/** What is kept of it on disk: to be judged, or gone on from. */
export function soFarOf<E extends Evidence, T extends Tuning>(course: Course<E, T>): SoFar<E> {
  const { baseline, tuned } = course.runs;
  return {
    ...unfinished(course),
    resumable: { keptAt: new Date().toISOString(), settings: [settingsOf(baseline), settingsOf(tuned)] },
  };
}

/** @param spent share of the level that this look may use */
export function judgeRuns<E extends Evidence, T extends Tuning>(
  { comparison: { suite, plan }, runs, trials }: Course<E, T>,
  spent: number,
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
    duet: trials.way === "side-by-side",
    twoClusters: trials.way === "two-clusters",
  });
}

export async function assemble<E extends Evidence, T extends Tuning>(
  course: Course<E, T>,
  judgement: Judgement,
): Promise<Result<E>> {
  const measured = unfinished(course);
  const { tunings, quick } = measured;
  const conclusion = await concluded(course);
  return {
    ...measured,
    finishedAt: new Date().toISOString(),
    ...judgement,
    advice: advise(judgement, tunings, { quick, twoClusters: course.trials.way === "two-clusters" }),
    ...conclusion,
  };
}

function unfinished<E extends Evidence, T extends Tuning>({
  comparison,
  runs,
  ran,
  trials,
}: Course<E, T>): Omit<SoFar<E>, "resumable"> {
  const { suite, plan, target, size, seed, asked, workload } = comparison;
  const { cutShort, ...course } = ran;
  return {
    schemaVersion: SCHEMA_VERSION,
    packetwalk: comparison.version,
    suite: suite.name,
    question: suite.question,
    seed,
    quick: size === "quick",
    asked,
    target,
    ...(trials.way === "two-clusters" ? { targets: targetsOf(target, trials.tunedTarget) } : {}),
    load: describeLoad(comparison.engine, plan.load),
    ...course,
    ...(cutShort.length > 0 ? { cutShort } : {}),
    ...(comparison.duetPossible ? { duet: trials.way === "side-by-side" } : {}),
    arms: armsOf(runs),
    tunings: [...armTunings(runs.baseline), ...armTunings(runs.tuned)],
    ...(workload === null ? {} : { workload }),
  };
}

/** What of an arm's blocks only the run knows: how its settings were written, and what was read back. */
function settingsOf({ ran }: ArmRun): SoFar["resumable"]["settings"][0] {
  return ran.map(({ writes, readBacks }) => ({ writes: [...writes], readBacks: [...readBacks] }));
}

export function armTunings({ plan, ran }: ArmRun): TuningReport[] {
  return tuningReports(plan, {
    writes: ran.at(-1)?.writes ?? [],
    readBacks: ran.flatMap((each) => each.readBacks),
  });
}
