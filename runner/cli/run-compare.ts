import { renderTerminalAll } from "../../reports/terminal/render-all.ts";
import { leftOutLines } from "../analysis/unfit-words.ts";
import { readTargetFacts } from "../cluster/facts.ts";
import { EnvironmentError, InvalidRunError, reasonOf, UsageError } from "../errors.ts";
import type { EarlierArm } from "../experiment/against-night.ts";
import { findLab } from "../lab/index.ts";
import { refusalWords } from "../preflight/beyond.ts";
import type { Progress } from "../progress.ts";
import { chosenImages } from "./chosen-images.ts";
import type { Experiment, Task } from "./compare-plan.ts";
import { earlierArm } from "./earlier-night.ts";
import { exitCodeOfRun } from "./exit-codes.ts";
import { writtenFrontPage } from "./front-page.ts";
import { abortOnSignals } from "./interrupt.ts";
import { isNamed, type OpenTarget, openTarget } from "./open-target.ts";
import { type Chosen, chosenTasks, type Placed, placedTasks } from "./placed-tasks.ts";
import { planWords } from "./plan-words.ts";
import { assertRestored, isInTheWay, type NotRestored, restoreInterrupted } from "./restore-interrupted.ts";
import { leftAloneWords } from "./restore-words.ts";
import { filesOfResult, hasBlocks } from "./results-folder.ts";
import { assertLabIsThere, leftWords } from "./resume.ts";
import { preflight } from "./run-preflight.ts";
import { type Finished, runAgainst, runSuite, type SuiteRun } from "./run-suite.ts";
import { addedToStore, assertStorable } from "./stored.ts";
import { tellError } from "./tell-error.ts";
import { terminalOf } from "./terminal-of.ts";
import { terminalProgress } from "./terminal-progress.ts";
import { assertWorkloadAble, assertWorkloadCanBeThere } from "./workload-able.ts";

/** What a run came to: what was measured stands, whatever went wrong after it. */
interface Outcome<F> {
  readonly finished: readonly F[];
  readonly errors: readonly unknown[];
}

/** Opens the target, runs every suite, prints the results and what went wrong; gives the exit code. */
export async function runCompare(options: Experiment): Promise<number> {
  const signal = abortOnSignals();
  const progress = terminalProgress(process.stderr);
  try {
    const chosen = await chosenTasks(options);
    if (options.store !== undefined) await assertStorable(options.store);
    const open = chosen.filter(({ left }) => left?.state !== "finished");
    const plan = open.length === 0 ? [] : planWords(tasksIn(open), options);
    for (const sentence of leftWords(chosen, options.out)) progress.note(sentence);
    const before = await finishedBefore(chosen);
    if (open.length > 0) await assertWorkloadCanBeThere(options);
    const placed = placedTasks(chosen, options);
    const outcome =
      placed.length === 0
        ? NOTHING_TO_RUN
        : await runPlaced(placed, options, { progress, signal, plan }, (target) => comparing(placed, target, options));
    progress.stop();
    const finished = chosen.flatMap(({ suite }) =>
      [...before, ...outcome.finished].filter(({ result }) => result.suite === suite.name),
    );
    const errors = [...outcome.errors];
    const suites = chosen.map(({ suite }) => suite.name);
    const [page] = await writtenFrontPage(options.out, { suites, finished, errors }).catch((error: unknown) => {
      errors.push(error);
      return [];
    });
    if (finished.length > 0) {
      const terminal = terminalOf(process.stdout);
      const several = chosen.length > 1;
      process.stdout.write(options.json ? json(finished, several) : renderTerminalAll(finished, terminal));
    }
    if (page !== undefined) process.stderr.write(`All suites on one page: ${page}\n`);
    for (const error of errors) tellError(error);
    if (chosen.some(({ folder }) => hasBlocks(folder))) {
      process.stderr.write(
        `What was measured is kept: the same command with --resume ${options.out} in place of --out goes on from there.\n`,
      );
    }
    return exitCodeOfRun(
      finished.map(({ result }) => result),
      errors,
    );
  } finally {
    progress.stop();
  }
}

const NOTHING_TO_RUN: Outcome<Finished> = { finished: [], errors: [] };

function tasksIn(items: ReadonlyArray<{ readonly task: Task }>): Task[] {
  return items.map(({ task }) => task);
}

/** The results that a comparison which goes on has already. */
function finishedBefore(chosen: readonly Chosen[]): Promise<Finished[]> {
  const results = chosen.flatMap(({ suite, folder, left }) =>
    left?.state === "finished" ? [{ suite, folder, result: left.result }] : [],
  );
  return Promise.all(
    results.map(async ({ suite, folder, result }) => {
      return { result, report: await suite.report(), files: filesOfResult(folder), unwritten: null };
    }),
  );
}

/** How one suite is run on a target, and its result added to the history that was asked for. */
async function comparing(
  placed: readonly Placed[],
  target: OpenTarget,
  options: Experiment,
): Promise<RunOne<Finished>> {
  const earlier = new Map<string, EarlierArm>();
  if (options.against !== undefined) {
    const facts = await readTargetFacts(target.cluster, target.ref.kind, target.known, options.nodeSelector ?? {});
    // Of all suites before the first one runs: what is refused is refused before minutes of work.
    for (const { task } of placed) earlier.set(task.suite.name, await earlierArm(task, facts, options));
  }
  return async ({ task, run }) => {
    const night = earlier.get(task.suite.name);
    const ended =
      night === undefined
        ? await runSuite(task, target, options, run)
        : await runAgainst(task, target, options, run, night);
    const unstored = options.store === undefined ? null : await addedToStore(ended.result, options.store);
    return unstored === null ? ended : { ...ended, unstored };
  };
}

/** What is known of a suite once it ended, whatever it was run for. */
type EndedRun = Pick<Finished, "unwritten" | "unstored">;

type RunOne<F> = (one: { readonly task: Task; readonly target: OpenTarget; readonly run: SuiteRun }) => Promise<F>;

/**
 * @param begin on the target, before any suite is run: how one is
 * @throws what keeps the target from being opened, or from being used at all
 */
export async function runPlaced<F extends EndedRun>(
  placed: readonly Placed[],
  options: Experiment,
  how: Circumstances,
  begin: (target: OpenTarget) => Promise<RunOne<F>>,
): Promise<Outcome<F>> {
  const { progress } = how;
  const restored = await restoreInterrupted(progress);
  for (const sentence of leftAloneWords(restored)) progress.note(sentence);
  await assertRestored(restored.failed.filter(({ cluster }) => cluster === null));
  const all = placed[0]?.resuming?.all ?? [];
  if (all.length > 0 && !isNamed(options) && !(await findLab(options.lab))) assertLabIsThere(all);
  return onTarget(placed, options, how, restored.failed, begin);
}

function json(finished: readonly Finished[], several: boolean): string {
  const results = finished.map(({ result }) => result);
  return `${JSON.stringify(several ? results : results[0], null, 2)}\n`;
}

interface Circumstances {
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** What is to be known of it before it begins. */
  readonly plan: readonly string[];
}

async function onTarget<F extends EndedRun>(
  placed: readonly Placed[],
  options: Experiment,
  { progress, signal, plan }: Circumstances,
  notRestored: readonly NotRestored[],
  begin: (target: OpenTarget) => Promise<RunOne<F>>,
): Promise<Outcome<F>> {
  const target = await openTarget(options, progress, signal);
  try {
    signal.throwIfAborted();
    await assertRestored(notRestored.filter((each) => isInTheWay(each, target)));
    // All that is left then is elsewhere: a cluster that has gone keeps nobody from another one.
    for (const { error } of notRestored) progress.note(`Elsewhere: ${reasonOf(error)}`);
    for (const sentence of plan) progress.note(sentence);
    const tasks = tasksIn(placed);
    await assertWorkloadAble(target.cluster, options);
    const agentsRefused = await assertAble(target, tasks, options, progress);
    const runOne = await begin(target);
    return await runAll(placed, ({ task, folder, resuming }, last) => {
      const keepNamespace = target.disposable && last;
      const run = { folder, resuming, progress, signal, agentsRefused, keepNamespace };
      return runOne({ task, target, run });
    });
  } finally {
    await target
      .release(progress)
      .catch((left: unknown) => progress.note(`The target could not be let go of: ${reasonOf(left)}`));
  }
}

/** One after another. A suite whose question does not arise here keeps none of the others from being asked; all else does. */
export async function runAll<T, F extends EndedRun>(
  items: readonly T[],
  run: (item: T, last: boolean) => Promise<F>,
): Promise<Outcome<F>> {
  const finished: F[] = [];
  const errors: unknown[] = [];
  for (const item of items) {
    try {
      const ended = await run(item, item === items.at(-1));
      finished.push(ended);
      if (ended.unwritten !== null) errors.push(new EnvironmentError(ended.unwritten));
      if (ended.unstored !== undefined) errors.push(new EnvironmentError(ended.unstored));
    } catch (error) {
      errors.push(error);
      if (!(error instanceof InvalidRunError)) break;
    }
  }
  return { finished, errors };
}

/**
 * On a cluster that is not ours: before anything is created there.
 * @returns who refuses agents on its nodes, in their words; null: nobody is known to
 * @throws EnvironmentError naming all that stands in the way; UsageError where it would reach beyond our namespace unallowed
 */
export async function assertAble(
  { ref, cluster, known, busybox }: Pick<OpenTarget, "ref" | "cluster" | "known" | "busybox">,
  tasks: readonly Task[],
  options: Experiment,
  progress: Progress,
): Promise<string | null> {
  if (ref.kind === "lab") return null;
  return progress.step("Preflight", async (update) => {
    const place = { cluster, kind: ref.kind, known, images: chosenImages(options), busybox };
    // What nobody allowed is asked after this, and is no fault of the cluster.
    const { agents, nodes, suites } = await preflight(place, { ...options, suites: tasks, allowNodeChanges: true });
    const stops = suites.flatMap(({ name, state, because, armStops, tuningStops, otherArms }) => {
      if (state === "cannot") return [`${name} can't run: ${because.join("; ")}`];
      // An arm that its agents would have to apply nobody can insist on.
      const forcible = options.force ? [] : tuningStops;
      if (armStops.length + forcible.length === 0) return [];
      const others = otherArms.length === 0 ? "none" : otherArms.join(", ");
      const why = [...because, ...armStops, ...forcible].join("; ");
      const force = armStops.length > 0 ? "" : "; --force tries it anyway";
      return [`${name} can't run so: ${why} (these can be run: ${others})${force}`];
    });
    if (stops.length > 0) throw new EnvironmentError(stops.join(". "));
    const [reach] = suites.flatMap(({ reaches }) => reaches);
    if (reach && !options.allowNodeChanges) throw new UsageError(refusalWords(reach, cluster.context));
    for (const line of leftOutLines(nodes?.leftOut ?? [])) progress.note(`Left out: ${line}`);
    for (const { name, state, because, tuningNotes } of suites)
      for (const each of [...(state === "partly" ? because : []), ...tuningNotes]) progress.note(`${name}: ${each}`);
    update(`${nodes?.used.map(({ name }) => name).join(", ")} take part`);
    return agents.state === "refused" ? agents.says : null;
  });
}
