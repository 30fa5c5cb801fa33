import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { writeReports } from "../../reports/index.ts";
import { renderTerminalAll } from "../../reports/terminal/render-all.ts";
import { readTargetFacts } from "../cluster/facts.ts";
import { EnvironmentError, reasonOf, UsageError } from "../errors.ts";
import type { ArmPair } from "../experiment/arms.ts";
import { compare } from "../experiment/compare.ts";
import type { SuitePlan } from "../experiment/plan.ts";
import type { Suite, SuiteSize } from "../experiment/suite.ts";
import type { Trial, TrialRequest } from "../experiment/trial.ts";
import type { LoadEngine } from "../load/engines/engine.ts";
import { ENGINES } from "../load/engines/registry.ts";
import type { Progress } from "../progress.ts";
import type { Result } from "../result/schema.ts";
import { nodeChangeOf } from "../tunings/tuning.ts";
import { runChanges } from "../undo/changes.ts";
import { openJournal } from "../undo/journal.ts";
import { undoOn } from "../undo/target.ts";
import { exitCodeOf } from "./exit-codes.ts";
import { abortOnSignals } from "./interrupt.ts";
import { type OpenTarget, openTarget } from "./open-target.ts";
import { restoreInterrupted } from "./restore-interrupted.ts";
import type { TargetOptions } from "./target-options.ts";
import { terminalProgress } from "./terminal-progress.ts";
import { TIMELINES, timelineFile } from "./timeline-file.ts";
import { VERSION } from "./version.ts";

/** What `compare` was asked for, checked. */
export interface Experiment extends TargetOptions {
  readonly suites: readonly { readonly suite: Suite; readonly arms: ArmPair }[];
  /** The user's choice; undefined: each suite's own. */
  readonly engine: LoadEngine | undefined;
  readonly rounds?: number;
  readonly seed: number;
  readonly quick?: boolean;
  readonly out: string;
  readonly json?: boolean;
  readonly allowNodeChanges?: boolean;
  readonly force?: boolean;
  readonly paths?: readonly string[];
  readonly faults?: readonly string[];
  readonly depth?: number;
}

/** Opens the target, runs every suite, writes and prints the results; gives the exit code. */
export async function runCompare(options: Experiment): Promise<number> {
  const { suites } = options;
  const signal = abortOnSignals();
  const progress = terminalProgress(process.stderr);
  try {
    const folders = suites.map(({ suite }) => (suites.length === 1 ? options.out : join(options.out, suite.name)));
    for (const folder of folders) makeFolder(folder);
    const tasks = suites.map((chosen, index) => taskOf(chosen, folders[index] ?? options.out, options));
    await restoreInterrupted(progress);
    const results = await onTarget(tasks, options, progress, signal);
    const items = [];
    for (const [index, result] of results.entries()) {
      const folder = folders[index] ?? options.out;
      const files = await writeReports(result, folder);
      const timelines = join(folder, TIMELINES);
      items.push({ result, files: [files.html, files.json, ...(existsSync(timelines) ? [timelines] : [])] });
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

/** One suite with all that was decided about it, before anything is started. */
interface Task {
  readonly suite: Suite;
  readonly arms: ArmPair;
  readonly size: SuiteSize;
  readonly plan: SuitePlan;
  readonly engine: LoadEngine;
  readonly folder: string;
}

/** @throws UsageError when the suite does not have what the user chose, or the engine cannot make its load. */
function taskOf({ suite, arms }: Experiment["suites"][number], folder: string, options: Experiment): Task {
  assertChoices(suite, options);
  const size = options.quick ? "quick" : "full";
  const plan = { ...suite.plan(size), ...(options.rounds === undefined ? {} : { rounds: options.rounds }) };
  const engine = options.engine ?? plan.engine;
  const reason = engine.cannot(plan.load, suite);
  if (reason !== undefined) {
    const others = ENGINES.filter((each) => each.cannot(plan.load, suite) === undefined);
    const instead = others.length > 0 ? `choose ${others.map(({ name }) => name).join(" or ")}` : "leave --engine out";
    throw new UsageError(`engine ${engine.name} can't make the load of ${suite.name}: it ${reason}; ${instead}`);
  }
  return { suite, arms, size, plan, engine, folder };
}

function assertChoices({ name, hasPaths, faults, longestChain }: Suite, options: Experiment): void {
  if (options.paths !== undefined && !hasPaths) {
    throw new UsageError(`--paths: ${name} has one way only to lead its load; leave it out`);
  }
  const unknown = options.faults?.find((fault) => !faults?.includes(fault));
  if (unknown !== undefined) {
    const instead = faults ? `choose from ${faults.join(", ")}` : "it breaks nothing that could be chosen";
    throw new UsageError(`--faults: ${name} has no fault "${unknown}"; ${instead}`);
  }
  if (options.depth !== undefined && options.depth > (longestChain ?? 0)) {
    throw new UsageError(
      `--depth: ${longestChain ? `${name} has at most ${longestChain} services in a row` : `${name} has no chain of services`}`,
    );
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
    assertAllowed(target, tasks, options);
    const results: Result[] = [];
    for (const task of tasks) {
      const last = task === tasks.at(-1);
      results.push(
        await runSuite(task, target, options, { progress, signal, keepNamespace: target.disposable && last }),
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
  for (const tuning of tunings) {
    const change = nodeChangeOf(tuning);
    if (change === undefined) continue;
    throw new UsageError(
      `arm tuning ${tuning.name} ${change} of context "${target.cluster.context}"; add --allow-node-changes if you own that cluster`,
    );
  }
}

async function runSuite(
  { suite, arms, size, plan, engine, folder }: Task,
  target: OpenTarget,
  options: Experiment,
  { progress, signal, keepNamespace }: { progress: Progress; signal: AbortSignal; keepNamespace: boolean },
): Promise<Result> {
  const { cluster, images, ref } = target;
  const { seed } = options;
  if (plan.nodeChange !== undefined && ref.kind !== "lab" && !options.allowNodeChanges) {
    throw new UsageError(
      `--quick ${plan.nodeChange}, of context "${cluster.context}"; add --allow-node-changes if you own that cluster, or leave --quick out`,
    );
  }
  const loadImage = await target.image(engine.image);
  const changes = runChanges(openJournal(ref, images.agent), () => undoOn(cluster, images.agent));
  const timelines = timelineFile(folder);
  let trial: Trial | undefined;
  try {
    const facts = await readTargetFacts(cluster, ref.kind, target.known);
    const begin = await suite.trial(size);
    const request: TrialRequest = {
      ...{ cluster, images, demands: suite, plan, engine, loadImage, arms, seed, changes, signal },
      force: options.force ?? false,
      paths: options.paths,
      faults: options.faults,
      depth: options.depth,
      image: target.image,
      provideIngress: target.provideIngress,
      onTimeline: timelines.write,
    };
    trial = await begin(request, progress);
    return await compare(
      trial,
      { suite, size, plan, engine: engine.name, arms, seed, target: facts, version: VERSION },
      progress,
    );
  } finally {
    const begun = trial;
    timelines.close();
    await progress.step("Putting everything back", async () => {
      try {
        await begun?.clear?.();
      } finally {
        await changes.end(progress, keepNamespace ? ["namespace"] : []);
      }
    });
  }
}
