import { ReportWriteError } from "../../reports/index.ts";
import type { SuiteReport } from "../../reports/suite-report.ts";
import { blockWords } from "../../reports/terminal/block-words.ts";
import { premiseWords } from "../../reports/words/run.ts";
import { sayOf } from "../../reports/words/say.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { readTargetFacts } from "../cluster/facts.ts";
import { reasonOf } from "../errors.ts";
import { againstNight, type EarlierArm } from "../experiment/against-night.ts";
import type { ArmPair } from "../experiment/arms.ts";
import { compare } from "../experiment/compare.ts";
import type { Comparison } from "../experiment/comparison.ts";
import { describeLoad } from "../experiment/describe-load.ts";
import { forPairs } from "../experiment/duet.ts";
import { measure } from "../experiment/measure.ts";
import type { Trial, TrialRequest, Trials } from "../experiment/trial.ts";
import { workloadPatchOf } from "../experiment/workload-patches.ts";
import { tryOnWorkload } from "../experiment/workload-try.ts";
import { connectAgents } from "../probes/agents.ts";
import type { Progress } from "../progress.ts";
import type { Evidence, Result } from "../result/result.ts";
import type { WorkloadTry } from "../result/workload.ts";
import type { Tuning } from "../tunings/tuning.ts";
import type { Changes } from "../undo/changes.ts";
import { askedOf, givenBeside } from "./asked.ts";
import { type Experiment, engineName, inDuet, type Task } from "./compare-plan.ts";
import type { OpenTarget } from "./open-target.ts";
import { keptOrSaid, type ResultsFolder } from "./results-folder.ts";
import { assertSameCluster, assertSameMeasuring, type Left } from "./resume.ts";
import { openSession } from "./session.ts";
import { stagedTrials } from "./staged-trials.ts";
import { VERSION } from "./version.ts";
import { triedWorkload } from "./workload-able.ts";

/** A suite that has come to its verdict. */
export interface Finished {
  readonly result: Result;
  readonly report: SuiteReport;
  readonly files: readonly string[];
  /** Why they could not be written; null: they were. */
  readonly unwritten: string | null;
  /** Why it could not be added to the history that was asked for; absent: it was, or none was asked for. */
  readonly unstored?: string;
}

export interface SuiteRun {
  readonly folder: ResultsFolder;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly agentsRefused: string | null;
  /** Something else takes it away. */
  readonly keepNamespace: boolean;
  /** What of the comparison is there already; null: it begins. */
  readonly resuming: { readonly own: Left; readonly all: readonly Left[] } | null;
}

/** Runs one suite's comparison, and writes its result. */
export function runSuite(task: Task, target: OpenTarget, options: Experiment, run: SuiteRun): Promise<Finished> {
  return onStage(task, target, options, run, async ({ trials, comparison, report }) => {
    const judged = await compare(trials, comparison, run.progress);
    const result: Result = { ...judged, given: givenBeside(options) };
    return { result, report, ...(await unwrittenOr(() => run.folder.write(result, report))) };
  });
}

/** The same of one arm, held against an earlier night of it. */
export function runAgainst(
  task: Task,
  target: OpenTarget,
  options: Experiment,
  run: SuiteRun,
  earlier: EarlierArm,
): Promise<Finished> {
  return onStage(task, target, options, run, async ({ trials, comparison, report }) => {
    const trial = trialOf(trials);
    const judged = await againstNight(trial, comparison, await measure(trial, comparison, run.progress), earlier);
    const result: Result = { ...judged, given: givenBeside(options) };
    return { result, report, ...(await unwrittenOr(() => run.folder.write(result, report))) };
  });
}

/** Of one arm there is one trial. */
export function trialOf(trials: Trials): Trial {
  if (trials.duet) throw new Error("one arm alone has nothing beside it");
  return trials.trial;
}

interface Staged {
  readonly trials: Trials;
  readonly comparison: Comparison<Evidence, Tuning>;
  readonly report: SuiteReport;
}

/**
 * Stages one suite, has its work done, which writes what it finds, and only then puts everything back. What can't be put back is
 * told, and takes nothing of the answer away; its journal is kept.
 */
export async function onStage<R>(
  task: Task,
  target: OpenTarget,
  options: Experiment,
  run: SuiteRun,
  work: (staged: Staged) => Promise<R>,
): Promise<R> {
  const { suite, arms, size } = task;
  const { images, ref } = target;
  const { folder, progress, agentsRefused, keepNamespace, resuming } = run;
  const { nodeSelector = {}, seed } = options;
  // A namespace has programs of its own, and each suite a namespace.
  const session = openSession(target, progress, run.signal);
  const { cluster, changes, lifetime, signal } = session;
  let trials: Trials | undefined;
  try {
    const facts = await readTargetFacts(cluster, ref.kind, target.known, nodeSelector);
    const duet = inDuet(task, options, facts);
    const plan = duet && options.rounds === undefined ? forPairs(task.plan) : task.plan;
    if (resuming) {
      assertSameCluster(resuming.all, facts);
      const load = describeLoad(engineName(task), plan.load);
      assertSameMeasuring(resuming.own, { load, duet, arms: Object.values(arms), tunings: settingsOf(arms) });
    }
    const request: Omit<TrialRequest, "lane"> = {
      ...{
        cluster,
        images,
        delivery: session.delivery,
        size,
        plan,
        arms,
        seed,
        changes,
        signal,
        lifetime,
        options: task.options,
      },
      nodeSelector,
      agentsRefused,
      withoutAgents: suite.requires.withoutAgents,
      force: options.force ?? false,
      image: target.image,
      provideIngress: target.provideIngress,
      onTimeline: folder.onTimeline,
    };
    const report = await suite.report();
    trials = await stagedTrials({ ...task, duet }, request, progress);
    const workload = await onWorkload(task, options, { cluster, changes, signal, progress, resuming });
    const judged = { name: suite.name, question: suite.question, ...(await suite.judging()) };
    const { duetPossible } = task;
    const comparison = { suite: judged, size, plan, arms, seed, target: facts, version: VERSION, duetPossible };
    const mostMinutes = options.maxMinutes ?? null;
    const earlier = resuming?.own.state === "interrupted" ? resuming.own.earlier : null;
    return await work({
      trials,
      comparison: {
        ...{ ...comparison, mostMinutes, engine: engineName(task), asked: askedOf(task, options), earlier, workload },
        say: (block) => blockWords(block, report),
        sayPremise: (because) => `${suite.name}: ${premiseWords(because, sayOf(report))}`,
        keep: keptOrSaid(folder, progress.note),
      },
      report,
    });
  } finally {
    const begun = trials === undefined ? [] : trials.duet ? Object.values(trials.trials) : [trials.trial];
    folder.close();
    session.end();
    const putBack = progress.step("Putting everything back", async () => {
      try {
        await Promise.all(begun.map((trial) => trial.clear?.()));
      } finally {
        await changes.end(progress, keepNamespace ? ["namespace"] : []);
      }
    });
    await putBack.catch((left: unknown) => progress.note(`Not everything could be put back: ${reasonOf(left)}`));
  }
}

/** Before the first block; a comparison that goes on has been there. Null: it is about none. */
async function onWorkload(
  { suite, arms }: Task,
  { workload }: Experiment,
  on: Pick<SuiteRun, "progress" | "signal" | "resuming"> & { readonly cluster: Cluster; readonly changes: Changes },
): Promise<WorkloadTry | null> {
  if (workload === undefined) return null;
  const { cluster, progress, resuming } = on;
  const earlier = resuming?.own.state === "interrupted" ? resuming.own.kept.workload : undefined;
  if (earlier) return earlier;
  const [tried, agents] = [await triedWorkload(cluster, workload), await connectAgents(cluster)];
  const tunings = arms.tuned.tunings.map((tuning) => ({ tuning, patch: workloadPatchOf(suite, tuning) }));
  return tryOnWorkload({ ...on, workload: tried, agents, tunings }, progress);
}

function settingsOf({ baseline, tuned }: ArmPair): { readonly arm: string; readonly setting: string }[] {
  return [baseline, tuned].flatMap(({ name, tunings }) => tunings.map(({ setting }) => ({ arm: name, setting })));
}

export async function unwrittenOr(
  write: () => Promise<readonly string[]>,
): Promise<Pick<Finished, "files" | "unwritten">> {
  try {
    return { files: await write(), unwritten: null };
  } catch (error) {
    if (!(error instanceof ReportWriteError)) throw error;
    return { files: [], unwritten: error.message };
  }
}
