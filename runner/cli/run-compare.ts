import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { writeReports } from "../../reports/index.ts";
import type { Result } from "../../reports/schema.ts";
import { renderTerminalAll } from "../../reports/terminal/render-all.ts";
import type { Suite } from "../../suites/suite.ts";
import { EnvironmentError, reasonOf, UsageError } from "../errors.ts";
import type { ArmPlan } from "../experiment/arms.ts";
import { compare } from "../experiment/compare.ts";
import { openJournal } from "../experiment/journal.ts";
import { clearStage, setStage } from "../experiment/stage.ts";
import type { Progress } from "../progress.ts";
import { readTargetFacts } from "../target/facts.ts";
import { changesNodes } from "../tunings/tuning.ts";
import { deleteNamespace } from "../workloads/namespace.ts";
import { exitCodeOf } from "./exit-codes.ts";
import { abortOnSignals } from "./interrupt.ts";
import { type OpenTarget, openTarget } from "./open-target.ts";
import { restoreInterrupted } from "./restore-interrupted.ts";
import type { TargetOptions } from "./target-options.ts";
import { terminalProgress } from "./terminal-progress.ts";
import { VERSION } from "./version.ts";

/** What `compare` was asked for, checked. */
export interface Experiment extends TargetOptions {
  readonly suites: readonly Suite[];
  readonly arms: { readonly baseline: ArmPlan; readonly tuned: ArmPlan };
  readonly rounds?: number;
  readonly seed: number;
  readonly quick?: boolean;
  readonly out: string;
  readonly json?: boolean;
  readonly allowNodeChanges?: boolean;
}

/** Opens the target, runs every suite, writes and prints the results; gives the exit code. */
export async function runCompare(options: Experiment): Promise<number> {
  const { suites } = options;
  const signal = abortOnSignals();
  const progress = terminalProgress(process.stderr);
  try {
    const folders = suites.map((suite) => (suites.length === 1 ? options.out : join(options.out, suite.name)));
    for (const folder of folders) makeFolder(folder);
    await restoreInterrupted(progress);
    const results = await onTarget(options, progress, signal);
    const items = [];
    for (const [index, result] of results.entries()) {
      const folder = folders[index] ?? options.out;
      const files = await writeReports(result, folder);
      items.push({ result, files: [files.html, files.json] });
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

async function onTarget(options: Experiment, progress: Progress, signal: AbortSignal): Promise<Result[]> {
  const target = await openTarget(options, progress, signal);
  try {
    signal.throwIfAborted();
    assertAllowed(target, options);
    const results: Result[] = [];
    for (const suite of options.suites) {
      const last = suite === options.suites.at(-1);
      results.push(
        await runSuite(suite, target, options, { progress, signal, keepNamespace: target.disposable && last }),
      );
    }
    return results;
  } finally {
    await target.release(progress);
  }
}

function assertAllowed(target: OpenTarget, { arms, allowNodeChanges }: Experiment): void {
  if (target.ref.kind === "lab" || allowNodeChanges) return;
  const changing = [...arms.baseline.tunings, ...arms.tuned.tunings].find(changesNodes);
  if (changing) {
    throw new UsageError(
      `arm tuning ${changing.name} sets ${changing.key} on every node of context "${target.cluster.context}"; add --allow-node-changes if you own that cluster`,
    );
  }
}

async function runSuite(
  suite: Suite,
  target: OpenTarget,
  options: Experiment,
  { progress, signal, keepNamespace }: { progress: Progress; signal: AbortSignal; keepNamespace: boolean },
): Promise<Result> {
  const { cluster, images, ref } = target;
  const size = options.quick ? "quick" : "full";
  const plan = { ...suite.plan(size), ...(options.rounds === undefined ? {} : { rounds: options.rounds }) };
  if (plan.table.kind === "prefilled" && ref.kind !== "lab" && !options.allowNodeChanges) {
    throw new UsageError(
      `--quick fills a node's conntrack table of context "${cluster.context}"; add --allow-node-changes if you own that cluster, or leave --quick out`,
    );
  }
  const journal = openJournal(ref, images.agent);
  let stage: Awaited<ReturnType<typeof setStage>> | undefined;
  try {
    const facts = await readTargetFacts(cluster, ref.kind, target.known);
    stage = await setStage({ cluster, images, suite, plan, journal, signal }, progress);
    return await compare(
      stage,
      { suite, size, plan, arms: options.arms, seed: options.seed, target: facts, version: VERSION },
      progress,
    );
  } finally {
    const started = stage;
    await progress.step("Putting everything back", async () => {
      if (started) await clearStage(started);
      if (journal.namespaceRecorded() && !keepNamespace) await deleteNamespace(cluster);
      journal.close();
    });
  }
}
