import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { writeReports } from "../../reports/index.ts";
import { blockWords } from "../../reports/terminal/block-words.ts";
import { renderTerminalAll } from "../../reports/terminal/render-all.ts";
import { premiseWords } from "../../reports/words/run.ts";
import { sayOf } from "../../reports/words/say.ts";
import { leftOutLines } from "../analysis/unfit-words.ts";
import { lentBy } from "../cluster/cluster.ts";
import { readTargetFacts } from "../cluster/facts.ts";
import { delivery } from "../delivery/delivery.ts";
import { EnvironmentError, reasonOf, UsageError } from "../errors.ts";
import { compare } from "../experiment/compare.ts";
import { forPairs } from "../experiment/duet.ts";
import type { TrialRequest, Trials } from "../experiment/trial.ts";
import type { Progress } from "../progress.ts";
import type { Result } from "../result/result.ts";
import { runChanges } from "../undo/changes.ts";
import { openJournal } from "../undo/journal.ts";
import { undoOn } from "../undo/target.ts";
import { chosenImages } from "./chosen-images.ts";
import { type Experiment, engineName, inDuet, type Task, taskOf } from "./compare-plan.ts";
import { exitCodeOf } from "./exit-codes.ts";
import { abortOnSignals } from "./interrupt.ts";
import { type OpenTarget, openTarget } from "./open-target.ts";
import { elsewhereWords, restoreInterrupted } from "./restore-interrupted.ts";
import { preflight } from "./run-preflight.ts";
import { stagedTrials } from "./staged-trials.ts";
import { terminalProgress } from "./terminal-progress.ts";
import { TIMELINES, timelineFile } from "./timeline-file.ts";
import { VERSION } from "./version.ts";

/** Opens the target, runs every suite, writes and prints the results; gives the exit code. */
export async function runCompare(options: Experiment): Promise<number> {
  const { suites } = options;
  const signal = abortOnSignals();
  const progress = terminalProgress(process.stderr);
  try {
    const folders = suites.map(({ suite }) => (suites.length === 1 ? options.out : join(options.out, suite.name)));
    for (const folder of folders) makeFolder(folder);
    const tasks = suites.map((chosen, index) => taskOf(chosen, folders[index] ?? options.out, options));
    for (const sentence of elsewhereWords(await restoreInterrupted(progress))) progress.note(sentence);
    const results = await onTarget(tasks, options, progress, signal);
    const items = [];
    for (const [index, result] of results.entries()) {
      const folder = folders[index] ?? options.out;
      const report = await suites[index]?.suite.report();
      if (!report) throw new Error(`result ${index} has no suite`);
      const files = await writeReports(result, report, folder);
      const timelines = join(folder, TIMELINES);
      items.push({ result, report, files: [files.html, files.json, ...(existsSync(timelines) ? [timelines] : [])] });
    }
    progress.stop();
    process.stdout.write(
      options.json
        ? json(results)
        : renderTerminalAll(items, { colour: process.stdout.isTTY === true, width: process.stdout.columns ?? 100 }),
    );
    return exitCodeOf(results);
  } finally {
    progress.stop();
  }
}

function json(results: Result[]): string {
  return `${JSON.stringify(results.length === 1 ? results[0] : results, null, 2)}\n`;
}

/** Before minutes of work: can the answer be written at all? */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new EnvironmentError(`--out ${folder} can't be made: ${reasonOf(error)}`);
  }
}

async function onTarget(
  tasks: readonly Task[],
  options: Experiment,
  progress: Progress,
  signal: AbortSignal,
): Promise<Result[]> {
  const target = await openTarget(options, progress, signal);
  try {
    signal.throwIfAborted();
    const agentsRefused = await assertAble(target, tasks, options, progress);
    // Without agents nothing is changed on nodes.
    if (agentsRefused === null) assertAllowed(target, tasks, options);
    const results: Result[] = [];
    for (const task of tasks) {
      const last = task === tasks.at(-1);
      results.push(
        await runSuite(task, target, options, {
          ...{ progress, signal, agentsRefused },
          keepNamespace: target.disposable && last,
        }),
      );
    }
    return results;
  } finally {
    await target.release(progress);
  }
}

function assertAllowed(target: OpenTarget, tasks: readonly Task[], { allowNodeChanges }: Experiment): void {
  if (target.ref.kind === "lab" || allowNodeChanges) return;
  const tunings = tasks.flatMap(({ arms }) => [...arms.baseline.tunings, ...arms.tuned.tunings]);
  for (const { name, nodeChange } of tunings) {
    if (nodeChange === undefined) continue;
    throw new UsageError(
      `arm tuning ${name} ${nodeChange} of context "${target.cluster.context}"; add --allow-node-changes if you own that cluster`,
    );
  }
}

/**
 * On a cluster that is not ours: before anything is created there.
 * @returns who refuses agents on its nodes, in their words; null: nobody is known to
 * @throws EnvironmentError naming all that stands in the way
 */
async function assertAble(
  { ref, cluster, known, busybox }: OpenTarget,
  tasks: readonly Task[],
  options: Experiment,
  progress: Progress,
): Promise<string | null> {
  if (ref.kind === "lab") return null;
  return progress.step("Preflight", async (update) => {
    const place = { cluster, kind: ref.kind, known, images: chosenImages(options), busybox };
    // Whether nodes may be changed is asked right after this.
    const { agents, nodes, suites } = await preflight(place, { ...options, suites: tasks, allowNodeChanges: true });
    const stops = suites.flatMap(({ name, state, because, armStops, otherArms }) => {
      if (state === "cannot") return [`${name} can't run: ${because.join("; ")}`];
      if (armStops.length === 0) return [];
      const others = otherArms.length === 0 ? "none" : otherArms.join(", ");
      return [`${name} can't run so: ${[...because, ...armStops].join("; ")} (these can be run: ${others})`];
    });
    if (stops.length > 0) throw new EnvironmentError(stops.join(". "));
    for (const line of leftOutLines(nodes?.leftOut ?? [])) progress.note(`Left out: ${line}`);
    for (const { name, state, because } of suites)
      if (state === "partly") for (const each of because) progress.note(`${name}: ${each}`);
    update(`${nodes?.used.map(({ name }) => name).join(", ")} take part`);
    return agents.state === "refused" ? agents.says : null;
  });
}

interface SuiteRun {
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly agentsRefused: string | null;
  /** Something else takes it away. */
  readonly keepNamespace: boolean;
}

async function runSuite(
  task: Task,
  target: OpenTarget,
  options: Experiment,
  { progress, signal, agentsRefused, keepNamespace }: SuiteRun,
): Promise<Result> {
  const { suite, arms, size, folder } = task;
  const { images, ref } = target;
  if (task.plan.nodeChange !== undefined && agentsRefused === null && ref.kind !== "lab" && !options.allowNodeChanges) {
    throw new UsageError(
      `--quick ${task.plan.nodeChange}, of context "${target.cluster.context}"; add --allow-node-changes if you own that cluster, or leave --quick out`,
    );
  }
  const { programs: source, busybox: image } = target;
  const { nodeSelector = {} } = options;
  // A namespace has programs of its own, and each suite a namespace.
  const undoing = delivery(target.cluster, { image, source });
  const changes = runChanges(openJournal(ref, image, target.cluster), () => undoOn(target.cluster, undoing));
  const cluster = target.cluster.lent
    ? lentBy(target.cluster, target.cluster.namespace, (object) => changes.record({ change: "own-object", ...object }))
    : target.cluster;
  const bringing = delivery(cluster, { image, source, signal });
  const timelines = timelineFile(folder);
  const { seed } = options;
  let trials: Trials | undefined;
  try {
    const facts = await readTargetFacts(cluster, ref.kind, target.known, nodeSelector);
    const duet = inDuet(task, options, facts);
    const plan = duet && options.rounds === undefined ? forPairs(task.plan) : task.plan;
    const request: Omit<TrialRequest, "lane"> = {
      ...{ cluster, images, delivery: bringing, size, plan, arms, seed, changes, signal, options: task.options },
      nodeSelector,
      agentsRefused,
      withoutAgents: suite.requires.withoutAgents,
      force: options.force ?? false,
      image: target.image,
      provideIngress: target.provideIngress,
      onTimeline: timelines.write,
    };
    const report = await suite.report();
    trials = await stagedTrials({ ...task, duet }, request, progress);
    const judged = { name: suite.name, question: suite.question, ...(await suite.judging()) };
    const { duetPossible } = task;
    const comparison = { suite: judged, size, plan, arms, seed, target: facts, version: VERSION, duetPossible };
    const mostMinutes = options.maxMinutes ?? null;
    return await compare(
      trials,
      {
        ...{ ...comparison, mostMinutes, engine: engineName(task) },
        say: (block) => blockWords(block, report),
        sayPremise: (because) => `${suite.name}: ${premiseWords(because, sayOf(report))}`,
      },
      progress,
    );
  } finally {
    const begun = trials === undefined ? [] : trials.duet ? Object.values(trials.trials) : [trials.trial];
    timelines.close();
    await progress.step("Putting everything back", async () => {
      try {
        await Promise.all(begun.map((trial) => trial.clear?.()));
      } finally {
        await changes.end(progress, keepNamespace ? ["namespace"] : []);
      }
    });
  }
}
