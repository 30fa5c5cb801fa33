import { openMetricsSamples } from "../../reports/formats/openmetrics/openmetrics.ts";
import { renderTerminalAll } from "../../reports/terminal/render-all.ts";
import { answerSentence } from "../../reports/words/answer.ts";
import type { LiveListener } from "../analysis/live/events.ts";
import { leftOutLines } from "../analysis/unfit-words.ts";
import { readTargetFacts } from "../cluster/facts.ts";
import { EnvironmentError, InvalidRunError, reasonOf, UsageError } from "../errors.ts";
import type { EarlierArm } from "../experiment/against-night.ts";
import { alone } from "../experiment/lanes.ts";
import { findLab } from "../lab/index.ts";
import { refusalWords } from "../preflight/beyond.ts";
import type { Progress } from "../progress.ts";
import { chosenImages } from "./chosen-images.ts";
import type { Experiment, Task } from "./compare-plan.ts";
import { earlierArm } from "./earlier-night.ts";
import { exitCodeOfRun } from "./exit-codes.ts";
import { writtenFrontPage } from "./front-page.ts";
import { abortOnSignals } from "./interrupt.ts";
import { isNamed, type OpenTarget } from "./open-target.ts";
import { openTargets, releaseTargets } from "./open-targets.ts";
import { type Chosen, chosenTasks, type Placed, placedTasks } from "./placed-tasks.ts";
import { planWords } from "./plan-words.ts";
import { writeAddress, writeOrSay } from "./prometheus-write.ts";
import { restoreBefore } from "./restore-before.ts";
import { assertRestored, isInTheWay, type NotRestored } from "./restore-interrupted.ts";
import { filesOfResult, hasBlocks } from "./results-folder.ts";
import { assertLabIsThere, leftWords } from "./resume.ts";
import { preflight } from "./run-preflight.ts";
import { type Finished, runAgainst, runSuite, type SuiteRun, type SuiteSite } from "./run-suite.ts";
import { withSameAgents } from "./same-agents.ts";
import { siteProgress } from "./site-progress.ts";
import { allSites, baselineSite, entriesOf, mapSites, onlySite, type Sites } from "./sites.ts";
import { assertStorable, storedToo } from "./stored.ts";
import { tellError } from "./tell-error.ts";
import { terminalOf } from "./terminal-of.ts";
import { watchRun } from "./watch/experiment.ts";
import { toldEnd } from "./watch/suite-end.ts";
import { assertWorkloadAble, assertWorkloadCanBeThere } from "./workload-able.ts";

/** What a run came to: what was measured stands, whatever went wrong after it. */
interface Outcome<F> {
  readonly finished: readonly F[];
  readonly errors: readonly unknown[];
}

/** Opens the target, or both, runs every suite, prints the results and what went wrong; gives the exit code. */
export async function runCompare(options: Experiment, sites: Sites<Experiment>): Promise<number> {
  const prometheus = writeAddress(options, process.env);
  const signal = abortOnSignals();
  const watched = watchRun(process.stderr);
  const { progress, onLive } = watched;
  try {
    const chosen = await chosenTasks(options);
    if (options.store !== undefined) await assertStorable(options.store);
    const open = chosen.filter(({ left }) => left?.state !== "finished");
    const plan = open.length === 0 ? [] : planWords(tasksIn(open), options);
    for (const sentence of leftWords(chosen, options.out)) progress.note(sentence);
    const before = await finishedBefore(chosen);
    if (open.length > 0) await assertWorkloadCanBeThere(options);
    const placed = placedTasks(chosen, options);
    onLive({ kind: "suites-planned", suites: placed.map(({ task }) => task.suite.name) });
    if (options.watch && placed.length > 0) await watched.serve();
    const outcome =
      placed.length === 0
        ? NOTHING_TO_RUN
        : await runPlaced(placed, options, sites, { progress, onLive, signal, plan }, (able) =>
            comparing(placed, able, options, onLive),
          );
    const finished = chosen.flatMap(({ suite }) =>
      [...before, ...outcome.finished].filter(({ result }) => result.suite === suite.name),
    );
    const errors = [...outcome.errors];
    const suites = chosen.map(({ suite }) => suite.name);
    const [page] = await writtenFrontPage(options.out, { suites, finished, errors }).catch((error: unknown) => {
      errors.push(error);
      return [];
    });
    watched.over(page);
    watched.stop();
    if (finished.length > 0) {
      const terminal = terminalOf(process.stdout);
      const several = chosen.length > 1;
      process.stdout.write(options.json ? json(finished, several) : renderTerminalAll(finished, terminal));
    }
    if (page !== undefined) process.stderr.write(`All suites on one page: ${page}\n`);
    for (const error of errors) tellError(error);
    if (prometheus !== undefined && !signal.aborted) {
      const missing = suites.filter((suite) => !finished.some(({ result }) => result.suite === suite));
      await writeOrSay(prometheus, openMetricsSamples({ results: finished, missing }, Date.now()));
    }
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
    watched.stop();
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

/** How one suite is run on a target, or on two, and its result added to the history that was asked for. */
async function comparing(
  placed: readonly Placed[],
  sites: Sites<SuiteSite>,
  options: Experiment,
  onLive: LiveListener,
): Promise<RunOne<Finished>> {
  const runOne =
    options.against === undefined
      ? ({ task, run }: One) => runSuite(task, sites, options, run)
      : await holdingAgainst(placed, onlySite(sites), options);
  return (one) =>
    toldEnd(one.task.suite.name, onLive, async () => {
      const ended = await runOne(one);
      const { result, files } = ended;
      return {
        ended: await storedToo(ended, result, options.store),
        told: { verdict: result.verdict, answer: answerSentence(result), files },
      };
    });
}

/** Of all suites the night is found before the first one runs: what is refused is refused before minutes of work. */
async function holdingAgainst(
  placed: readonly Placed[],
  site: SuiteSite,
  options: Experiment,
): Promise<RunOne<Finished>> {
  const { cluster, ref, known } = site.target;
  const facts = await readTargetFacts(cluster, ref.kind, known, options.nodeSelector ?? {});
  const nights = new Map<string, EarlierArm>();
  for (const { task } of placed) nights.set(task.suite.name, await earlierArm(task, facts, options));
  return async ({ task, run }) => {
    const night = nights.get(task.suite.name);
    if (night === undefined) throw new Error(`no night was found for ${task.suite.name}`);
    return runAgainst(task, site, options, run, night);
  };
}

/** What is known of a suite once it ended, whatever it was run for. */
type EndedRun = Pick<Finished, "unwritten" | "unstored">;

interface One {
  readonly task: Task;
  readonly run: SuiteRun;
}

type RunOne<F> = (one: One) => Promise<F>;

/** On the target, or on both, before any suite is run: how one is. */
type Begin<F> = (sites: Sites<SuiteSite>) => Promise<RunOne<F>>;

/**
 * @throws what keeps the target from being opened, or from being used at all
 */
export async function runPlaced<F extends EndedRun>(
  placed: readonly Placed[],
  options: Experiment,
  sites: Sites<Experiment>,
  how: Circumstances,
  begin: Begin<F>,
): Promise<Outcome<F>> {
  const { progress } = how;
  const notRestored = await restoreBefore(progress);
  const all = placed[0]?.resuming?.all ?? [];
  for (const [role, target] of entriesOf(sites))
    if (all.length > 0 && !isNamed(target) && !(await findLab(target.lab)))
      assertLabIsThere(all, role === "both" ? "baseline" : role);
  return onTargets(placed, options, sites, { ...how, notRestored }, begin);
}

function json(finished: readonly Finished[], several: boolean): string {
  const results = finished.map(({ result }) => result);
  return `${JSON.stringify(several ? results : results[0], null, 2)}\n`;
}

interface Circumstances {
  readonly progress: Progress;
  readonly onLive: LiveListener;
  readonly signal: AbortSignal;
  /** What is to be known of it before it begins. */
  readonly plan: readonly string[];
}

async function onTargets<F extends EndedRun>(
  placed: readonly Placed[],
  options: Experiment,
  sites: Sites<Experiment>,
  { progress, onLive, signal, plan, notRestored }: Circumstances & { readonly notRestored: readonly NotRestored[] },
  begin: Begin<F>,
): Promise<Outcome<F>> {
  const opened = await openTargets(sites, progress, signal);
  try {
    signal.throwIfAborted();
    const isHere = (each: NotRestored) => allSites(opened).some(({ target }) => isInTheWay(each, target));
    await assertRestored(notRestored.filter(isHere));
    // All that is left then is elsewhere: a cluster that has gone keeps nobody from another one.
    for (const { error } of notRestored) progress.note(`Elsewhere: ${reasonOf(error)}`);
    for (const sentence of plan) progress.note(sentence);
    const tasks = tasksIn(placed);
    await assertWorkloadAble(baselineSite(opened).target.cluster, options);
    // Nothing is created on either of two before both are known to do.
    const able = await mapSites(opened, async ({ target, options: own }, role) => {
      const asked = role === "both" ? tasks : tasks.map((task) => ({ ...task, arms: alone(task.arms, role) }));
      return { target, agentsRefused: await assertAble(target, asked, own, siteProgress(progress, role)) };
    });
    const runOne = await begin(withSameAgents(able));
    return await runAll(placed, ({ task, folder, resuming }, last) => {
      return runOne({ task, run: { folder, resuming, progress, onLive, signal, last } });
    });
  } finally {
    await releaseTargets(opened, progress);
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
