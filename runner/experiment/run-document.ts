/** A run as a document: what is kept of it while it goes on, what the judge is given, and its result. */
import { type Judgement, judge } from "../analysis/verdict/judge.ts";
import { scheduledRequests } from "../load/schedule/schedule.ts";
import type { Block } from "../result/block.ts";
import type { SoFar } from "../result/kept-run.ts";
import {
  type Arm,
  type ArmsOf,
  type CutShort,
  type Evidence,
  type Result,
  type Role,
  SCHEMA_VERSION,
} from "../result/result.ts";
import type { TuningReport } from "../result/tuning.ts";
import type { Tuning } from "../tunings/tuning.ts";
import { advise } from "./advice.ts";
import type { Comparison } from "./comparison.ts";
import { describeLoad } from "./describe-load.ts";
import type { ArmRun, Trials } from "./trial.ts";
import { tuningReports } from "./tuning-reports.ts";

export type RunsOf<E extends Evidence, T extends Tuning> = Readonly<Record<Role, ArmRun<E["block"], T>>>;

/** How the run went, beside what its blocks measured. */
export interface Ran extends Pick<Result, "resumed"> {
  readonly startedAt: string;
  readonly order: string[];
  readonly cutShort: CutShort[];
  readonly looks: NonNullable<Result["looks"]>;
}

/** All that there is of a run so far. */
export interface Course<E extends Evidence, T extends Tuning> {
  readonly duet: boolean;
  readonly comparison: Comparison<E, T>;
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
  { comparison: { suite, plan }, runs, duet }: Course<E, T>,
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
    duet,
  });
}

export async function assemble<E extends Evidence, T extends Tuning>(
  trials: Trials<E, T>,
  course: Course<E, T>,
  judgement: Judgement,
): Promise<Result<E>> {
  const measured = unfinished(course);
  const { arms, tunings, quick, target } = measured;
  const concluding = trials.duet ? trials.trials.baseline : trials.trial;
  const conclusion = await concluding.conclude({ arms, ...course.runs, kernel: target.kernel });
  return {
    ...measured,
    finishedAt: new Date().toISOString(),
    ...judgement,
    advice: advise(judgement, tunings, quick),
    ...conclusion,
  };
}

function unfinished<E extends Evidence, T extends Tuning>({
  comparison,
  runs,
  ran,
  duet,
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
    load: describeLoad(comparison.engine, plan.load),
    ...course,
    ...(cutShort.length > 0 ? { cutShort } : {}),
    ...(comparison.duetPossible ? { duet } : {}),
    arms: armsOf(runs),
    tunings: [...armTunings(runs.baseline), ...armTunings(runs.tuned)],
    ...(workload === null ? {} : { workload }),
  };
}

function armsOf<E extends Evidence, T extends Tuning>(runs: RunsOf<E, T>): ArmsOf<E["block"]> {
  return [resultArm("baseline", runs.baseline), resultArm("tuned", runs.tuned)];
}

export function resultArm<R extends Role, B, T extends Tuning>(role: R, { plan, ran }: ArmRun<B, T>): Arm<B, R> {
  return {
    name: plan.name,
    role,
    tunings: plan.tunings.map((tuning) => tuning.name),
    blocks: ran.map(({ block }) => block),
  };
}

export function blocksOf<B>({ ran }: ArmRun<B>): Block<B>[] {
  return ran.map(({ block }) => block);
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
