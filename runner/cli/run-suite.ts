import { ReportWriteError } from "../../reports/index.ts";
import type { SuiteReport } from "../../reports/suite-report.ts";
import { blockWords } from "../../reports/terminal/block-words.ts";
import { premiseWords } from "../../reports/words/run.ts";
import { sayOf } from "../../reports/words/say.ts";
import type { LiveListener } from "../analysis/live/events.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { readTargetFacts } from "../cluster/facts.ts";
import { againstNight, type EarlierArm } from "../experiment/against-night.ts";
import type { ArmPair } from "../experiment/arms.ts";
import { compare } from "../experiment/compare.ts";
import type { Comparison } from "../experiment/comparison.ts";
import { describeLoad } from "../experiment/describe-load.ts";
import { forPairs } from "../experiment/duet.ts";
import { measure } from "../experiment/measure.ts";
import { allTrials, type Trial, type TrialRequest, type Trials } from "../experiment/trial.ts";
import { workloadPatchOf } from "../experiment/workload-patches.ts";
import { tryOnWorkload } from "../experiment/workload-try.ts";
import { connectAgents } from "../probes/agents.ts";
import { architecturesFor, selectorFor } from "../programs/available.ts";
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
import { openSession, putBack, type Session } from "./session.ts";
import { siteProgress } from "./site-progress.ts";
import { baselineSite, entriesOf, mapSites, oneSite, type Sites, zipSites } from "./sites.ts";
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
  readonly onLive: LiveListener;
  readonly signal: AbortSignal;
  /** No other suite comes after it: a cluster that goes as a whole need not be cleaned up. */
  readonly last: boolean;
  /** What of the comparison is there already; null: it begins. */
  readonly resuming: { readonly own: Left; readonly all: readonly Left[] } | null;
}

/** A cluster that a suite runs on, and who refuses agents there, in their words; null: nobody is known to. */
export interface SuiteSite {
  readonly target: OpenTarget;
  readonly agentsRefused: string | null;
}

/** One on which the suite has its session: a journal, a lease and a run's id of its own. */
interface AtWork extends SuiteSite {
  readonly session: Session;
  readonly progress: Progress;
}

/** Runs one suite's comparison, and writes its result. */
export function runSuite(task: Task, sites: Sites<SuiteSite>, options: Experiment, run: SuiteRun): Promise<Finished> {
  return onStage(task, sites, options, run, async ({ trials, comparison, report }) =>
    written(await compare(trials, comparison, run.progress), report, options, run),
  );
}

/** The same of one arm, on one cluster, held against an earlier night of it. */
export function runAgainst(
  task: Task,
  site: SuiteSite,
  options: Experiment,
  run: SuiteRun,
  earlier: EarlierArm,
): Promise<Finished> {
  return onStage(task, oneSite(site), options, run, async ({ trials, comparison, report }) => {
    const trial = onlyTrial(trials);
    const judged = await againstNight(trial, comparison, await measure(trial, comparison, run.progress), earlier);
    return written(judged, report, options, run);
  });
}

async function written(judged: Result, report: SuiteReport, options: Experiment, run: SuiteRun): Promise<Finished> {
  const result: Result = { ...judged, given: givenBeside(options) };
  return { result, report, ...(await unwrittenOr(() => run.folder.write(result, report))) };
}

/** Of one arm there is one trial. */
export function onlyTrial(trials: Trials): Trial {
  if (trials.way === "in-turn") return trials.trial;
  throw new Error("one arm alone has nothing beside it");
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
  sites: Sites<SuiteSite>,
  options: Experiment,
  run: SuiteRun,
  work: (staged: Staged) => Promise<R>,
): Promise<R> {
  const { suite, arms, size } = task;
  const { folder, progress, onLive, resuming } = run;
  const { seed } = options;
  const nodeSelector = await ownSelector(task, options);
  const { mostNodes } = suite.requires;
  const open: AtWork[] = [];
  let trials: Trials | undefined;
  try {
    // A namespace has programs of its own, and each suite a namespace.
    const atWork = await mapSites(sites, (site, role): AtWork => {
      const own = siteProgress(progress, role);
      const opened = { ...site, progress: own, session: openSession(site.target, own, run.signal) };
      open.push(opened);
      return opened;
    });
    const facts = await mapSites(atWork, ({ session, target }) =>
      readTargetFacts(session.cluster, target.ref.kind, target.known, nodeSelector, mostNodes),
    );
    const duet = facts.clusters === "one" && inDuet(task, options, facts.both);
    const plan = duet && options.rounds === undefined ? forPairs(task.plan) : task.plan;
    if (resuming) {
      for (const [role, target] of entriesOf(facts))
        assertSameCluster(resuming.all, target, role === "both" ? "baseline" : role);
      const load = describeLoad(engineName(task), plan.load);
      assertSameMeasuring(resuming.own, { load, duet, arms: Object.values(arms), tunings: settingsOf(arms) });
    }
    const requestOn = ({ target, session, agentsRefused }: AtWork): Omit<TrialRequest, "lane"> => ({
      ...{ size, plan, arms, seed, nodeSelector, mostNodes, agentsRefused, options: task.options },
      ...{ cluster: session.cluster, delivery: session.delivery, changes: session.changes },
      ...{ signal: session.signal, lifetime: session.lifetime },
      ...{ images: target.images, image: target.image, provideIngress: target.provideIngress },
      withoutAgents: suite.requires.withoutAgents,
      force: options.force ?? false,
      onTimeline: folder.onTimeline,
      onLive,
    });
    const report = await suite.report();
    const staging = zipSites(atWork, facts, (at, target) => ({
      request: requestOn(at),
      facts: target,
      progress: at.progress,
    }));
    trials = await stagedTrials({ ...task, duet }, staging);
    const { session } = baselineSite(atWork);
    const workload = await onWorkload(task, options, { ...session, progress, resuming });
    const judged = { name: suite.name, question: suite.question, ...(await suite.judging()) };
    const { duetPossible } = task;
    const target = baselineSite(facts);
    const comparison = { suite: judged, size, plan, arms, seed, target, version: VERSION, duetPossible };
    const mostMinutes = options.maxMinutes ?? null;
    const earlier = resuming?.own.state === "interrupted" ? resuming.own.earlier : null;
    return await work({
      trials,
      comparison: {
        ...{ ...comparison, mostMinutes, engine: engineName(task), asked: askedOf(task, options), earlier, workload },
        say: (block) => blockWords(block, report),
        sayPremise: (because) => `${suite.name}: ${premiseWords(because, sayOf(report))}`,
        keep: keptOrSaid(folder, progress.note),
        onLive,
      },
      report,
    });
  } finally {
    folder.close();
    for (const { session } of open) session.end();
    await putAllBack(open, trials, run.last);
  }
}

/** Nodes that can't have what is to run there take no part: preflight said so. */
async function ownSelector({ suite, engine }: Task, { nodeSelector = {} }: Experiment) {
  const programs = [...(suite.requires.programs ?? []), ...(engine?.programs ?? [])];
  return selectorFor(nodeSelector, await architecturesFor(programs));
}

/** Whatever becomes of one cluster, the other is put back as well. */
async function putAllBack(open: readonly AtWork[], trials: Trials | undefined, last: boolean): Promise<void> {
  const begun = trials === undefined ? [] : allTrials(trials);
  const [cleared] = await Promise.allSettled([Promise.all(begun.map((trial) => trial.clear?.()))]);
  for (const { target, session, progress } of open) {
    await putBack(progress, async () => {
      await session.changes.end(progress, target.disposable && last ? ["namespace"] : []);
      if (cleared.status === "rejected") throw cleared.reason;
    });
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
